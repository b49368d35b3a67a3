"""The engine inside one process: one of several has the jobs, and another takes over."""

from __future__ import annotations

import errno
import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Self

import apscheduler.schedulers.base
import pytest

from lms_scoring.domain.errors import StoreError
from lms_scoring.jobs.embedded import LOCK, Embedded
from lms_scoring.store import SqlStore
from lms_scoring.store.databases.file_locks import FileLocks
from tests.contract.engines import Notes, call, jobs_of
from tests.fixtures.databases import empty_database
from tests.fixtures.workshop import workshop
from tests.waiting import LONG, until


@dataclass
class Faulty:
    """Locks that have a fault now and then, which nobody foresaw."""

    locks: FileLocks
    now: threading.Event = field(default_factory=threading.Event)
    asked: threading.Event = field(default_factory=threading.Event)

    def held(self, name: str, *, wait: bool = False) -> AbstractContextManager[bool]:
        if self.now.is_set():
            self.asked.set()
            raise ZeroDivisionError
        return self.locks.held(name, wait=wait)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore(empty_database(tmp_path / "store.db"))
    yield store
    store.close()


@pytest.fixture
def locks(tmp_path: Path) -> FileLocks:
    return FileLocks(tmp_path / "store.db")


@pytest.fixture
def one(store: SqlStore, locks: FileLocks) -> Embedded:
    return Embedded(workshop(store, locks=locks), jobs=jobs_of(Notes()))


@pytest.fixture
def two(store: SqlStore, locks: FileLocks) -> Iterator[tuple[tuple[Embedded, Notes], tuple[Embedded, Notes]]]:
    """Engines as two processes of one database have them."""
    notes = (Notes(), Notes())
    engines = [Embedded(workshop(store, locks=locks), jobs=jobs_of(one, every=1)) for one in notes]
    yield (engines[0], notes[0]), (engines[1], notes[1])
    for engine in engines:
        engine.stop()


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


def test_where_nobody_can_tell_who_runs_the_jobs_none_are_begun_and_it_is_said(
    one: Embedded, tmp_path: Path
) -> None:
    (tmp_path / f"store.db.{LOCK}.lock").mkdir()
    with pytest.raises(StoreError, match="let it and its folder belong to the user"):
        one.start()
    assert not one.schedules
    assert one.stop()


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


def test_a_machine_whose_clock_is_set_back_syncs_on(
    two: tuple[tuple[Embedded, Notes], tuple[Embedded, Notes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    class SetBack(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) - timedelta(days=365)

    (first, notes), _ = two
    first.start()
    until(lambda: bool(notes.done))
    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", SetBack)
    before = len(notes.done)
    until(lambda: len(notes.done) >= before + 2)


def test_on_a_disk_that_knows_no_locks_none_are_begun_and_it_is_said(
    one: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(file: int, how: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    with monkeypatch.context() as disk:
        disk.setattr(fcntl, "flock", no_locks)
        with pytest.raises(StoreError, match="keep the database on a disk of this machine"):
            one.start()
    assert not one.schedules
    assert one.stop()


def test_whoever_looks_for_the_lock_looks_on_whatever_fails_meanwhile(
    store: SqlStore, locks: FileLocks, one: Embedded, caplog: pytest.LogCaptureFixture
) -> None:
    faulty = Faulty(locks)
    other = Embedded(workshop(store, locks=faulty), jobs=jobs_of(Notes()))
    one.start()
    other.start()
    faulty.now.set()
    assert faulty.asked.wait(LONG)
    faulty.now.clear()
    one.stop()
    until(lambda: other.schedules)
    assert other.stop()
    assert caplog.text.count("running the jobs failed, and is tried again") == 1


def test_a_call_for_which_there_is_no_thread_is_taken_the_next_time(
    two: tuple[tuple[Embedded, Notes], tuple[Embedded, Notes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (first, notes), _ = two
    first.start()

    def no_thread(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", no_thread)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            first.wake(call("note", "again"))
    first.wake(call("note", "again"))
    until(lambda: "again" in notes.done)
