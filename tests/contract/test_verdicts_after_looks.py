"""Contract: no verdict goes out before doubts about what its person wrote were looked for; then, by itself.

Li passes by just enough, the homework among it: where that is a copy, passing hangs on a case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.instants import HOUR, MINUTE
from lms_scoring.domain.texts import Text
from lms_scoring.jobs.work import score
from lms_scoring.ports import Hold, Passback, RingingStore, Store, Transaction
from lms_scoring.services.following_up.heartbeats import scored as scoring_of
from lms_scoring.services.following_up.troubles import CARDS, failed
from lms_scoring.services.gradebook.enqueue import enqueue_settled
from lms_scoring.services.unattended.sweep import sweep
from tests import given
from tests.fixtures.courses.scripted import COURSE, LI, ZHAO
from tests.fixtures.courses.written import Written, essay, handed_in, posted, written_course
from tests.fixtures.workshop import Heard, workshop
from tests.unit.services.following_up.test_looking import broken

LATER = given.START + 2 * HOUR
SHORT_OF_IT: list[ev.Record] = [
    *(given.topic(f"t{n}", at=given.START + n * HOUR) for n in range(20)),
    *(given.reported(f"r{n}", given.START + n * given.DAY, minutes=375) for n in range(2)),
]
"""Of Li: 60 points, of which no post is doubted."""
HOMEWORK = given.homework(grade=ev.Grade.EXCELLENT)
COPIED, OWN = handed_in(HOMEWORK.id, LI, essay(1), at=LATER), handed_in(HOMEWORK.id, LI, essay(2), at=LATER)


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


@pytest.fixture
def course(store: RingingStore) -> Written:
    """It sends verdicts; Zhao handed in what Li may copy, and Li's posts were not looked at yet."""
    course = written_course(store)
    course.tell(handed_in("source", ZHAO, essay(1)))
    course.look()
    posts = [posted(f"t{n}", LI, essay(10 + n, sentences=2), at=given.START + n * HOUR) for n in range(20)]
    course.tell(*posts, records=SHORT_OF_IT)
    with store.writing() as transaction:
        transaction.keep_passback(COURSE, Passback.VERDICT)
    return course


def held(course: Written, person: str = LI) -> tuple[int, Hold | None]:
    """The person's grade, and what holds it back."""
    with course.store.reading() as transaction:
        (grade,) = transaction.outgoing(COURSE, persons=[person])
    return int(grade.given), grade.held


def hand_in(course: Written, work: Text) -> None:
    course.tell(work, records=[HOMEWORK])


def scored(course: Written, *, while_looking: Callable[[], None] = lambda: None) -> None:
    """The job, that looks and scores; something may come in while it looks."""
    store = Between(course.store, while_looking)
    score(workshop(store, courses={COURSE: course.rules}, clock=course.clock), COURSE)


def woken(course: Written, store: RingingStore) -> Sequence[tuple[str, ...]]:
    """What looking around wakes."""
    store.bell = heard = Heard()
    sweep(workshop(store, courses={COURSE: course.rules}, clock=course.clock))
    return heard.taken()


@pytest.mark.parametrize(("work", "hold"), [(COPIED, Hold.TO_CHECK), (OWN, None)])
def test_what_comes_in_while_doubts_are_looked_for_waits_for_the_next_look(
    course: Written, work: Text, hold: Hold | None
) -> None:
    scored(course, while_looking=lambda: hand_in(course, work))
    assert held(course) == (100, Hold.NOT_LOOKED_AT)
    scored(course)
    assert held(course) == (100, hold)


@pytest.mark.parametrize(("work", "hold"), [(COPIED, Hold.TO_CHECK), (OWN, None)])
def test_what_ended_between_the_look_and_the_scoring_is_gone_on_with_by_itself(
    course: Written, store: RingingStore, work: Text, hold: Hold | None
) -> None:
    hand_in(course, work)
    course.assess()
    assert held(course) == (100, Hold.NOT_LOOKED_AT)
    course.look()
    assert held(course) == (100, Hold.TO_CHECK if hold else Hold.NOT_LOOKED_AT)
    assert ("score", COURSE) in woken(course, store)
    scored(course)
    assert held(course) == (100, hold)


def test_whom_something_touched_since_the_look_is_told_by_the_card_of_that(course: Written) -> None:
    hand_in(course, OWN)
    course.assess()
    course.look()
    with course.store.writing() as transaction:
        transaction.touch_persons(COURSE, [LI])
    enqueue_settled(COURSE, course.store, clock=course.clock, reading=course.rules.window_reading)
    assert held(course) == (100, Hold.NOT_LOOKED_AT)
    with course.store.writing() as transaction:
        transaction.untouch(COURSE, [LI])
    enqueue_settled(COURSE, course.store, clock=course.clock, reading=course.rules.window_reading)
    assert held(course) == (100, None)


def test_who_waits_for_a_look_is_looked_at_though_no_sync_ends_any_more(
    course: Written, store: RingingStore
) -> None:
    hand_in(course, OWN)
    course.clock.at += MINUTE
    course.assess()
    with store.writing() as transaction:
        transaction.keep_heartbeat(scoring_of(COURSE), at=course.clock.at)
    assert ("score", COURSE) not in woken(course, store), "not before a scoring has had its time"
    course.clock.at += 5 * MINUTE
    assert ("score", COURSE) in woken(course, store)
    with store.writing() as transaction:
        transaction.leave_unmade(COURSE, [LI])
        failed(transaction, CARDS, COURSE, "No.", now=course.clock.at, jitter=0.0)
    assert ("score", COURSE) not in woken(course, store), "whose card cannot be made has a time of their own"
    scored(course)
    assert held(course) == (100, None)
    course.clock.at += 5 * MINUTE
    assert ("score", COURSE) not in woken(course, store)


def test_a_look_that_many_hand_ins_interrupt_leaves_nobody_else_waiting(course: Written) -> None:
    hand_in(course, OWN)
    course.look()
    course.tell(posted("t0", LI, essay(30, sentences=2)))
    many = [handed_in(f"z{n}", ZHAO, essay(100 + n), at=LATER) for n in range(60)]
    scored(course, while_looking=lambda: course.tell(*many))
    assert held(course) == (100, None)
    with course.store.reading() as transaction:
        assert transaction.to_look_at(COURSE) == [ZHAO]


def test_while_looks_fail_verdicts_wait_until_it_is_time_to_try_again(
    course: Written, store: RingingStore
) -> None:
    hand_in(course, COPIED)
    course.clock.at += MINUTE
    scored(broken(course, ZeroDivisionError()))
    assert held(course) == (100, Hold.NOT_LOOKED_AT)
    with store.reading() as transaction:
        (trouble,) = transaction.troubles()
    course.clock.at = trouble.try_at - 1
    assert ("score", COURSE) not in woken(course, store)
    course.clock.at = trouble.try_at
    assert ("score", COURSE) in woken(course, store)
    scored(course)
    assert held(course) == (100, Hold.TO_CHECK)


def test_points_wait_for_no_look(course: Written, store: RingingStore) -> None:
    with store.writing() as transaction:
        transaction.keep_passback(COURSE, Passback.SCORE)
    hand_in(course, COPIED)
    course.assess()
    assert held(course) == (80, None)
