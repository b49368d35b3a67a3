"""Looking for doubts: what becomes a case, what never does, and that a look is repeated without harm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.doubts import DoubtRules, Family, Flooding, GroundKind, Likeness
from lms_scoring.domain.instants import HOUR, SECOND
from lms_scoring.domain.outlook import Standing
from lms_scoring.domain.proceedings.case import CaseState
from lms_scoring.domain.proceedings.step import Outcome, StepKind
from lms_scoring.domain.texts import TaskText
from lms_scoring.ports import Act, ActKind, Batch, Hold, Passback, RunState, Store, Transaction
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.doubting.doubts import PORTION, Looked, look_for_doubts
from lms_scoring.services.gradebook.switch_passback import switch_passback
from tests import given
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    HOMEWORK,
    JOURNAL,
    LI,
    LRS,
    MOODLE,
    NEWS,
    NOTHING_TO_WAIT_FOR,
    POSTS,
    WANG,
    ZHAO,
    ScriptedSource,
    bindings,
    members,
    roster,
    told,
)
from tests.fixtures.courses.syncing import sync
from tests.fixtures.courses.written import (
    Written,
    essay,
    handed_in,
    paraphrase,
    posted,
    written_course,
    written_in,
)

LATER = given.START + 2 * HOUR
LONG = "关于课堂提问，我的做法是先让学生想一想"


@pytest.fixture
def course() -> Written:
    return written_course(MemoryStore())


@pytest.fixture
def in_a_file(tmp_path: Path) -> Iterator[Written]:
    written = written_in(tmp_path)
    yield written
    written.store.close()  # type: ignore[attr-defined] # a store in a file


def test_a_doubtful_post_opens_a_case_with_its_text(course: Written) -> None:
    course.tell(posted("p1", LI, "好"), posted("p2", LI, LONG))
    assert course.look() == Looked(persons=1, opened=1)
    (case,) = course.cases()
    assert (case.number, case.person, case.family, case.kind, case.name) == (
        1,
        LI,
        Family.FLOODING,
        "post",
        f"{MOODLE}/p1",
    )
    assert case.steps[0].at == course.clock.at
    own = course.texts_of(case).own
    assert own is not None
    assert (own.course, own.name, own.person, own.text) == (COURSE, f"{MOODLE}/p1", LI, "好")
    assert course.texts_of(case).other is None


def test_looking_again_opens_nothing_and_looks_at_nobody(course: Written) -> None:
    course.tell(posted("p1", LI, "好"))
    course.look()
    before = course.cases()
    course.tell(posted("p1", LI, "好"))
    assert course.look() == Looked()
    assert course.cases() == before


def test_only_whose_texts_changed_is_looked_at(course: Written) -> None:
    course.tell(posted("p1", LI, "好"), posted("p2", ZHAO, LONG))
    course.look()
    course.tell(posted("p2", ZHAO, "顶"), posted("p1", LI, "好"))
    assert course.look() == Looked(persons=1, opened=1)


def test_cases_of_a_closed_course_stay_until_it_is_reopened(course: Written) -> None:
    course.tell(posted("p1", LI, "好"))
    course.look()
    sign(course, ActKind.CLOSED)
    course.tell(posted("p1", LI, LONG), posted("p2", ZHAO, "顶"))
    assert course.look() == Looked()
    (case,) = course.cases()
    assert case.state(course.clock.at) is CaseState.OPEN
    assert case.refusal(StepKind.DECIDED, WANG, course.clock.at) is None
    sign(course, ActKind.REOPENED)
    assert course.look() == Looked(persons=2, opened=1, vanished=1)


def sign(course: Written, kind: ActKind) -> None:
    with course.store.writing() as transaction:
        at = course.clock.at
        transaction.keep_act(
            Act(at=at, kind=kind, by="operator:office", reason="over", course=COURSE, subject="1")
        )


def test_posts_of_one_author_are_held_against_each_other_alone(course: Written) -> None:
    course.tell(posted("p1", LI, LONG), posted("p2", ZHAO, LONG, at=LATER), posted("p3", LI, LONG, at=LATER))
    course.look()
    assert course.doubted() == {"p3": [GroundKind.REPEATED]}


def test_a_tutor_s_posts_are_looked_at_too(course: Written) -> None:
    course.tell(posted("p1", WANG, "赞"))
    course.look()
    assert [case.person for case in course.cases()] == [WANG]


@pytest.mark.parametrize("forum", [NEWS, "another forum"])
def test_posts_that_do_not_score_are_not_looked_at(course: Written, forum: str) -> None:
    course.tell(posted("p1", LI, "好", forum=forum))
    course.look()
    assert course.cases() == []


def test_a_paraphrased_work_is_doubted_and_lies_beside_its_source(course: Written) -> None:
    original = essay(1)
    course.tell(
        handed_in("h1", ZHAO, original),
        handed_in("h2", LI, paraphrase(original), at=LATER),
        handed_in("h3", CHEN, essay(2), at=LATER),
    )
    course.look()
    (case,) = course.cases()
    (ground,) = case.grounds
    assert (case.person, case.name, ground.kind) == (LI, f"{MOODLE}/h2", GroundKind.SIMILAR)
    assert (ground.other, ground.other_course) == (f"{MOODLE}/h1", None)
    assert 5_000 <= ground.amount < 10_000
    texts = course.texts_of(case)
    assert texts.own is not None
    assert texts.other is not None
    assert (texts.own.text, texts.other.text, texts.other.person) == (paraphrase(original), original, ZHAO)


def test_works_on_the_same_matter_in_other_words_are_no_doubt(course: Written) -> None:
    course.tell(*(handed_in(f"h{seed}", [LI, ZHAO, CHEN][seed % 3], essay(seed)) for seed in range(12)))
    course.look()
    assert course.cases() == []


def test_whoever_hands_in_first_is_not_doubted_in_whatever_order_works_arrive(course: Written) -> None:
    course.tell(handed_in("h2", LI, essay(1), at=LATER))
    course.look()
    assert course.cases() == []
    course.tell(handed_in("h1", ZHAO, essay(1)))
    assert course.look().opened == 1
    assert course.doubted() == {"h2": [GroundKind.SIMILAR]}


def test_several_attempts_of_one_author_are_no_copies(course: Written) -> None:
    course.tell(handed_in("h1", LI, essay(1)), handed_in("h2", LI, essay(1), at=LATER, activity=JOURNAL))
    course.look()
    assert course.cases() == []


def test_quoting_the_task_is_no_copying(course: Written) -> None:
    task = TaskText(activity=HOMEWORK, text=essay(1))
    texts = (
        handed_in("h1", ZHAO, essay(1) + essay(2, sentences=3)),
        handed_in("h2", LI, essay(1) + essay(3, sentences=3), at=LATER),
    )
    course.tell(*texts)
    course.look()
    assert course.doubted() == {"h2": [GroundKind.SIMILAR]}
    course.tell(tasks=[task])
    course.look()
    assert course.doubted() == {}
    (case,) = course.cases()
    assert case.state(course.clock.at) is CaseState.VANISHED


def test_a_work_that_has_little_of_its_own_is_not_compared(course: Written) -> None:
    short = essay(1, sentences=5)
    course.tell(handed_in("h1", ZHAO, short), handed_in("h2", LI, short, at=LATER))
    course.look()
    assert course.cases() == []


def test_only_tasks_that_are_named_are_compared(course: Written) -> None:
    course.rules = replace(
        course.rules, doubts=DoubtRules(likeness=Likeness(tasks=frozenset({ev.Task.JOURNAL})))
    )
    course.tell(
        handed_in("h1", ZHAO, essay(1)),
        handed_in("h2", LI, essay(1), at=LATER),
        handed_in("j2", CHEN, essay(1), at=LATER, activity=JOURNAL),
        handed_in("u2", CHEN, essay(1), at=LATER, activity="bound to nothing"),
    )
    course.look()
    assert course.doubted() == {"j2": [GroundKind.SIMILAR]}


# -- other courses ------------------------------------------------------------------------------------------


def last_year(course: Written, *texts: tuple[str, str, str]) -> None:
    """Another course of the institution, in which these works were handed in (id, person, text)."""
    works = [handed_in(*text, at=given.START - HOUR) for text in texts]
    source = ScriptedSource([roster(LI, ZHAO), Batch(records=told(*members()).records, texts=works)])
    collect("last-year", source, course.store, clock=course.clock)
    look_for_doubts(replace(course.rules, course="last-year"), course.store, clock=course.clock)


def test_works_of_earlier_courses_are_compared_with(course: Written) -> None:
    last_year(course, ("h1", ZHAO, essay(1)))
    course.tell(handed_in("h2", LI, essay(1)))
    course.look()
    (case,) = course.cases()
    assert (case.grounds[0].other, case.grounds[0].other_course) == (f"{MOODLE}/h1", "last-year")
    other = course.texts_of(case).other
    assert other is not None
    assert (other.course, other.text) == ("last-year", essay(1))


def test_other_courses_and_one_s_own_old_works_are_settings(course: Written) -> None:
    last_year(course, ("h1", ZHAO, essay(1)), ("h3", LI, essay(3)))
    course.rules = replace(course.rules, doubts=DoubtRules(likeness=Likeness(other_courses=False)))
    course.tell(handed_in("h2", LI, essay(1)), handed_in("h4", LI, essay(3)))
    course.look()
    assert course.doubted() == {}
    course.rules = replace(course.rules, doubts=DoubtRules(likeness=Likeness(own_works=True)))
    course.look()
    assert course.doubted() == {"h2": [GroundKind.SIMILAR], "h4": [GroundKind.SIMILAR]}


def test_a_look_at_one_course_opens_no_case_in_another(
    course: Written,
) -> None:
    course.tell(handed_in("h2", LI, essay(1)))
    course.look()
    last_year(course, ("h1", ZHAO, essay(1)))
    assert course.cases() == []
    assert course.look() == Looked(persons=1, opened=1)


# -- changes ------------------------------------------------------------------------------------------------


def test_a_cause_that_vanishes_at_its_source_is_marked(course: Written) -> None:
    course.tell(
        posted("p1", LI, "好"), handed_in("h1", ZHAO, essay(1)), handed_in("h2", LI, essay(1), at=LATER)
    )
    course.look()
    course.tell(posted("p1", LI, None), handed_in("h1", ZHAO, None))
    assert course.look() == Looked(persons=2, vanished=2)
    assert course.doubted() == {}
    assert [case.steps[-1].kind for case in course.cases()] == [StepKind.VANISHED] * 2
    course.tell(posted("p1", LI, "好"))
    course.look()
    assert course.doubted() == {"p1": [GroundKind.TOO_SHORT]}


def test_a_record_that_is_gone_takes_its_cause_along(course: Written) -> None:
    course.tell(posted("p1", LI, "好"), records=[given.topic("p1")])
    course.look()
    whole = ScriptedSource([Batch(), told(whole=[POSTS])])
    collect(COURSE, whole, course.store, clock=course.clock)
    course.look()
    (case,) = course.cases()
    assert case.state(course.clock.at) is CaseState.VANISHED
    assert course.texts_of(case).own is not None


def test_an_edited_text_changes_the_case_and_what_lies_with_it(course: Written) -> None:
    course.tell(posted("p1", LI, "好"))
    course.look()
    course.tell(posted("p1", LI, "好的"))
    course.look()
    (case,) = course.cases()
    assert [step.kind for step in case.steps] == [StepKind.OPENED, StepKind.CHANGED]
    own = course.texts_of(case).own
    assert own is not None
    assert own.text == "好的"


def test_a_verdict_is_held_back_together_with_the_case_until_its_person_is_scored(course: Written) -> None:
    def held() -> dict[str, Hold]:
        with course.store.reading() as transaction:
            grades = transaction.outgoing(COURSE)
        return {one.person: one.held for one in grades if one.held is not None}

    course.clock.at = given.END + given.DAY
    course.assess()
    switch_passback(COURSE, Passback.VERDICT, course.store, clock=course.clock, reading=NOTHING_TO_WAIT_FOR)
    course.tell(posted("p1", LI, "好"), posted("p2", ZHAO, LONG))
    course.look()
    assert held() == {LI: Hold.TO_CHECK}
    course.assess()
    assert held() == {}, "without that post it fails as well"
    with course.store.writing() as transaction:
        transaction.keep_passback(COURSE, Passback.SCORE)
    course.tell(posted("p3", ZHAO, "好"))
    assert course.look().opened == 1
    assert held() == {}


def test_other_rules_have_everybody_looked_at_again(course: Written) -> None:
    course.tell(posted("p1", LI, "好"), posted("p2", ZHAO, "一二三四五六"))
    course.look()
    assert set(course.doubted()) == {"p1", "p2"}
    course.rules = replace(course.rules, doubts=DoubtRules(flooding=Flooding(shortest=5)))
    assert course.look() == Looked(persons=2, vanished=1)
    assert set(course.doubted()) == {"p1"}
    course.rules = replace(course.rules, bindings=bindings(posts=("another forum",)))
    assert course.look().vanished == 1
    assert course.look() == Looked()


def test_texts_of_a_shared_source_are_looked_at(course: Written) -> None:
    text = replace(posted("p1", LI, "好"), told_at=5)
    course.rules = replace(
        course.rules,
        bindings=replace(
            course.rules.bindings,
            bindings=tuple(
                replace(one, source=LRS) if one.purpose is ev.Purpose.POSTS else one
                for one in course.rules.bindings.bindings
            ),
        ),
    )
    source = ScriptedSource([Batch(texts=[text])], name=LRS, shared=True)
    collect(COURSE, source, course.store, clock=course.clock)
    course.look()
    assert [case.name for case in course.cases()] == [f"{LRS}/p1"]


# -- scores -------------------------------------------------------------------------------------------------


def flooded(course: Written) -> None:
    """Li passes by twenty posts, of which one says nothing."""
    posts = [given.topic(f"t{n}", at=given.START + n * HOUR) for n in range(20)]
    sessions = [given.reported(f"r{n}", given.START + n * given.DAY, minutes=375) for n in range(2)]
    texts = [
        posted(post.id, LI, f"{LONG}{post.id}", at=given.START + n * HOUR) for n, post in enumerate(posts)
    ][1:]
    work = given.homework(grade=ev.Grade.EXCELLENT)
    course.tell(posted("t0", LI, "好"), *texts, records=[work, *posts, *sessions])


def standing(course: Written) -> Standing | None:
    with course.store.reading() as transaction:
        return next(row.standing for row in transaction.board(COURSE) if row.card.person == LI)


def total(course: Written) -> object:
    with course.store.reading() as transaction:
        return next(row.card.total for row in transaction.board(COURSE) if row.card.person == LI)


def test_a_case_changes_no_score_and_says_that_passing_hangs_on_it(course: Written) -> None:
    flooded(course)
    course.assess()
    before = total(course)
    assert standing(course) is Standing.PASSED
    course.look()
    course.assess()
    assert total(course) == before == 80
    assert standing(course) is Standing.TO_CHECK


def test_open_cases_are_counted_by_person(course: Written) -> None:
    course.tell(posted("p1", LI, "好"), posted("p2", LI, "顶"), posted("p3", ZHAO, "赞"))
    course.look()
    with course.store.writing() as transaction:
        assert Counter(transaction.waiting_cases(COURSE).values()) == {LI: 2, ZHAO: 1}
        case = transaction.cases(COURSE, numbers=[1])[0]
        decided = case.decided(Outcome.DISMISSED, by=WANG, words="So.", at=course.clock.at, until=0)
        transaction.keep_case(COURSE, decided)
        assert Counter(transaction.waiting_cases(COURSE).values()) == {LI: 1, ZHAO: 1}


def test_a_sync_looks_before_it_scores(course: Written) -> None:
    flooded(course)
    source = ScriptedSource([Batch(texts=[posted("p9", ZHAO, "顶")])])
    synced = sync(course.rules, [source], course.store, clock=course.clock, watching=_quietly)
    assert synced.collected[0].state is RunState.DONE
    assert synced.looked.opened == 2
    assert standing(course) is Standing.TO_CHECK


def _quietly(*_: str) -> AbstractContextManager[Callable[[Batch], None]]:
    return nullcontext(lambda _: None)


# -- interruptions ------------------------------------------------------------------------------------------


class Interrupted(Exception):
    """Somebody pressed Ctrl-C."""


class StoppingClock:
    """Interrupts after so many looks at it."""

    def __init__(self, times: int) -> None:
        self.times = times

    def now(self) -> int:
        self.times -= 1
        if self.times < 0:
            raise Interrupted
        return given.AFTER


@pytest.mark.parametrize("times", [0, 1, PORTION, PORTION + 1])
def test_a_look_that_is_interrupted_goes_on_where_it_stopped(in_a_file: Written, times: int) -> None:
    people = [f"p{number:03d}" for number in range(PORTION + 20)]
    source = ScriptedSource(
        [
            roster(*people),
            told(*(given.membership(person) for person in people)),
            Batch(texts=[posted(f"post-{person}", person, "好") for person in people]),
        ]
    )
    collect(COURSE, source, in_a_file.store, clock=in_a_file.clock)
    with pytest.raises(Interrupted):
        look_for_doubts(in_a_file.rules, in_a_file.store, clock=StoppingClock(times))
    done = len(in_a_file.cases())
    assert done == times // PORTION * PORTION
    assert in_a_file.look().opened == len(people) - done
    assert len({case.name for case in in_a_file.cases()}) == len(people)


class Between:
    """A store in which something else is written first, whenever somebody is to write."""

    def __init__(self, store: Store, before: Callable[[], None]) -> None:
        self._store = store
        self._before = before

    def reading(self) -> AbstractContextManager[Transaction]:
        return self._store.reading()

    def writing(self) -> AbstractContextManager[Transaction]:
        self._before()
        return self._store.writing()


def test_a_copy_that_comes_in_during_a_look_is_doubted_by_the_next(course: Written) -> None:
    """Its author was to be looked at for something else, and the copy has no marks yet."""
    course.tell(handed_in("h1", LI, essay(1)))
    course.look()
    course.tell(posted("p1", WANG, LONG))
    store = Between(course.store, lambda: course.tell(handed_in("h2", WANG, essay(1), at=LATER)))
    look_for_doubts(course.rules, store, clock=course.clock)
    course.look()
    assert course.doubted() == {"h2": ["similar"]}


def test_both_stores_find_the_same(course: Written, in_a_file: Written) -> None:
    for written in (course, in_a_file):
        for n in range(9):
            author, at = (LI, ZHAO, CHEN)[n % 3], given.START + n * SECOND
            written.tell(posted(f"p{n}", author, ("好", LONG)[n % 2], at=at))
            written.tell(handed_in(f"h{n}", author, essay(n // 2), at=at))
        written.look()
    assert course.cases() == in_a_file.cases()
    assert len(course.cases()) > 5
