"""What fails: left alone for longer and longer, told once, and over when it is over."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain.instants import DAY, HOUR, MINUTE
from lms_scoring.ports import Store, SyncRequest, Trouble
from lms_scoring.services.following_up.troubles import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    failed,
    is_left_alone,
    platform_itself,
    try_again,
    went_well,
)
from tests.fakes.memory_store import MemoryStore

MOODLE, COURSE, OTHER = "moodle", "course", "other"
AT_MOODLE = platform_itself(MOODLE)
NOW = 1_000 * DAY


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def fail(
    store: Store,
    *,
    now: int = NOW,
    course: str | None = None,
    not_before: int | None = None,
    jitter: float = 1.0,
) -> Trouble:
    with store.writing() as transaction:
        return failed(
            transaction, AT_MOODLE, course, "HTTP 503", now=now, jitter=jitter, not_before=not_before
        )


def recover(store: Store, *, now: int = NOW, course: str | None = None) -> None:
    with store.writing() as transaction:
        went_well(transaction, AT_MOODLE, course, now=now)


def troubles(store: Store) -> list[Trouble]:
    with store.reading() as transaction:
        return list(transaction.troubles())


def told(store: Store, trouble: Trouble, at: int) -> None:
    with store.writing() as transaction:
        transaction.keep_trouble(replace(trouble, told_at=at))


def test_each_failure_doubles_the_pause_up_to_the_longest(store: MemoryStore) -> None:
    pauses = [fail(store).try_at - NOW for _ in range(10)]
    assert pauses[:4] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE, 8 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE
    (trouble,) = troubles(store)
    assert (trouble.failures, trouble.since) == (10, NOW)


def test_pauses_are_spread_so_that_not_all_come_at_once(store: MemoryStore) -> None:
    assert fail(store, jitter=0.0).try_at - NOW == FIRST_PAUSE // 2


def test_a_platform_that_asks_for_patience_gets_it_within_reason(store: MemoryStore) -> None:
    assert fail(store, not_before=NOW + 2 * HOUR).try_at == NOW + 2 * HOUR
    assert fail(store, not_before=NOW + 1).try_at == NOW + 2 * FIRST_PAUSE
    assert fail(store, not_before=NOW + 10 * DAY).try_at == NOW + DAY


def test_it_is_left_alone_until_its_time_has_come(store: MemoryStore) -> None:
    fail(store)
    known = troubles(store)
    assert is_left_alone(known, AT_MOODLE, COURSE, now=NOW)
    assert is_left_alone(known, AT_MOODLE, OTHER, now=NOW + FIRST_PAUSE - 1)
    assert not is_left_alone(known, AT_MOODLE, COURSE, now=NOW + FIRST_PAUSE)
    assert not is_left_alone(known, platform_itself("lrs"), COURSE, now=NOW)


def test_what_fails_for_one_course_stops_no_other(store: MemoryStore) -> None:
    fail(store, course=COURSE)
    assert is_left_alone(troubles(store), AT_MOODLE, COURSE, now=NOW)
    assert not is_left_alone(troubles(store), AT_MOODLE, OTHER, now=NOW)


def test_a_clock_that_was_ahead_leaves_nothing_alone_for_ever(store: MemoryStore) -> None:
    fail(store, now=NOW + 400 * DAY)
    assert not is_left_alone(troubles(store), AT_MOODLE, COURSE, now=NOW)


def test_what_nobody_was_told_of_is_simply_over(store: MemoryStore) -> None:
    fail(store)
    recover(store)
    recover(store)
    assert troubles(store) == []


def test_who_was_told_that_it_fails_is_to_be_told_that_it_is_over(store: MemoryStore) -> None:
    trouble = fail(store)
    told(store, trouble, NOW + 1)
    recover(store, now=NOW + MINUTE)
    recover(store, now=NOW + HOUR)
    (over,) = troubles(store)
    assert (over.since, over.told_at, over.over_at) == (NOW, NOW + 1, NOW + MINUTE)
    assert not is_left_alone([over], AT_MOODLE, COURSE, now=NOW + MINUTE)


def test_what_fails_again_before_anybody_heard_that_it_was_over_is_no_news(store: MemoryStore) -> None:
    told(store, fail(store), NOW + 1)
    recover(store, now=NOW + MINUTE)
    again = fail(store, now=NOW + HOUR)
    assert (again.since, again.failures, again.told_at, again.over_at) == (NOW + HOUR, 1, NOW + 1, None)


def test_whoever_wants_a_platform_tried_again_waits_for_no_quiet_hour(store: MemoryStore) -> None:
    """What waits for the platform is tried at once, and of others' requests none."""
    fail(store)
    with store.writing() as transaction:
        for source in (MOODLE, "lrs"):
            transaction.ask_for_sync(SyncRequest(course=COURSE, source=source, asked_at=NOW, full=True))
        (tried,) = try_again(transaction, None, now=NOW + MINUTE)
        found = {one.source: (one.urgent, one.full) for one in transaction.sync_requests()}
    assert (tried.concern.name, found) == (MOODLE, {MOODLE: (True, True), "lrs": (False, True)})
    assert not is_left_alone(troubles(store), AT_MOODLE, COURSE, now=NOW + MINUTE)
