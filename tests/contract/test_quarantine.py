"""Contract: what no sync could use is kept once, waits, and says what became of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain.errors import NotInQuarantine
from lms_scoring.domain.quarantine import MOST_SET_ASIDE, QuarantineState, SetAside, set_aside
from lms_scoring.ports import QuarantineCount, Quarantined, Store
from tests.contract.story import COURSE, LRS, MOODLE

ROW = set_aside(
    b'{"id": null}', code="row_unreadable", reason="a row", subject="7", place="7", record="post-1"
)
OTHER = set_aside(b"[]", code="row_unreadable", reason="a row", subject="8", place="8")
STATEMENT = set_aside(b"\xff", code="not_json", reason="no JSON", subject="page 1, statement 2")
WAITING = QuarantineState.WAITING


def begin(store: Store, course: str = COURSE, source: str = MOODLE, *, shared: bool = False) -> int:
    with store.writing() as transaction:
        return transaction.begin_run(course, source, at=1, full=True, shared=shared)


def keep(
    store: Store, *records: SetAside, run: int, at: int = 10, course: str | None = COURSE, of: str = MOODLE
) -> int:
    with store.writing() as transaction:
        return transaction.quarantine(course, of, records, run=run, at=at)


def kept(store: Store, course: str | None = COURSE) -> list[Quarantined]:
    with store.reading() as transaction:
        return list(transaction.quarantined(course=course))


def states(store: Store) -> list[QuarantineState]:
    return [one.state for one in reversed(kept(store, None))]


def test_a_record_comes_back_as_it_came(store: Store) -> None:
    run = begin(store)
    keep(store, ROW, run=run)
    (one,) = kept(store)
    assert one == Quarantined(
        number=1,
        course=COURSE,
        source=MOODLE,
        aside=ROW,
        state=WAITING,
        first_run=run,
        last_run=run,
        first_at=10,
        last_at=10,
    )
    with store.reading() as transaction:
        assert transaction.in_quarantine(1) == one


def test_the_same_in_the_next_sync_is_not_kept_twice(store: Store) -> None:
    first, second = begin(store), begin(store)
    keep(store, ROW, ROW, run=first)
    keep(store, replace(ROW, code="post_unreadable", reason="known better"), OTHER, run=second, at=20)
    again, other = sorted(kept(store), key=lambda one: one.number)
    assert (again.first_run, again.last_run, again.first_at, again.last_at) == (first, second, 10, 20)
    assert (again.aside.code, again.aside.reason) == ("post_unreadable", "known better")
    assert other.aside == OTHER


def test_the_same_text_of_another_course_or_source_is_another_record(store: Store) -> None:
    run = begin(store)
    keep(store, ROW, run=run)
    keep(store, ROW, run=run, course="course-2")
    keep(store, ROW, run=run, of=LRS)
    assert len(kept(store, None)) == 3
    assert len(kept(store)) == 2


def test_what_a_shared_source_could_not_use_is_of_every_course_that_reads_it(store: Store) -> None:
    run = begin(store, source=LRS, shared=True)
    keep(store, STATEMENT, run=run, course=None, of=LRS)
    assert [one.course for one in kept(store)] == [None]
    assert kept(store, "course-2") == []


def test_a_record_that_comes_well_formed_resolves_what_waits_under_its_id(store: Store) -> None:
    keep(store, ROW, OTHER, run=begin(store))
    with store.writing() as transaction:
        assert transaction.names_in_quarantine(COURSE, MOODLE) == {"post-1"}
        assert transaction.names_in_quarantine(COURSE, LRS) == frozenset()
        transaction.came_well_formed(COURSE, MOODLE, ["post-1", "post-2"], at=30)
        assert transaction.names_in_quarantine(COURSE, MOODLE) == frozenset()
    assert states(store) == [QuarantineState.RESOLVED, WAITING]
    assert [one.over_at for one in kept(store) if one.aside == ROW] == [30]


def test_what_a_later_run_does_not_meet_is_gone_there_and_its_text_stays(store: Store) -> None:
    keep(store, ROW, OTHER, run=begin(store))
    later = begin(store)
    keep(store, OTHER, run=later)
    with store.writing() as transaction:
        transaction.not_met_again(COURSE, MOODLE, run=later, at=40)
    assert states(store) == [QuarantineState.GONE, WAITING]
    assert kept(store)[-1].aside.text == ROW.text


def test_of_some_places_only_what_stood_there_is_gone(store: Store) -> None:
    keep(store, ROW, OTHER, run=begin(store))
    later = begin(store)
    with store.writing() as transaction:
        transaction.not_met_again(COURSE, MOODLE, run=later, at=40, places=["8", "9"])
    assert states(store) == [WAITING, QuarantineState.GONE]


def test_what_was_gone_or_resolved_waits_again_when_it_is_met_again(store: Store) -> None:
    keep(store, ROW, OTHER, run=begin(store))
    with store.writing() as transaction:
        transaction.end_quarantine(1, QuarantineState.RESOLVED, at=30)
        transaction.end_quarantine(2, QuarantineState.GONE, at=30)
    keep(store, ROW, OTHER, run=begin(store), at=50)
    assert states(store) == [WAITING, WAITING]
    assert {one.over_at for one in kept(store)} == {None}


def test_what_was_dropped_stays_dropped(store: Store) -> None:
    keep(store, ROW, run=begin(store))
    with store.writing() as transaction:
        transaction.end_quarantine(1, QuarantineState.DROPPED, at=30, act=4)
    keep(store, ROW, run=begin(store), at=50)
    with store.writing() as transaction:
        transaction.came_well_formed(COURSE, MOODLE, ["post-1"], at=60)
    (one,) = kept(store)
    assert (one.state, one.over_at, one.act, one.last_at) == (QuarantineState.DROPPED, 30, 4, 50)


def test_they_are_asked_for_by_state_and_counted_by_source(store: Store) -> None:
    run = begin(store)
    keep(store, ROW, run=run, at=10)
    keep(store, OTHER, run=run, at=20)
    keep(store, STATEMENT, run=run, at=15, course=None, of=LRS)
    with store.writing() as transaction:
        transaction.end_quarantine(2, QuarantineState.GONE, at=30)
        assert [one.number for one in transaction.quarantined(states=[WAITING])] == [3, 1]
        assert [one.number for one in transaction.quarantined(limit=1)] == [2]
        assert list(transaction.quarantine_counts()) == [
            QuarantineCount(course=None, source=LRS, waiting=1, since=15),
            QuarantineCount(course=COURSE, source=MOODLE, waiting=1, since=10),
        ]


def test_what_no_database_can_write_down_is_told_with_other_signs(store: Store) -> None:
    odd = replace(ROW, reason="NUL \0 and half \ud800", subject="\0", place="\0", record="\0")
    keep(store, odd, run=begin(store))
    (one,) = kept(store)
    assert (one.aside.reason, one.aside.subject, one.aside.place) == ("NUL ? and half ?", "?", "?")
    assert (one.aside.record, one.aside.text) == ("", ROW.text)


def test_nobody_was_ever_set_aside_under_another_number(store: Store) -> None:
    with store.reading() as transaction, pytest.raises(NotInQuarantine):
        transaction.in_quarantine(1)


def rows(first: int, last: int) -> list[SetAside]:
    """As many as that, each another."""
    return [
        set_aside(str(number).encode(), code="row_unreadable", reason="a row", record=str(number))
        for number in range(first, last + 1)
    ]


def test_of_a_source_the_first_are_kept_and_those_beyond_the_limit_counted(store: Store) -> None:
    run = begin(store)
    assert keep(store, *rows(2, MOST_SET_ASIDE), run=run) == 0
    assert keep(store, *rows(1, MOST_SET_ASIDE + 2), run=run, at=11) == 2
    assert keep(store, ROW, run=run, course=None, of=LRS) == 0
    with store.reading() as transaction:
        names = transaction.names_in_quarantine(COURSE, MOODLE)
        assert names == {str(number) for number in range(1, MOST_SET_ASIDE + 1)}
        assert [one.waiting for one in transaction.quarantine_counts()] == [1, MOST_SET_ASIDE]


def test_at_the_limit_what_is_over_by_itself_gives_way_the_longest_over_first(store: Store) -> None:
    run = begin(store)
    keep(store, *rows(1, MOST_SET_ASIDE), run=run)
    with store.writing() as transaction:
        transaction.end_quarantine(1, QuarantineState.DROPPED, at=20, act=1)
        transaction.came_well_formed(COURSE, MOODLE, ["3"], at=21)
        transaction.came_well_formed(COURSE, MOODLE, ["2"], at=22)
    assert keep(store, ROW, run=run, at=23) == 0
    over = {state: [one.number for one in told(store, state)] for state in (*QuarantineState,)[1:]}
    assert over == {
        QuarantineState.RESOLVED: [2],
        QuarantineState.GONE: [],
        QuarantineState.DROPPED: [1],
    }
    assert keep(store, OTHER, STATEMENT, run=run, at=24) == 1
    assert [one.number for one in told(store, WAITING)][:2] == [MOST_SET_ASIDE + 2, MOST_SET_ASIDE + 1]


def told(store: Store, state: QuarantineState) -> list[Quarantined]:
    with store.reading() as transaction:
        return list(transaction.quarantined(states=[state]))
