"""Threads share one heap, what a job needed does not stay with the process, and what stays is left alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from lms_scoring.jobs.registry import Job
from lms_scoring.jobs.running import run_call
from lms_scoring.ports import Call
from lms_scoring.services.unattended.workshop import Workshop
from lms_scoring.store import SqlStore
from tests.fixtures.databases import empty_database
from tests.fixtures.workshop import workshop

_HEAPS = """
import ctypes, sys, threading
from lms_scoring.memory import share_one_heap
if sys.argv[1] == "shared":
    share_one_heap()
met = threading.Barrier(5)
def wait():
    kept = bytes(1000)
    met.wait()
    met.wait()
for _ in range(4):
    threading.Thread(target=wait).start()
met.wait()
library = ctypes.CDLL(None)
library.malloc_stats()
met.wait()
"""
_KEPT = """
import gc
from lms_scoring.memory import keep_for_good
keep_for_good()
print(len(gc.get_objects()))
"""
PIECE, PIECES = 1_000, 100_000
"""Bytes that are no small object's, which Python has a heap of its own for."""


def test_memory_that_a_job_freed_is_given_back_though_a_little_of_it_stays_in_use(tmp_path: Path) -> None:
    kept: list[bytes] = []

    def needs_much(shop: Workshop) -> None:
        pieces = [bytes(PIECE) for _ in range(PIECES)]
        kept.append(pieces[-1])

    store = SqlStore(empty_database(tmp_path / "store.db"))
    process = psutil.Process()
    before = process.memory_info().rss
    jobs = {"much": Job(name="much", work=needs_much, key="much")}
    assert run_call(jobs, workshop(store), Call(job="much"))
    assert process.memory_info().rss - before < PIECE * PIECES / 2
    store.close()


def test_memory_in_rings_that_a_job_left_is_given_back(tmp_path: Path) -> None:
    def needs_much(shop: Workshop) -> None:
        ring: list[object] = [bytes(PIECE) for _ in range(PIECES)]
        ring.append(ring)

    store = SqlStore(empty_database(tmp_path / "store.db"))
    process = psutil.Process()
    before = process.memory_info().rss
    jobs = {"much": Job(name="much", work=needs_much, key="much")}
    assert run_call(jobs, workshop(store), Call(job="much"))
    assert process.memory_info().rss - before < PIECE * PIECES / 2
    store.close()


def test_what_a_process_keeps_for_good_is_not_looked_through_again() -> None:
    ran = subprocess.run([sys.executable, "-c", _KEPT], capture_output=True, text=True, check=True)
    assert int(ran.stdout) < 100


@pytest.mark.skipif(sys.platform != "linux", reason="other libraries have one, or tell nothing of it")
@pytest.mark.parametrize(("threads", "heaps"), [("shared", 1), ("each alone", 5)])
def test_threads_of_jobs_share_one_heap(threads: str, heaps: int) -> None:
    ran = subprocess.run([sys.executable, "-c", _HEAPS, threads], capture_output=True, text=True, check=True)
    assert ran.stderr.count("Arena ") == heaps
