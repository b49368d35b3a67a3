"""Contract: what a scoring left that was cut short is scored, and a sync at its end, not while half read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from lms_scoring.domain.instants import DAY, HOUR, MINUTE
from lms_scoring.jobs.work import score
from lms_scoring.ports import Batch, RingingStore
from lms_scoring.services.access.erase import erase
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.unattended.sweep import sweep
from tests import given
from tests.fixtures.courses.awaited import SIGNED
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    LI,
    MOODLE,
    PEOPLE,
    WANG,
    ZHAO,
    ScriptedSource,
    StandingClock,
    adopt_course,
    members,
    roster,
    rules,
    told,
)
from tests.fixtures.workshop import Heard, workshop

DEAD, STRANGER = "of a process that died", "stranger"


class Interrupted(ScriptedSource):
    """Something happens before each batch but the first one."""

    meanwhile: Callable[[], None]

    def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
        for number, batch in enumerate(super().pull(cursor, full=full)):
            if number > 0:
                self.meanwhile()
            yield batch


class Course:
    """Zhao, Chen and Wang, the tutor, are scored; six minutes ago, and there is nothing to do."""

    def __init__(self, store: RingingStore) -> None:
        self.store = store
        self.clock = StandingClock()
        adopt_course(store)
        self.read(
            roster(ZHAO, WANG, CHEN, STRANGER), told(*members(without=[LI]), given.topic("z", person=ZHAO))
        )
        self.score()
        self.clock.at += 6 * MINUTE

    def read(self, *batches: Batch, meanwhile: Callable[[], None] = lambda: None) -> None:
        source = Interrupted(batches)
        source.meanwhile = meanwhile
        collect(COURSE, source, self.store, clock=self.clock)

    def score(self) -> None:
        """The job."""
        self.clock.at += 1_000
        score(workshop(self.store, courses={COURSE: rules()}, clock=self.clock), COURSE)

    def is_called_for(self) -> bool:
        """Whether who looks around calls for it."""
        heard = self.store.bell = Heard()
        sweep(workshop(self.store, courses={COURSE: rules()}, clock=self.clock))
        return ("score", COURSE) in heard.taken()

    def take_up(self, *persons: str) -> None:
        """By a scoring that ends there."""
        with self.store.writing() as transaction:
            transaction.take_up(COURSE, persons, assessment=DEAD)

    def touched(self) -> list[str]:
        with self.store.reading() as transaction:
            return [*transaction.touched(COURSE)]


@pytest.fixture
def course(store: RingingStore) -> Course:
    made = Course(store)
    assert (made.touched(), made.is_called_for()) == ([], False)
    return made


def test_who_was_just_enrolled_is_not_scored_before_their_posts_are_read(course: Course) -> None:
    seen = []

    def look_around() -> None:
        course.clock.at += HOUR
        seen.append((LI in course.touched(), course.is_called_for()))

    batches = (roster(LI), told(given.membership(LI)), told(given.topic("late", person=LI)))
    course.read(*batches, meanwhile=look_around)
    assert seen == [(False, False), (True, False)]
    assert course.is_called_for(), "at its end"
    course.score()
    with course.store.reading() as transaction:
        cards = [row.card for row in transaction.board(COURSE) if row.card.person == LI]
    assert [card.total > 0 for card in cards] == [True]


def test_who_was_taken_up_and_not_scored_is_after_five_minutes(course: Course) -> None:
    course.score()
    course.take_up(ZHAO)
    assert not course.is_called_for(), "it may be under way"
    course.clock.at += 5 * MINUTE
    assert course.is_called_for()
    course.score()
    course.clock.at += 5 * MINUTE
    assert (course.touched(), course.is_called_for()) == ([], False)


def test_an_erasure_leaves_whom_it_interrupts_to_the_next_scoring(course: Course) -> None:
    course.take_up(ZHAO)
    assert erase(CHEN, SIGNED, course.store, clock=course.clock) is not None
    with course.store.writing() as transaction:
        assert transaction.taken_up(COURSE, [ZHAO], assessment=DEAD) == []
    assert course.is_called_for()


def test_an_erasure_makes_nobody_taken_up_who_was_not(course: Course) -> None:
    course.read(told(given.topic("another", person=ZHAO)))
    assert erase(CHEN, SIGNED, course.store, clock=course.clock) is not None
    with course.store.reading() as transaction:
        assert ZHAO in transaction.touched(COURSE)
        assert not transaction.is_taken_up(COURSE)


def test_an_account_that_is_no_members_keeps_nobody_busy_twice(course: Course) -> None:
    course.take_up(STRANGER)
    assert course.touched() == []
    assert course.is_called_for()
    course.score()
    course.clock.at += 5 * MINUTE
    assert not course.is_called_for()


def test_whoever_is_touched_beside_a_sync_is_scored_though_nobody_was_told(course: Course) -> None:
    with course.store.writing() as transaction:
        transaction.touch_persons(COURSE, [ZHAO])
    assert course.is_called_for()
    course.score()
    course.clock.at += 5 * MINUTE
    assert (course.touched(), course.is_called_for()) == ([], False)


def test_who_is_in_no_list_any_more_keeps_nobody_busy_either(course: Course) -> None:
    course.read(roster(WANG, CHEN), told(*members(without=[LI, ZHAO]), whole=[PEOPLE]))
    course.score()
    with course.store.writing() as transaction:
        transaction.touch_persons(COURSE, [ZHAO])
    course.clock.at += 5 * MINUTE
    assert course.is_called_for()
    course.score()
    course.clock.at += 5 * MINUTE
    assert not course.is_called_for()


def test_a_sync_that_died_keeps_nobody_from_being_scored_for_longer_than_a_day(course: Course) -> None:
    with course.store.writing() as transaction:
        transaction.begin_run(COURSE, MOODLE, at=course.clock.at)
        transaction.touch_persons(COURSE, [ZHAO])
    assert not course.is_called_for()
    course.clock.at += DAY - 1
    assert not course.is_called_for()
    course.clock.at += 1
    assert course.is_called_for()


def test_what_is_forgotten_of_who_has_no_place_is_told_of_as_soon_as_they_have_one(course: Course) -> None:
    course.take_up(STRANGER)
    course.score()
    course.read(roster(STRANGER), told(given.membership(STRANGER)))
    assert STRANGER in course.touched()
