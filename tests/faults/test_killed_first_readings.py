"""A course that nobody set up is being read by a process that is killed: another one takes it up."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from lms_scoring.ports import RunState, SoFar
from lms_scoring.services.setting_up.new_course import Choice
from lms_scoring.store import SqlStore
from tests.contract.story import REGISTRATION
from tests.faults.job_process import GATE
from tests.faults.reading_process import BEGINNING
from tests.faults.test_job_processes import ROOT, deferring
from tests.fixtures.courses.claimed import NEW, Supplying, offer, place, visitor
from tests.fixtures.courses.scripted import MOODLE, StandingClock
from tests.fixtures.databases import empty_database, forget
from tests.waiting import until

CHOICE = Choice(scheme=offer(), title="新课程")
BEGUN = SoFar(done=BEGINNING.done, expected=BEGINNING.expected)


@contextmanager
def working(kind: str, url: str, folder: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.faults.reading_process", kind, url, str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(("kind", "on"), [("embedded", "sqlite"), ("worker", "postgres")])
def test_what_a_killed_process_was_reading_is_read_by_the_next(kind: str, on: str, tmp_path: Path) -> None:
    url = empty_database(tmp_path / "store.db", on=on)
    if on == "postgres":
        with deferring(url, tmp_path):
            pass  # the queue is there from now on
    store = SqlStore(url)
    with store.writing() as transaction:
        transaction.keep_registration(replace(REGISTRATION, platform=MOODLE), at=1)
        transaction.keep_platform_course(place())
    pages = Supplying().set_up(store, StandingClock(), at_once=False)
    pages.read(visitor(), CHOICE)
    with working(kind, url, tmp_path):
        until(lambda: pages.listed(visitor(), CHOICE).sources[0].so_far == BEGUN)
    (tmp_path / GATE).touch()
    assert pages.listed(visitor(), CHOICE).is_under_way
    with working(kind, url, tmp_path):
        until(lambda: pages.listed(visitor(), CHOICE).is_read)
    with store.reading() as transaction:
        assert [run.state for run in transaction.runs(NEW)] == [RunState.DONE, RunState.INTERRUPTED]
    store.close()
    forget(url)
