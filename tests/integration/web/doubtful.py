"""Texts at the school that are doubted: case 1 is about a post, case 2 about homework like another's."""

from __future__ import annotations

from lms_scoring.domain.instants import DAY
from lms_scoring.domain.texts import Text
from lms_scoring.services.assess import assess
from lms_scoring.services.doubts import look_for_doubts
from tests.fixtures.courses.written import essay, paraphrase
from tests.given import START
from tests.integration.web.school import COURSE, HOSTILE, RULES, SOURCE, School, home

LEARNER, CLASSMATE, ELSEWHERE = "moodle-3", "moodle-4", "moodle-8"
ORIGINAL = f"{essay(1)}{HOSTILE}"


def make_doubtful(school: School) -> None:
    """A post of the learner has one character; the classmate's homework paraphrases that of another class."""
    flood = Text(
        kind="post", id=f"{LEARNER}-t0", person=home(LEARNER), activity="25", at=START + DAY, text="好"
    )
    texts = [flood, _work(ELSEWHERE, ORIGINAL, START), _work(CLASSMATE, paraphrase(ORIGINAL), START + DAY)]
    with school.store.writing() as transaction:
        transaction.keep_texts(COURSE, SOURCE, texts)
    look_for_doubts(RULES, school.store, clock=school.clock)
    assess(RULES, school.store, clock=school.clock)


def _work(person: str, text: str, at: int) -> Text:
    return Text(kind="submission", id=f"s-{person}-17", person=home(person), activity="17", at=at, text=text)
