"""What follows once evidence changed is noted alike, whoever changed it: a job, or a person who waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lms_scoring.domain.errors import StoreError
from lms_scoring.domain.instants import SECOND
from lms_scoring.jobs.work import score
from lms_scoring.ports import Grant, Trouble, Visitor
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.deciding.close import close
from lms_scoring.services.following_up.follow_up import follow_up
from lms_scoring.services.following_up.heartbeats import scored
from lms_scoring.services.following_up.troubles import FIRST_PAUSE, SCORING
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import Signature
from lms_scoring.services.syncing.losses_desk import LossesDesk
from lms_scoring.services.syncing.sync import Synced
from lms_scoring.services.unattended.sweep import sweep
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.scripted import (
    COURSE,
    LI,
    POSTS,
    ScriptedSource,
    adopt_course,
    members,
    new_store,
    pin_course,
    roster,
    rules,
    told,
)
from tests.fixtures.courses.stumbling import stumbling
from tests.fixtures.courses.syncing import Watch, sync
from tests.fixtures.workshop import Heard, workshop

EVERYBODY = (roster("li", "zhao", "wang", "chen"), told(*members(), *given.topics(12), cursor="c"))
COORDINATOR = Visitor(person=None, roles=(Grant(person="", role="coordinator", course=COURSE),))
SIGNED = Signature(by="operator:office", reason="the forum was cleared")
AWAY = stumbling(rules(), {LI}, StoreError("the disk is full; make room"))


@dataclass
class GoingClock:
    """A clock by which something takes a second between any two looks at it."""

    at: int = given.AFTER

    def now(self) -> int:
        self.at += SECOND
        return self.at


@pytest.fixture
def clock() -> GoingClock:
    return GoingClock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = new_store(tmp_path)
    adopt_course(store)
    yield store
    store.close()


def read(store: SqlStore, clock: GoingClock) -> None:
    """A sync of which nobody was scored yet."""
    collect(COURSE, ScriptedSource(EVERYBODY), store, clock=clock)


def typed(store: SqlStore, clock: GoingClock, by: CourseRules | None = None) -> Synced:
    return sync(by or rules(), [ScriptedSource(EVERYBODY)], store, clock=clock, watching=Watch())


def noted(store: SqlStore) -> int | None:
    with store.reading() as transaction:
        return transaction.heartbeat(scored(COURSE))


def troubles(store: SqlStore) -> list[Trouble]:
    with store.reading() as transaction:
        return [*transaction.troubles()]


def is_called_for(store: SqlStore, clock: GoingClock) -> bool:
    """Whether whoever looks around has the course scored."""
    store.bell = bell = Heard()
    sweep(workshop(store, clock=clock))
    return ("score", COURSE) in bell.taken()


def test_it_is_noted_when_scoring_began_for_what_came_meanwhile_is_to_be_scored(
    store: SqlStore, clock: GoingClock
) -> None:
    read(store, clock)
    began = clock.at + SECOND
    assert follow_up(rules(), store, clock=clock).assessed.scored == 4
    assert clock.at > began
    assert noted(store) == began


def test_a_sync_that_somebody_typed_is_not_scored_again_by_who_looks_around(
    store: SqlStore, clock: GoingClock
) -> None:
    read(store, clock)
    assert is_called_for(store, clock)
    assert typed(store, clock).assessed.scored == 4
    assert not is_called_for(store, clock)


def test_what_was_read_while_a_typed_sync_was_scored_is_scored_by_who_looks_around(
    store: SqlStore, clock: GoingClock
) -> None:
    typed(store, clock)
    read(store, clock)
    assert is_called_for(store, clock)


def test_a_confirmed_loss_is_not_scored_again_by_who_looks_around(store: SqlStore, clock: GoingClock) -> None:
    typed(store, clock)
    collect(COURSE, ScriptedSource([told(*members(), whole=[POSTS])]), store, clock=clock)
    assert is_called_for(store, clock)
    desk = LossesDesk(store, rules(), clock=clock)
    (held,) = desk.held(COORDINATOR)
    assert desk.confirm(COORDINATOR, held.number, SIGNED, seen=held.mark).assessed.changed == 1
    assert not is_called_for(store, clock)


def test_a_typed_sync_by_rules_that_are_others_meanwhile_scored_nobody_and_notes_nothing(
    store: SqlStore, clock: GoingClock
) -> None:
    with pytest.raises(StoreError):
        typed(store, clock, AWAY)
    failing = troubles(store)
    pin_course(store, rules(settings="what was adopted meanwhile"))
    assert typed(store, clock, rules(settings="what it began with")).assessed.scored == 0
    assert noted(store) is None
    assert troubles(store) == failing, "nobody was scored, so it is not over"


def test_in_a_closed_course_it_is_noted_though_nobody_is_scored(store: SqlStore, clock: GoingClock) -> None:
    typed(store, clock)
    close(rules(), SIGNED, store, clock=clock)
    before = clock.at
    assert typed(store, clock).assessed.scored == 0
    assert (noted(store) or 0) > before
    assert not is_called_for(store, clock)


def test_what_ends_a_typed_sync_is_a_trouble_until_a_scoring_goes_well(
    store: SqlStore, clock: GoingClock
) -> None:
    with pytest.raises(StoreError):
        typed(store, clock, AWAY)
    (trouble,) = troubles(store)
    assert (trouble.concern, trouble.course) == (SCORING, COURSE)
    assert trouble.reason == "the disk is full; make room"
    assert noted(store) is None
    assert not is_called_for(store, clock), "it is left alone for a while"
    clock.at += FIRST_PAUSE
    assert is_called_for(store, clock)
    typed(store, clock)
    assert troubles(store) == []


def test_the_job_notes_the_same(store: SqlStore, clock: GoingClock) -> None:
    read(store, clock)
    with pytest.raises(StoreError):
        score(workshop(store, courses={COURSE: AWAY}, clock=clock), COURSE)
    assert ([one.concern for one in troubles(store)], noted(store)) == ([SCORING], None)
    began = clock.at + SECOND
    score(workshop(store, clock=clock), COURSE)
    assert (troubles(store), noted(store)) == ([], began)
