"""Contract: names that one at a time holds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from lms_scoring.domain.errors import StoreError
from lms_scoring.ports import Locks
from lms_scoring.store.databases.engine import open_engine
from lms_scoring.store.databases.file_locks import FileLocks
from lms_scoring.store.databases.locks import locks_of
from tests.contract.conftest import TwoSides
from tests.fixtures.databases import blank_database, forget
from tests.waiting import until


def test_one_at_a_time_holds_a_name(sides: TwoSides) -> None:
    one, other = sides
    with one.held("platform moodle") as first:
        with other.held("platform moodle") as second, one.held("platform moodle") as third:
            assert (first, second, third) == (True, False, False)
        with other.held("platform moodle") as still:
            assert not still
    with other.held("platform moodle") as free:
        assert free


def test_other_names_are_free(sides: TwoSides) -> None:
    one, other = sides
    with one.held("https://moodle.example.edu:443 0") as first, other.held("培训/../x") as second:
        assert first
        assert second


def test_a_name_is_let_go_by_what_breaks(sides: TwoSides) -> None:
    one, other = sides
    with pytest.raises(ZeroDivisionError), one.held("a"):
        _ = 1 // 0
    with other.held("a") as free:
        assert free


def test_who_waits_has_it_once_it_is_free(sides: TwoSides) -> None:
    one, other = sides
    began, told = threading.Event(), list[str]()

    def wait() -> None:
        began.set()
        with other.held("a", wait=True) as held:
            told.append(f"waited {held}")

    waiting = threading.Thread(target=wait)
    with one.held("a"):
        waiting.start()
        assert began.wait(60)
        told.append("held")
    waiting.join(60)
    assert told == ["held", "waited True"]


@pytest.mark.parametrize("threads", [8])
def test_of_many_that_try_at_once_one_has_it(sides: TwoSides, threads: int) -> None:
    ready, done, found = threading.Barrier(threads), threading.Barrier(threads), list[bool]()

    def attempt(locks: Locks) -> Callable[[], None]:
        def go() -> None:
            ready.wait(60)
            with locks.held("a") as held:
                found.append(held)
                done.wait(60)

        return go

    started = [threading.Thread(target=attempt(sides[number % 2])) for number in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join(60)
    assert sorted(found) == [False] * (threads - 1) + [True]


def test_who_waits_gives_up_in_time_and_may_ask_again(sides: TwoSides) -> None:
    one, other = sides
    with one.held("a"):
        with other.held("a", wait=True, patience=0.01) as held:
            assert not held
        with other.held("b", wait=True, patience=60) as free:
            assert free
    with other.held("a", wait=True, patience=0.01) as at_last:
        assert at_last


def test_who_gave_up_keeps_nobody_from_the_name(sides: TwoSides) -> None:
    one, other = sides
    with one.held("a"):
        for _ in range(3):
            with other.held("a", wait=True, patience=0.01) as held:
                assert not held
    for locks in (one, other, one):
        with locks.held("a", wait=True, patience=60) as free:
            assert free


def test_all_who_wait_in_a_process_have_it_in_turn(sides: TwoSides) -> None:
    one, other = sides
    told = list[bool]()

    def wait() -> None:
        with other.held("a", wait=True, patience=60) as held:
            told.append(held)

    waiting = [threading.Thread(target=wait) for _ in range(5)]
    with one.held("a"):
        for thread in waiting:
            thread.start()
        with other.held("a", wait=True, patience=0.01) as held:
            assert not held
        assert told == []
    for thread in waiting:
        thread.join(60)
    assert told == [True] * 5


def test_however_many_give_up_a_file_is_waited_for_once(tmp_path: Path) -> None:
    """Nothing ends a wait for it: there would be one more for each who gave up while its holder is frozen."""
    one, other = FileLocks(tmp_path / "scores.db"), FileLocks(tmp_path / "scores.db")
    until(lambda: waits() == 0)
    with one.held("a"):
        for _ in range(10):
            with other.held("a", wait=True, patience=0.001) as held:
                assert not held
        assert waits() == 1
    until(lambda: waits() == 0)


def waits() -> int:
    """How many threads wait for a file."""
    return sum(thread.name == "waits for a lock" for thread in threading.enumerate())


@pytest.mark.parametrize("wait", [False, True])
def test_a_file_that_cannot_be_locked_is_told_to_who_waits_as_well(tmp_path: Path, wait: bool) -> None:
    locks = FileLocks(tmp_path / "nowhere" / "scores.db")
    for _ in range(2):
        with pytest.raises(StoreError, match="cannot be opened"), ExitStack() as stack:
            stack.enter_context(locks.held("a", wait=wait))


def test_whoever_closes_the_database_keeps_no_connection_for_its_locks(tmp_path: Path) -> None:
    url = blank_database(tmp_path, on="postgres")
    ours, looking = open_engine(url), open_engine(url)

    def kept() -> int:
        with looking.connect() as connection:
            return int(connection.exec_driver_sql(_OF_LOCKS).scalar_one())

    with locks_of(ours, tenant=1, folder=tmp_path).held("a"):
        assert kept() == 1
    assert kept() == 1, "for the next"
    ours.dispose()
    until(lambda: kept() == 0)
    looking.dispose()
    forget(url)


_OF_LOCKS = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND application_name = 'lms-scoring-locks'"
)
