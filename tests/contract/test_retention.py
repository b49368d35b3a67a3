"""Contract: what is old enough goes, and nothing that anybody goes by."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from lms_scoring.domain.quarantine import QuarantineState, set_aside
from lms_scoring.domain.registration import LaunchState
from lms_scoring.domain.retention import Past
from lms_scoring.ports import Kept, PastRows, Problem, ProblemKind, RunState, Store, Transaction, Visitor
from tests.contract.story import (
    CHEN,
    COURSE,
    LI,
    LRS,
    MOODLE,
    WANG,
    class_a,
    event,
    homework,
    post,
    statement,
)

OTHER = "course-2"
LATEST = 20
"""So many runs of a course stay."""
PEOPLE = [LI.id, WANG.id, CHEN.id]
ROW = set_aside(b"a row", code="row_unreadable", reason="a row", record="7")
DROPPED = set_aside(b"another", code="row_unreadable", reason="a row", subject="8")
WAITS = set_aside(b"a third", code="row_unreadable", reason="a row", subject="9")


def met(subject: str) -> Problem:
    return Problem(kind=ProblemKind.NOTICE, code="updates_unavailable", text="slow", subject=subject)


def synced(
    transaction: Transaction,
    at: int,
    *,
    full: bool = False,
    source: str = MOODLE,
    course: str = COURSE,
    state: RunState = RunState.DONE,
    subject: str | None = None,
) -> int:
    """A run of one instant, which met a problem."""
    run = transaction.begin_run(course, source, at=at, full=full, shared=source == LRS)
    transaction.keep_problems(run, [met(str(run) if subject is None else subject)], at=at)
    transaction.end_run(run, at=at, state=state, kept=Kept())
    return run


def many(transaction: Transaction, first: int, **how: Any) -> None:
    """As many runs as stay anyway, one after another."""
    for at in range(first, first + LATEST):
        synced(transaction, at, **how)


def launch(expires_at: int) -> LaunchState:
    return LaunchState(registration=1, nonce="n", target="t", browser="b", expires_at=expires_at)


def past(store: Store, what: Past, before: int) -> list[PastRows]:
    with store.reading() as transaction:
        return list(transaction.past_rows(what, before=before))


def at_once(store: Store, what: Past, before: int, most: int) -> dict[str, int]:
    """What one asking removed."""
    with store.writing() as transaction:
        found = transaction.remove_past(what, before=before, most=most)
    assert all(one.oldest is None for one in found)
    return {one.table: one.rows for one in found}


def removed(store: Store, what: Past, before: int) -> dict[str, int]:
    """All that was removed, however often one must ask."""
    found = Counter[str]()
    while some := at_once(store, what, before, most=1_000):
        found.update(some)
    return dict(found)


def known_of(store: Store) -> list[object]:
    """What the rest of the program asks of runs, and all evidence."""
    with store.reading() as transaction:
        return [
            *(
                [
                    transaction.last_ends(course),
                    transaction.last_starts(course),
                    transaction.met_problems(course),
                    transaction.runs(course),
                    transaction.counts(course),
                    transaction.unjoined(course),
                    transaction.touched(course),
                    transaction.memberships(course),
                    [*transaction.evidence_of(course, PEOPLE)],
                    [*transaction.evidence_of(course, PEOPLE, at_run=1)],
                    transaction.cursor(course, MOODLE),
                ]
                for course in (COURSE, OTHER)
            ),
            transaction.last_good_runs(),
            transaction.runs(None),
        ]


@pytest.fixture
def lived(store: Store) -> Store:
    """A course of two sources that was read whole twice, and another one that reads the shared source."""
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [homework("h1"), post("p1")], run=run)
        transaction.keep_cursor(COURSE, MOODLE, "c1")
        transaction.end_run(run, at=5, state=RunState.DONE, kept=Kept())
        synced(transaction, 10, full=True)
        synced(transaction, 11, full=True, source=LRS)
        synced(transaction, 12, source=LRS, course=OTHER)
        transaction.keep_events(LRS, [event("e1")])
        transaction.keep_statements(LRS, [statement("s1", 2)])
        later = synced(transaction, 13, state=RunState.FAILED)
        transaction.keep_records(COURSE, MOODLE, [homework("h1", grade=None), post("p2", 2)], run=later)
        synced(transaction, 20, full=True)
        synced(transaction, 21, full=True, source=LRS)
        synced(transaction, 22, full=True, state=RunState.FAILED)
        many(transaction, 30)
    return store


def test_runs_before_the_last_that_read_everything_go_with_what_they_met(lived: Store) -> None:
    before = known_of(lived)
    found = past(lived, Past.RUNS, 1_000)
    assert found[:2] == [
        PastRows(table="problem", rows=3, oldest=10),
        PastRows(table="run", rows=5, oldest=1),
    ]
    gone = removed(lived, Past.RUNS, 1_000)
    assert gone == {one.table: one.rows for one in found}
    assert known_of(lived) == before
    with lived.reading() as transaction:
        ids = [run.id for run in transaction.runs(None, limit=100)]
    assert sorted(ids) == [5, *range(7, 10 + LATEST)]


def test_once_the_first_whole_run_since_is_gone_a_later_one_counts_as_the_first(lived: Store) -> None:
    with lived.reading() as transaction:
        before = transaction.first_whole_ends(COURSE, since=5)
    removed(lived, Past.RUNS, 1_000)
    with lived.reading() as transaction:
        after = transaction.first_whole_ends(COURSE, since=5)
        latest = {source: one.good_at or 0 for source, one in transaction.last_ends(COURSE).items()}
    assert before == {MOODLE: 10, LRS: 11}
    assert before.keys() == after.keys() == latest.keys()
    assert all(before[source] < after[source] <= latest[source] for source in before)


def test_the_second_time_nothing_is_left_to_go(lived: Store) -> None:
    removed(lived, Past.RUNS, 1_000)
    assert past(lived, Past.RUNS, 1_000) == []
    assert removed(lived, Past.RUNS, 1_000) == {}


def test_a_later_sync_goes_on_where_it_would_have(lived: Store) -> None:
    removed(lived, Past.RUNS, 1_000)
    with lived.writing() as transaction:
        transaction.untouch(COURSE, transaction.touched(COURSE))
        run = synced(transaction, 900, full=True)
        assert run == 10 + LATEST
        told = transaction.keep_records(COURSE, MOODLE, [homework("h1", grade=None)], run=run)
        assert (told.kept.same, told.kept.new, told.kept.changed) == (1, 0, 0)
        assert transaction.keep_events(LRS, [event("e1")]).kept.same == 1
        assert list(transaction.touched(COURSE)) == []


def test_what_is_not_old_enough_stays(lived: Store) -> None:
    assert [one.rows for one in past(lived, Past.RUNS, 11) if one.table == "run"] == [3]
    assert past(lived, Past.RUNS, 1) == []


def test_so_many_go_at_a_time(lived: Store) -> None:
    with lived.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=900)
        transaction.keep_records(COURSE, MOODLE, [post("p1")], run=run)
        transaction.end_run(run, at=900, state=RunState.DONE, kept=Kept())
    expected = {one.table: one.rows for one in past(lived, Past.RUNS, 1_000)}
    assert (expected["run"], expected["seen_record"]) == (5, 1)
    found = Counter[str]()
    while some := at_once(lived, Past.RUNS, 1_000, most=2):
        assert some.get("run", 0) <= 2
        found.update(some)
    assert found == expected


def test_the_latest_runs_of_a_course_stay_however_old(store: Store) -> None:
    with store.writing() as transaction:
        for at in (1, 2, 3):
            synced(transaction, at, full=True, course=OTHER)
    assert "run" not in removed(store, Past.RUNS, 1_000)
    with store.writing() as transaction:
        many(transaction, 10, full=True)
        many(transaction, 40, course="course-3")
    assert "run" not in removed(store, Past.RUNS, 1_000)
    with store.writing() as transaction:
        synced(transaction, 100, full=True)
    assert removed(store, Past.RUNS, 1_000)["run"] == 1


def test_a_source_that_was_never_read_whole_keeps_every_run(store: Store) -> None:
    with store.writing() as transaction:
        synced(transaction, 1, full=True, state=RunState.FAILED)
        many(transaction, 10)
        many(transaction, 50)
        synced(transaction, 90, full=True, course=OTHER)
    assert "run" not in removed(store, Past.RUNS, 1_000)


def test_a_run_under_way_stays_with_what_it_saw(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [homework("h1")], run=run)
        transaction.end_run(run, at=5, state=RunState.DONE, kept=Kept())
        again = transaction.begin_run(COURSE, MOODLE, at=6)
        transaction.keep_records(COURSE, MOODLE, [homework("h1")], run=again)
    assert past(store, Past.RUNS, 1_000) == []
    with store.writing() as transaction:
        transaction.end_run(again, at=7, state=RunState.DONE, kept=Kept())
    assert past(store, Past.RUNS, 1_000) == [PastRows(table="seen_record", rows=1)]
    assert removed(store, Past.RUNS, 1_000) == {"seen_record": 1}


def test_of_quarantine_what_is_over_goes_and_of_what_was_dropped_the_text(store: Store) -> None:
    with store.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=1)
        transaction.quarantine(COURSE, MOODLE, [ROW, DROPPED, WAITS], run=run, at=2)
        transaction.came_well_formed(COURSE, MOODLE, ["7"], at=3)
        transaction.end_quarantine(2, QuarantineState.DROPPED, at=4, act=1)
    assert past(store, Past.QUARANTINE, 4) == [PastRows(table="quarantined", rows=1, oldest=3)]
    assert removed(store, Past.QUARANTINE, 5) == {"quarantined": 1, "quarantined.text": 1}
    assert past(store, Past.QUARANTINE, 1_000) == [] == list(removed(store, Past.QUARANTINE, 1_000))
    with store.writing() as transaction:
        transaction.quarantine(COURSE, MOODLE, [DROPPED], run=run, at=6)
        one = transaction.in_quarantine(2)
        assert (one.state, one.aside.text, one.aside.size) == (QuarantineState.DROPPED, b"", len(b"another"))
        assert not one.aside.is_whole
        assert transaction.in_quarantine(3).aside == WAITS


def test_what_expired_goes_and_what_is_good_stays(store: Store) -> None:
    visitor = Visitor(person=LI.id)
    with store.writing() as transaction:
        for expires_at in (100, 200):
            transaction.keep_link(f"link {expires_at}", visitor, expires_at=expires_at)
            transaction.keep_session(f"session {expires_at}", visitor, at=1, expires_at=expires_at)
            transaction.keep_state(f"state {expires_at}", launch(expires_at))
    assert past(store, Past.SIGN_INS, 100) == []
    assert past(store, Past.SIGN_INS, 101) == [
        PastRows(table=table, rows=1, oldest=100) for table in ("session", "sign_in_link", "launch_state")
    ]
    assert removed(store, Past.SIGN_INS, 101) == {"session": 1, "sign_in_link": 1, "launch_state": 1}
    with store.writing() as transaction:
        assert transaction.session("session 200", at=150) is not None
        assert transaction.take_link("link 200", at=150) == visitor
        assert transaction.take_link("link 100", at=50) is None
        assert transaction.take_state("state 200") == launch(200)
