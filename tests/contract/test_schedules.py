"""Contract: syncs to come, platforms that fail, and calls that a transaction leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from lms_scoring.domain.instants import HOUR
from lms_scoring.ports import (
    Call,
    Kept,
    LastStarts,
    RingingStore,
    RunState,
    Store,
    SyncRequest,
    Transaction,
    Trouble,
)
from lms_scoring.services.following_up.troubles import platform_itself
from tests.contract.story import COURSE, LRS, MOODLE

REQUEST = SyncRequest(course=COURSE, source=MOODLE, asked_at=100)
TROUBLE = Trouble(
    concern=platform_itself(MOODLE), course=None, since=50, failures=1, try_at=400, reason="HTTP 503"
)


def requests(store: Store, course: str | None = None) -> Sequence[SyncRequest]:
    with store.reading() as transaction:
        return transaction.sync_requests(course=course)


def ask(store: Store, *asked: SyncRequest) -> None:
    for request in asked:
        with store.writing() as transaction:
            transaction.ask_for_sync(request)


def settle(store: Store, request: SyncRequest) -> None:
    with store.writing() as transaction:
        transaction.settle_sync(request)


# -- what is asked for -----------------------------------------------------------------------------------


def test_a_request_stays_until_it_is_settled(store: Store) -> None:
    ask(store, REQUEST)
    assert requests(store) == [REQUEST]
    settle(store, REQUEST)
    assert requests(store) == []


def test_two_requests_for_one_source_are_one_that_wants_all_of_both(store: Store) -> None:
    ask(store, replace(REQUEST, full=True), replace(REQUEST, asked_at=200, urgent=True))
    assert requests(store) == [replace(REQUEST, asked_at=200, full=True, urgent=True)]
    ask(store, replace(REQUEST, asked_at=300))
    assert requests(store) == [replace(REQUEST, asked_at=300, full=True, urgent=True)]


@pytest.mark.parametrize("again", [100, 50, 300])
def test_what_is_asked_again_while_it_is_done_is_done_again(store: Store, again: int) -> None:
    ask(store, REQUEST)
    (taken,) = requests(store)
    ask(store, replace(REQUEST, asked_at=again))
    settle(store, taken)
    (left,) = requests(store)
    assert left.asked_at > taken.asked_at
    settle(store, left)
    assert requests(store) == []


def test_the_urgent_come_first_and_then_who_waits_longest(store: Store) -> None:
    late, early, urgent = (
        replace(REQUEST, source="c", asked_at=300),
        replace(REQUEST, source="b", asked_at=200),
        replace(REQUEST, source="a", asked_at=400, urgent=True),
    )
    other = replace(REQUEST, course="course-2", asked_at=250)
    ask(store, late, early, urgent, other)
    assert requests(store) == [urgent, early, other, late]
    assert requests(store, COURSE) == [urgent, early, late]


# -- where the last ones began ---------------------------------------------------------------------------


def run(
    transaction: Transaction,
    source: str,
    at: int,
    *,
    course: str = COURSE,
    state: RunState | None = RunState.DONE,
    **options: Any,
) -> None:
    number = transaction.begin_run(course, source, at=at, **options)
    if state is not None:
        transaction.end_run(number, at=at + 10, state=state, kept=Kept(), calls=7)


def starts(store: Store, course: str = COURSE) -> dict[str, LastStarts]:
    with store.reading() as transaction:
        return dict(transaction.last_starts(course))


def test_the_last_start_is_that_of_the_latest_run_however_it_went(store: Store) -> None:
    with store.writing() as transaction:
        run(transaction, MOODLE, 100, full=True)
        run(transaction, MOODLE, 200)
        run(transaction, MOODLE, 300, full=True, state=RunState.FAILED)
        run(transaction, LRS, 400, state=None)
    assert starts(store) == {MOODLE: LastStarts(at=300, full_at=100), LRS: LastStarts(at=400, full_at=None)}
    assert starts(store, "course-2") == {}


def test_a_clock_that_was_ahead_does_not_make_a_start_the_last_one(store: Store) -> None:
    with store.writing() as transaction:
        run(transaction, MOODLE, 100 + HOUR, full=True)
        run(transaction, MOODLE, 200, full=True)
    assert starts(store) == {MOODLE: LastStarts(at=200, full_at=200)}


def test_a_shared_source_was_read_whole_for_all_when_it_was_for_one(store: Store) -> None:
    with store.writing() as transaction:
        run(transaction, LRS, 100, shared=True)
        run(transaction, MOODLE, 100)
        run(transaction, LRS, 200, shared=True, full=True, course="course-2")
        run(transaction, MOODLE, 300, full=True, course="course-2")
    assert starts(store)[LRS] == LastStarts(at=100, full_at=200)
    assert starts(store)[MOODLE] == LastStarts(at=100, full_at=None)


def test_runs_tell_their_requests_and_are_listed_over_all_courses(store: Store) -> None:
    with store.writing() as transaction:
        run(transaction, MOODLE, 100)
        run(transaction, LRS, 200, course="course-2", state=None)
    with store.reading() as transaction:
        assert [(one.course, one.calls) for one in transaction.runs(None)] == [
            ("course-2", None),
            (COURSE, 7),
        ]
        assert [one.id for one in transaction.runs(None, limit=1)] == [2]


def test_the_latest_good_run_of_each_source_is_found_over_all_courses(store: Store) -> None:
    with store.writing() as transaction:
        run(transaction, MOODLE, 100)
        run(transaction, MOODLE, 200, course="course-2")
        run(transaction, MOODLE, 300, state=RunState.FAILED)
        run(transaction, LRS, 400, state=None)
    with store.reading() as transaction:
        good = transaction.last_good_runs()
    assert {source: (one.course, one.started_at) for source, one in good.items()} == {
        MOODLE: ("course-2", 200)
    }


# -- what fails, and what goes on ------------------------------------------------------------------------


def test_a_trouble_is_kept_in_place_of_the_one_before_until_it_is_forgotten(store: Store) -> None:
    of_course = replace(TROUBLE, course=COURSE, told_at=60, over_at=70)
    with store.writing() as transaction:
        transaction.keep_trouble(of_course)
        transaction.keep_trouble(TROUBLE)
        transaction.keep_trouble(replace(TROUBLE, failures=2))
    with store.reading() as transaction:
        assert transaction.troubles() == [replace(TROUBLE, failures=2), of_course]
    with store.writing() as transaction:
        transaction.forget_trouble(TROUBLE.concern, None)
        transaction.forget_trouble(TROUBLE.concern, None)
    with store.reading() as transaction:
        assert transaction.troubles() == [of_course]


@pytest.mark.parametrize("spoilt", ["a\0b", "a\ud800b"])
def test_a_platform_may_say_why_in_words_that_cannot_be_kept(store: Store, spoilt: str) -> None:
    with store.writing() as transaction:
        transaction.keep_trouble(replace(TROUBLE, reason=spoilt))
    with store.reading() as transaction:
        assert [one.reason for one in transaction.troubles()] == ["a?b"]


def test_a_heartbeat_is_the_last_one(store: Store) -> None:
    with store.writing() as transaction:
        assert transaction.heartbeat("scheduler") is None
        transaction.keep_heartbeat("scheduler", at=100)
        transaction.keep_heartbeat("scheduler", at=90)
    with store.reading() as transaction:
        assert transaction.heartbeat("scheduler") == 90


def test_a_tally_grows_by_what_is_added_and_begins_at_nothing(store: Store) -> None:
    with store.reading() as transaction:
        assert transaction.tally("refused") == 0
    for more in (2, 3):
        with store.writing() as transaction:
            transaction.add_to_tally("refused", more)
            transaction.add_to_tally("another", 7)
    with store.reading() as transaction:
        assert transaction.tally("refused") == 5


# -- calls -----------------------------------------------------------------------------------------------


class Heard:
    """A bell that notes what it hears, and when."""

    def __init__(self, store: Store) -> None:
        self.within: list[Call] = []
        self.after: list[Call] = []
        self._store = store

    def ring_within(self, connection: object, calls: Sequence[Call]) -> None:
        assert requests(self._store) == []  # nobody else sees the transaction yet
        self.within += calls

    def ring_after(self, calls: Sequence[Call]) -> None:
        assert requests(self._store) == [REQUEST]
        self.after += calls


CALL = Call(job="pull", arguments={"course": COURSE, "source": MOODLE})


def test_calls_are_heard_within_the_transaction_and_after_it(store: RingingStore) -> None:
    heard = Heard(store)
    store.bell = heard
    with store.writing() as transaction:
        transaction.ask_for_sync(REQUEST)
        transaction.wake(CALL)
        transaction.wake(replace(CALL, job="send"))
        transaction.wake(CALL)
    assert heard.within == heard.after == [CALL, replace(CALL, job="send")]


def test_calls_of_a_transaction_that_breaks_are_never_heard(store: RingingStore) -> None:
    heard = Heard(store)
    store.bell = heard
    with pytest.raises(ZeroDivisionError), store.writing() as transaction:
        transaction.wake(CALL)
        _ = 1 // 0
    assert heard.within == heard.after == []


def test_calls_that_ask_for_the_same_have_one_id() -> None:
    turned = Call(job="pull", arguments={"source": MOODLE, "course": COURSE})
    assert CALL.id == turned.id
    assert CALL.id != Call(job="pull", arguments={"course": COURSE, "source": LRS}).id
