"""Rows 14 and 15: a database that goes away, and a worker that freezes and wakes.

A frozen process keeps what its connections hold, so nothing may hold anything while it says nothing: the
queue's statements are transactions of their own, and a writer that falls silent is cut off.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from lms_scoring.ports import Call
from lms_scoring.store import SqlStore
from lms_scoring.store.migrations import upgrade
from tests.faults.job_process import GATE, lines
from tests.faults.matrix import row
from tests.faults.test_job_processes import ask, counted, deferring, several, working
from tests.fixtures.databases import empty_database, forget
from tests.fixtures.postgres import PostgresServer
from tests.waiting import until

pytestmark = pytest.mark.slow(reason="workers are frozen, and databases are restarted beneath them")


@pytest.fixture
def url() -> Iterator[str]:
    made = empty_database(Path(), on="postgres")
    yield made
    forget(made)


@row(15, "others", [1, 2])
def test_a_worker_that_freezes_and_wakes_does_nothing_twice(url: str, tmp_path: Path, others: int) -> None:
    def done(what: str) -> set[str]:
        return {pid for told, *about, pid in lines(tmp_path) if [told, *about] == [what, "frozen"]}

    with deferring(url, tmp_path) as store, working("worker", url, tmp_path) as first:
        frozen = {str(first.pid)}
        ask(store, "slow", "frozen")
        until(lambda: done("begun") == frozen)
        first.send_signal(signal.SIGSTOP)
        with several(others, url, tmp_path):
            until(lambda: done("begun") > frozen)
            (tmp_path / GATE).touch()
            until(lambda: bool(done("done")))
            assert counted(store, ["frozen"]) == [1]
            first.send_signal(signal.SIGCONT)
            until(lambda: done("done") > frozen)
            assert counted(store, ["frozen"]) == [1]


def test_a_worker_leaves_no_transaction_open_between_two_statements(url: str, tmp_path: Path) -> None:
    """It may be frozen at any moment; what the queue's own connections would hold then, nobody else gets."""
    with deferring(url, tmp_path) as store, working("worker", url, tmp_path):
        ask(store, "count", "any")
        until(lambda: counted(store, ["any"]) == [1])
        with psycopg.connect(url) as connection:
            told = connection.execute(
                "SELECT query FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND application_name NOT LIKE 'lms-scoring%'"
            ).fetchall()
    assert told
    assert not {query for (query,) in told} & {"BEGIN", "COMMIT", "ROLLBACK"}


@row(14, "job, mode", [(job, mode) for job in ("slow", "count") for mode in ("fast", "immediate")])
def test_a_database_that_is_restarted_in_the_middle_loses_nothing(
    tmp_path: Path, job: str, mode: str
) -> None:
    """In the middle of jobs that take long, or of many short ones. The worker ends with it, as it does once
    what it had begun has ended, and a supervisor starts it again."""
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
        ask(store, job, *words[:10])
        supervisor.start()
        try:
            until(lambda: any(what == "begun" for what, *_ in lines(tmp_path)))
            server.stop(mode)
            server.start()
            (tmp_path / GATE).touch()
            ask(store, "count", *words[10:])
            until(lambda: swept(store, words), within=120)
            assert counted(store, words) == [1] * len(words)
        finally:
            over.set()
            supervisor.join()
    with suppress(OSError):
        server.close()


def swept(store: SqlStore, words: list[str]) -> bool:
    """Whether all is done; what is not is woken again, as the sweep does it: a job that found no database has
    failed, and what it was about still stands in the tables."""
    left = [word for word, count in zip(words, counted(store, words), strict=True) if count == 0]
    with store.writing() as transaction:
        for word in left:
            transaction.wake(Call(job="count", arguments={"word": word}))
    return not left
