"""Row 15: a sync that was frozen wakes up when another has done its work; see `test_job_processes.py` too."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.ports import RunState
from lms_scoring.store import SqlStore
from tests.faults.frozen_process import OVERTAKEN
from tests.faults.matrix import row
from tests.faults.small_course import batches, known, read
from tests.fixtures.courses.scripted import COURSE, MOODLE
from tests.fixtures.databases import ENGINES, empty_database, forget

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    made = empty_database(tmp_path / "store.db", on=request.param)
    yield made
    forget(made)


@row(15, "at", [1, 2, 3])
def test_a_sync_that_was_frozen_writes_nothing_over_the_one_that_did_its_work(
    url: str, tmp_path: Path, at: int
) -> None:
    undisturbed = SqlStore(empty_database(tmp_path / "undisturbed.db"))
    read(undisturbed, batches(posts=15))
    store = SqlStore(url)
    command = [sys.executable, "-m", "tests.faults.frozen_process", url, str(at)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as frozen:
        assert frozen.stdout is not None
        assert frozen.stdin is not None
        try:
            assert frozen.stdout.readline() == "waits\n"
            frozen.send_signal(signal.SIGSTOP)
            assert read(store, batches(posts=15)).state is RunState.DONE
            before = known(store)
            frozen.send_signal(signal.SIGCONT)
            frozen.stdin.write("\n")
            frozen.stdin.flush()
            assert frozen.wait(timeout=60) == OVERTAKEN
        finally:
            frozen.kill()
    assert known(store) == before == known(undisturbed)
    with store.reading() as transaction:
        assert [run.state for run in transaction.runs(COURSE)] == [RunState.DONE, RunState.INTERRUPTED]
        assert transaction.cursor(COURSE, MOODLE) == "next"
    for one in (store, undisturbed):
        one.close()
