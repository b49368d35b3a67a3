"""What is doubted and contested at the school: case 1 is about a post, case 2 about homework like another's;
dispute 1 about a post, dispute 2 about a criterion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lms_scoring.domain.evidence import RecordTarget, Role
from lms_scoring.domain.instants import DAY
from lms_scoring.domain.proceedings.dispute import Contested
from lms_scoring.domain.proceedings.step import Outcome
from lms_scoring.domain.texts import Text
from lms_scoring.ports import Visitor
from lms_scoring.services.deciding.dispute_desk import DisputeDesk
from lms_scoring.services.doubting.doubts import look_for_doubts
from lms_scoring.services.scoring.assess import assess
from tests.fixtures.courses.written import essay, paraphrase
from tests.given import START
from tests.integration.web.school import COURSE, FIRST, HOSTILE, RULES, SOURCE, TUTORS, School, home

LEARNER, CLASSMATE, ELSEWHERE = "moodle-3", "moodle-4", "moodle-8"


def make_doubtful(school: School, hostile: str = HOSTILE) -> None:
    """A post of the learner has one character; the classmate's homework paraphrases that of another class,
    which has the hostile text in it, and enough beside it to be like the other."""
    essays = [essay(number) for number in range(1, 2 + len(hostile) // 100)]
    original = "".join([*essays, hostile])
    flood = Text(
        kind="post", id=f"{LEARNER}-t0", person=home(LEARNER), activity="25", at=START + DAY, text="好"
    )
    again = "".join([*map(paraphrase, essays), hostile])
    texts = [flood, _work(ELSEWHERE, original, START), _work(CLASSMATE, again, START + DAY)]
    with school.store.writing() as transaction:
        transaction.keep_texts(COURSE, SOURCE, texts)
    look_for_doubts(RULES, school.store, clock=school.clock)
    assess(RULES, school.store, clock=school.clock)


def flood_again(school: School, *names: str, who: str = LEARNER, says: str | None = None) -> None:
    """More posts of somebody with few characters each, their names or all the same: cases 3, 4, …"""
    texts = [
        Text(
            kind="post",
            id=f"{who}-{name}",
            person=home(who),
            activity="25",
            at=START + DAY,
            text=name if says is None else says,
        )
        for name in names
    ]
    with school.store.writing() as transaction:
        transaction.keep_texts(COURSE, SOURCE, texts)
    look_for_doubts(RULES, school.store, clock=school.clock)


def make_contested(school: School, hostile: Sequence[str] = (HOSTILE, HOSTILE, HOSTILE)) -> None:
    """Dispute 1, of the learner, is answered; dispute 2, of the classmate, waits; all is hostile."""
    contested, answered, waiting = hostile
    desk = DisputeDesk(school.store, RULES, clock=school.clock)
    whole = Contested(role=Role.LEARNER, class_=FIRST, criterion="homework")
    flood = RecordTarget(kind="post", id=f"{SOURCE}/{LEARNER}-flood")
    about = replace(whole, criterion="posts", record=flood)
    first = desk.raise_(Visitor(person=LEARNER), about, f"这不是灌水，当时大家都在回应。{contested}")
    desk.answer(Visitor(person=TUTORS[FIRST]), first, Outcome.KEPT, f"内容与前一条重复。{answered}")
    desk.raise_(Visitor(person=CLASSMATE), whole, f"作业在截止前已提交。\n{waiting}")


def _work(person: str, text: str, at: int) -> Text:
    return Text(kind="submission", id=f"s-{person}-17", person=home(person), activity="17", at=at, text=text)
