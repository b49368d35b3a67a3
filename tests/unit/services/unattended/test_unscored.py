"""Who waits to be scored, and since when: after a sync, and once a card's time has come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.domain.instants import HOUR, MINUTE, SECOND
from lms_scoring.ports import WaitingCards
from lms_scoring.services.following_up.heartbeats import scored
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.unattended.work_state import Backlog, WorkState, work_state
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.awaited import filled_county
from tests.fixtures.courses.scripted import (
    COURSE,
    MOODLE,
    StandingClock,
    adopt_course,
    members,
    new_store,
    roster,
    rules,
    synced,
    told,
)

EVERYBODY = (roster("li", "zhao", "wang", "chen"), told(*members(), given.homework()))
WHILE_IT_RUNS = given.START + HOUR
"""Within the window: cards are other ones once it ends."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = new_store(tmp_path)
    yield store
    store.close()


def state(store: SqlStore, clock: StandingClock) -> WorkState:
    return work_state(store, clock=clock)


def score(store: SqlStore, clock: StandingClock) -> None:
    """As the job does it, which notes when it began."""
    assess(rules(), store, clock=clock)
    with store.writing() as transaction:
        transaction.keep_heartbeat(scored(COURSE), at=clock.now())


def test_who_was_read_and_not_scored_waits_since_the_sync_ended(store: SqlStore) -> None:
    clock = StandingClock()
    synced(store, *EVERYBODY)
    ended = clock.at
    clock.at += 7 * MINUTE
    assert state(store, clock).cards == [WaitingCards(course=COURSE, count=4, since=ended)]
    assert state(store, clock).waiting()[Backlog.CARD] == 4
    assert state(store, clock).oldest()[Backlog.CARD] == ended
    score(store, clock)
    assert state(store, clock).cards == []
    assert Backlog.CARD not in state(store, clock).oldest()


def test_while_a_sync_goes_on_they_wait_since_it_began(store: SqlStore) -> None:
    clock = StandingClock()
    synced(store, *EVERYBODY)
    score(store, clock)
    with store.writing() as transaction:
        transaction.begin_run(COURSE, MOODLE, at=clock.at + MINUTE)
        transaction.touch_persons(COURSE, ["li"])
    clock.at += 3 * MINUTE
    (waiting,) = state(store, clock).cards
    assert (waiting.count, waiting.since) == (1, clock.at - 2 * MINUTE)


def test_whoever_was_touched_by_no_sync_waits_since_now(store: SqlStore) -> None:
    clock = StandingClock()
    synced(store, *EVERYBODY)
    clock.at += SECOND
    score(store, clock)
    with store.writing() as transaction:
        transaction.touch_persons(COURSE, ["li"])
    clock.at += MINUTE
    (waiting,) = state(store, clock).cards
    assert (waiting.count, waiting.since) == (1, clock.at)


def test_a_card_whose_time_has_come_waits_since_then(store: SqlStore) -> None:
    clock = StandingClock(WHILE_IT_RUNS)
    synced(store, *EVERYBODY)
    clock.at += SECOND
    score(store, clock)
    with store.reading() as transaction:
        first = transaction.oldest_expiry(COURSE, at=given.AFTER)
    assert first is not None
    clock.at = first - 1
    assert state(store, clock).cards == []
    clock.at = first + HOUR
    (waiting,) = state(store, clock).cards
    assert waiting.since == first
    assert waiting.count > 0


def test_where_nothing_was_read_nobody_waits(store: SqlStore) -> None:
    adopt_course(store)
    assert state(store, StandingClock()).cards == []


def test_whose_card_of_adopted_rules_is_to_be_made_waits_since_they_were_adopted(store: SqlStore) -> None:
    county = filled_county(store)
    with store.writing() as transaction:
        transaction.keep_heartbeat(scored(COURSE), at=county.clock.now())
    county.adopt()
    adopted = county.clock.at
    county.clock.at += 7 * MINUTE
    waiting = WaitingCards(course=COURSE, count=len(county.awaited()), since=adopted)
    assert state(store, county.clock).cards == [waiting]
    assert waiting.count > 0
