"""Contract: names that one at a time holds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lms_scoring.ports import Locks
from lms_scoring.store.databases.engine import open_engine
from lms_scoring.store.databases.locks import AdvisoryLocks, FileLocks, locks_of
from tests.fakes.locks import MemoryLocks
from tests.fixtures.databases import blank_database, forget
from tests.waiting import until

TwoSides = tuple[Locks, Locks]
"""The same names, as two processes of an installation have them."""


@pytest.fixture(params=["memory", "files", "postgres"])
def sides(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TwoSides]:
    if request.param == "memory":
        locks = MemoryLocks()
        yield locks, locks
    elif request.param == "files":
        yield FileLocks(tmp_path / "scores.db"), FileLocks(tmp_path / "scores.db")
    else:
        url = blank_database(tmp_path, on="postgres")
        engine = open_engine(url)
        two = AdvisoryLocks(engine), AdvisoryLocks(engine)
        yield two
        for locks_of_one in two:
            locks_of_one.close()
        engine.dispose()
        forget(url)


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


@pytest.mark.parametrize("sides", ["memory", "postgres"], indirect=True)
def test_who_waits_gives_up_in_time_and_may_ask_again(sides: TwoSides) -> None:
    """Files are not among them: who holds one is on this machine."""
    one, other = sides
    with one.held("a"):
        with other.held("a", wait=True, patience=0.01) as held:
            assert not held
        with other.held("b", wait=True, patience=60) as free:
            assert free
    with other.held("a", wait=True, patience=0.01) as at_last:
        assert at_last


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
