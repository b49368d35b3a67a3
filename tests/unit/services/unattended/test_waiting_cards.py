"""Who waits to be scored, and since when: after a sync, and once a card's time has come."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.domain.errors import StoreError
from lms_scoring.domain.evidence import Grade
from lms_scoring.domain.instants import DAY, HOUR, MINUTE, SECOND
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.deciding.close import close, reopen
from lms_scoring.services.following_up.follow_up import follow_up
from lms_scoring.services.following_up.heartbeats import scored
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.signing import Signature
from lms_scoring.services.unattended.waiting_cards import WaitingCards
from lms_scoring.services.unattended.work_state import Backlog, WorkState, work_state
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.awaited import filled_county
from tests.fixtures.courses.scripted import (
    COURSE,
    MOODLE,
    ScriptedSource,
    StandingClock,
    adopt_course,
    members,
    new_store,
    roster,
    rules,
    synced,
    told,
)
from tests.fixtures.courses.stumbling import stumbling

EVERYBODY = (roster("li", "zhao", "wang", "chen"), told(*members(), given.homework()))
SIGNED = Signature(by="operator:office", reason="the programme is over")
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
    """As whatever changed evidence has it done."""
    follow_up(rules(), store, clock=clock)


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


def test_where_cards_were_made_and_nobody_noted_when_they_wait_since_the_latest_sync(store: SqlStore) -> None:
    """Who typed syncs alone scored each of them, and older versions noted none."""
    clock = StandingClock()
    synced(store, *EVERYBODY)
    assess(rules(), store, clock=clock)
    clock.at += DAY
    source = ScriptedSource([told(*members(), given.homework(grade=Grade.GOOD))])
    collect(COURSE, source, store, clock=clock)
    ended = clock.at
    clock.at += MINUTE
    (waiting,) = state(store, clock).cards
    assert waiting.since == ended


def test_where_none_was_noted_and_scoring_fails_they_wait_since_it_does(store: SqlStore) -> None:
    """However many syncs come, which else would begin the waiting anew."""
    clock = StandingClock()
    synced(store, *EVERYBODY)
    assess(rules(), store, clock=clock)
    clock.at += DAY
    collect(COURSE, ScriptedSource([told(given.topic())]), store, clock=clock)
    failing = clock.at
    with pytest.raises(StoreError):
        follow_up(stumbling(rules(), {given.LI}, StoreError("the disk is full")), store, clock=clock)
    clock.at += DAY
    collect(COURSE, ScriptedSource([told(given.homework(grade=Grade.PASS))]), store, clock=clock)
    (waiting,) = state(store, clock).cards
    assert waiting.since == failing


def test_where_nobody_was_ever_scored_they_wait_since_the_first_sync(store: SqlStore) -> None:
    clock = StandingClock()
    synced(store, *EVERYBODY)
    first = clock.at
    clock.at += DAY
    collect(COURSE, ScriptedSource(EVERYBODY), store, clock=clock)
    (waiting,) = state(store, clock).cards
    assert waiting.since == first


def test_in_a_closed_course_nobody_waits_to_be_scored_before_it_is_reopened(store: SqlStore) -> None:
    clock = StandingClock()
    synced(store, *EVERYBODY)
    clock.at += SECOND
    score(store, clock)
    close(rules(), SIGNED, store, clock=clock)
    clock.at += HOUR
    collect(COURSE, ScriptedSource([told(*members(), *given.topics(3))]), store, clock=clock)
    with store.reading() as transaction:
        assert transaction.touched(COURSE)
    assert state(store, clock).cards == []
    assert state(store, clock).waiting()[Backlog.CARD] == 0
    reopen(rules(), SIGNED, store, clock=clock)
    collect(COURSE, ScriptedSource([told(*members(), *given.topics(4))]), store, clock=clock)
    assert [one.since for one in state(store, clock).cards] == [clock.at]


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
