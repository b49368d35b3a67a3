"""Jobs run by processes that are killed, frozen and woken, and by a database that goes away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from lms_scoring.jobs.distributed import Distributed
from lms_scoring.ports import Call, SyncRequest
from lms_scoring.services.following_up.heartbeats import SCHEDULER
from lms_scoring.store import SqlStore
from lms_scoring.store.databases.locks import AdvisoryLocks
from tests.faults.job_process import GATE, SOURCE, jobs_in, lines
from tests.faults.matrix import row
from tests.fixtures.databases import empty_database, forget
from tests.fixtures.postgres import PostgresServer
from tests.fixtures.workshop import workshop
from tests.waiting import until

ROOT = Path(__file__).parents[2]
Process = subprocess.Popen[bytes]


@contextmanager
def working(kind: str, url: str, folder: Path) -> Iterator[Process]:
    command = [sys.executable, "-m", "tests.faults.job_process", kind, url, str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def several(workers: int, url: str, folder: Path) -> Iterator[None]:
    """So many of them at once."""
    with ExitStack() as stack:
        for _ in range(workers):
            stack.enter_context(working("worker", url, folder))
        yield


def ticks(folder: Path) -> Counter[str]:
    """How often it ticked, by process."""
    return Counter(pid for what, *_, pid in lines(folder) if what == "tick")


@contextmanager
def deferring(url: str, folder: Path) -> Iterator[SqlStore]:
    """A store whose transactions call the jobs."""
    store = SqlStore(url)
    locks = AdvisoryLocks(store.engine)
    engine = Distributed(workshop(store, locks=locks), url, jobs=jobs_in(folder))
    engine.prepare()
    store.bell = engine
    try:
        yield store
    finally:
        locks.close()
        store.close()


@pytest.fixture
def url() -> Iterator[str]:
    made = empty_database(Path(), on="postgres")
    yield made
    forget(made)


def ask(store: SqlStore, job: str, *words: str) -> None:
    for word in words:
        with store.writing() as transaction:
            transaction.ask_for_sync(SyncRequest(course=word, source=SOURCE, asked_at=1))
            transaction.wake(Call(job=job, arguments={"word": word}))


def counted(store: SqlStore, words: list[str]) -> list[int]:
    with store.reading() as transaction:
        return [transaction.heartbeat(word) or 0 for word in words]


def test_of_two_schedulers_started_together_one_ticks_and_the_other_takes_over(tmp_path: Path) -> None:
    url = empty_database(tmp_path / "store.db")
    with working("embedded", url, tmp_path) as one, working("embedded", url, tmp_path) as other:
        until(lambda: sum(what == "has" for what, *_ in lines(tmp_path)) == 2)
        until(lambda: sum(ticks(tmp_path).values()) >= 4)
        assert len(ticks(tmp_path)) == 1
        (first,) = ticks(tmp_path)
        holder, heir = (one, other) if first == str(one.pid) else (other, one)
        holder.kill()
        holder.wait()
        until(lambda: ticks(tmp_path)[str(heir.pid)] >= 2)


@row(15, "workers", [2, 3])
def test_of_several_workers_each_call_is_run_by_one(url: str, tmp_path: Path, workers: int) -> None:
    words = [f"word-{number}" for number in range(60)]
    with deferring(url, tmp_path) as store, several(workers, url, tmp_path):
        until(lambda: bool(ticks(tmp_path)))
        ask(store, "count", *words)
        until(lambda: counted(store, words) == [1] * len(words))
        begun = Counter(word for what, word, *_ in lines(tmp_path) if what == "begun")
    assert begun == Counter(words)


def test_what_a_dead_worker_left_is_done_by_others_though_the_same_waits_again(
    url: str, tmp_path: Path
) -> None:
    """Of a call that waits there may be one: what was left of it is not put back into the line, or that would
    stop everything else that was left."""
    words = ["left", "left too"]
    with deferring(url, tmp_path) as store:
        ask(store, "count", *words)
        with store.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE procrastinate_jobs SET status = 'doing'")
        ask(store, "count", "left")
        with working("worker", url, tmp_path):
            until(lambda: counted(store, words) == [1, 1])


def test_a_worker_that_is_killed_leaves_its_job_to_another(url: str, tmp_path: Path) -> None:
    with deferring(url, tmp_path) as store:
        with working("worker", url, tmp_path) as first:
            ask(store, "slow", "killed")
            until(lambda: ["begun", "killed", str(first.pid)] in lines(tmp_path))
        (tmp_path / GATE).touch()
        with working("worker", url, tmp_path):
            until(lambda: counted(store, ["killed"]) == [1])


@contextmanager
def worker_of(url: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The command, of an installation without a course, once it works."""
    command = [sys.executable, "-c", "from lms_scoring.cli import main; main()", "worker"]
    environment = {**os.environ, "LMS_SCORING_DATABASE_URL": url, "LMS_SCORING_LOG": "json"}
    store = SqlStore(url)
    with store.writing() as transaction:
        transaction.keep_heartbeat(SCHEDULER, at=0)
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            until(lambda: looked_around(store) > 0)
            yield process
        finally:
            store.close()
            process.kill()


def looked_around(store: SqlStore) -> int:
    with store.reading() as transaction:
        return transaction.heartbeat(SCHEDULER) or 0


def test_a_worker_whose_database_stays_away_ends_in_words_and_the_next_one_goes_on(tmp_path: Path) -> None:
    with closing(PostgresServer(fsync="on", full_page_writes="on", synchronous_commit="on")) as server:
        url = server.empty_database()
        with worker_of(url, tmp_path) as worker:
            server.stop("fast")
            _, said = worker.communicate()
            assert worker.returncode == 1
            *logged, last = said.splitlines()
        assert last.startswith("lms-scoring: the database went away, so this worker ends; nothing is lost")
        told = [json.loads(line) for line in logged]
        assert any(one["message"].startswith("the database is away: ") for one in told)
        assert not [one for one in told if "error" in one]
        server.start()
        with worker_of(url, tmp_path):
            pass


@pytest.mark.skipif(sys.platform != "linux", reason="where nothing tells of the heaps of a process")
def test_all_threads_of_a_worker_share_one_heap(url: str, tmp_path: Path) -> None:
    """Those that make its queue ready begin before it works, and leave their heaps to whoever comes."""
    with worker_of(url, tmp_path) as process:
        assert list(heaps_of_threads(process.pid)) == []


def heaps_of_threads(process: int) -> Iterator[str]:
    """Where they begin: each is reserved whole, at a multiple of its size, and opened bit by bit."""
    size = 64 << 20
    mapped = [line.split(maxsplit=2)[:2] for line in Path(f"/proc/{process}/maps").read_text().splitlines()]
    for (opened, may), reserved in pairwise(mapped):
        begin, end = (int(place, 16) for place in opened.split("-"))
        if may == "rw-p" and begin % size == 0 and reserved == [f"{end:x}-{begin + size:x}", "---p"]:
            yield opened
