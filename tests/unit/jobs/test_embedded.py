"""The engine inside one process: one of several has the jobs, and another takes over."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.domain.errors import StoreError
from lms_scoring.jobs.embedded import LOCK, Embedded
from lms_scoring.store import SqlStore
from lms_scoring.store.databases.file_locks import FileLocks
from tests.contract.engines import Notes, call, jobs_of
from tests.fixtures.databases import empty_database
from tests.fixtures.workshop import workshop
from tests.waiting import until


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[tuple[Embedded, Notes], tuple[Embedded, Notes]]]:
    """Engines as two processes of one database have them."""
    store = SqlStore(empty_database(tmp_path / "store.db"))
    notes = (Notes(), Notes())
    engines = [
        Embedded(workshop(store, locks=FileLocks(tmp_path / "store.db")), jobs=jobs_of(one, every=1))
        for one in notes
    ]
    yield (engines[0], notes[0]), (engines[1], notes[1])
    for engine in engines:
        engine.stop()
    store.close()


def test_one_of_two_runs_the_jobs_until_it_is_gone(
    two: tuple[tuple[Embedded, Notes], tuple[Embedded, Notes]],
) -> None:
    (first, of_first), (second, of_second) = two
    assert first.start()
    assert not second.start()
    assert (first.schedules, second.schedules) == (True, False)
    second.wake(call("note", "not here"))
    until(lambda: len(of_first.done) >= 2)
    assert of_second.begun == []
    assert first.stop()
    until(lambda: second.schedules)
    until(lambda: bool(of_second.done))
    assert "not here" not in of_second.done


def test_who_waited_in_vain_ends_too(two: tuple[tuple[Embedded, Notes], tuple[Embedded, Notes]]) -> None:
    (first, _), (second, of_second) = two
    first.start()
    second.start()
    assert second.stop()
    assert first.stop()
    assert not second.schedules
    assert of_second.begun == []


def test_whoever_looked_for_the_lock_looks_no_more_once_it_has_stopped(
    two: tuple[tuple[Embedded, Notes], tuple[Embedded, Notes]],
) -> None:
    (first, _), (second, _) = two
    first.start()
    second.start()
    looking = {thread for thread in threading.enumerate() if thread.name == LOCK}
    second.stop()
    assert sum(thread.is_alive() for thread in looking) == 1
    first.stop()
    assert not any(thread.is_alive() for thread in looking)


def test_where_nobody_can_tell_who_runs_the_jobs_none_are_begun_and_it_is_said(tmp_path: Path) -> None:
    store = SqlStore(empty_database(tmp_path / "store.db"))
    (tmp_path / f"store.db.{LOCK}.lock").mkdir()
    engine = Embedded(workshop(store, locks=FileLocks(tmp_path / "store.db")), jobs=jobs_of(Notes()))
    with pytest.raises(StoreError, match="let it and its folder belong to the user"):
        engine.start()
    assert not engine.schedules
    assert engine.stop()
    store.close()


def test_a_lock_that_cannot_be_opened_for_a_while_is_looked_for_on(
    two: tuple[tuple[Embedded, Notes], tuple[Embedded, Notes]],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (first, _), (second, _) = two
    lock, aside = tmp_path / f"store.db.{LOCK}.lock", tmp_path / "aside"
    first.start()
    second.start()
    lock.rename(aside)
    lock.mkdir()
    until(lambda: "nobody can tell whether the process that runs the jobs is gone" in caplog.text)
    lock.rmdir()
    aside.rename(lock)
    first.stop()
    until(lambda: second.schedules)


def test_a_job_that_this_version_does_not_know_is_logged(
    two: tuple[tuple[Embedded, Notes], tuple[Embedded, Notes]], caplog: pytest.LogCaptureFixture
) -> None:
    (first, _), _ = two
    first.start()
    first.wake(call("of-a-newer-program", "x"))
    assert "of-a-newer-program is unknown to this version" in caplog.text
