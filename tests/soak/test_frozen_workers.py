"""A worker that freezes, and a database that goes away: `make soak`, on a machine that does nothing else.

Beside other work they were seen to miss a minute's patience, with nothing lost or done twice; why, is
open. A frozen worker may hold a lock of the database that others wait for until it is woken.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from lms_scoring.store.migrations import upgrade
from tests.faults.job_process import GATE, lines
from tests.faults.test_job_processes import ask, counted, deferring, working
from tests.fixtures.databases import empty_database, forget
from tests.fixtures.postgres import PostgresServer
from tests.waiting import until


@pytest.fixture
def url() -> Iterator[str]:
    made = empty_database(Path(), on="postgres")
    yield made
    forget(made)


def test_a_worker_that_freezes_and_wakes_does_nothing_twice(url: str, tmp_path: Path) -> None:
    def ends(what: str, pid: int) -> bool:
        return [what, "frozen", str(pid)] in lines(tmp_path)

    with deferring(url, tmp_path) as store, working("worker", url, tmp_path) as first:
        ask(store, "slow", "frozen")
        until(lambda: ends("begun", first.pid))
        first.send_signal(signal.SIGSTOP)
        with working("worker", url, tmp_path) as second:
            until(lambda: ends("begun", second.pid))
            (tmp_path / GATE).touch()
            until(lambda: ends("done", second.pid))
            assert counted(store, ["frozen"]) == [1]
            first.send_signal(signal.SIGCONT)
            until(lambda: ends("done", first.pid))
            assert counted(store, ["frozen"]) == [1]


def test_a_database_that_is_restarted_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    """The workers end with it, as they do, and a supervisor starts them again."""
    server = PostgresServer()
    server.execute("CREATE DATABASE jobs")
    url = server.url("jobs")
    upgrade(url)
    words = [f"word-{number}" for number in range(20)]
    over = threading.Event()

    def supervise() -> None:
        while not over.is_set():
            with working("worker", url, tmp_path) as process:
                until(lambda: process.poll() is not None or over.is_set(), within=300)

    supervisor = threading.Thread(target=supervise)
    with deferring(url, tmp_path) as store:
        ask(store, "slow", *words[:10])
        supervisor.start()
        try:
            until(lambda: any(what == "begun" for what, *_ in lines(tmp_path)))
            server.stop("fast")
            server.start()
            (tmp_path / GATE).touch()
            ask(store, "count", *words[10:])
            until(lambda: counted(store, words) == [1] * len(words), within=120)
        finally:
            over.set()
            supervisor.join()
    with suppress(OSError):
        server.close()
