"""Jobs a second that do nothing: in one process, and by two workers on PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import text

from lms_scoring.jobs.distributed import Distributed
from lms_scoring.jobs.embedded import Embedded
from lms_scoring.jobs.registry import Job
from lms_scoring.memory import keep_for_good
from lms_scoring.ports import Call, RingingStore
from lms_scoring.services.unattended.workshop import Workshop
from lms_scoring.store import SqlStore
from lms_scoring.store.databases.locks import AdvisoryLocks
from tests.fixtures.databases import empty_database
from tests.fixtures.workshop import workshop
from tests.waiting import until

CALLS = 1_000
LEAST = 20
"""Jobs a second: a sync takes seconds, so this is far more than anybody needs."""


def jobs_of(done: threading.Semaphore) -> Mapping[str, Job]:
    """One job, which only says that it was there."""

    def nothing(_: Workshop, **__: str) -> None:
        done.release()

    return {"nothing": Job(name="nothing", work=nothing, key="{number}", beside=False)}


def main() -> bool:
    """Prints how many; True if both are enough."""
    with tempfile.TemporaryDirectory(prefix="lms-scoring-bench-") as folder:
        embedded = CALLS / _embedded(Path(folder))
        distributed = CALLS / _distributed(Path(folder))
    print(f"jobs: {embedded:.0f} a second in one process, {distributed:.0f} by two workers (limit {LEAST})")
    return min(embedded, distributed) >= LEAST


def _wake_all(store: RingingStore) -> None:
    with store.writing() as transaction:
        for number in range(CALLS):
            transaction.wake(Call(job="nothing", arguments={"number": str(number)}))


def _embedded(folder: Path) -> float:
    store, done = SqlStore(empty_database(folder / "store.db")), threading.Semaphore(0)
    engine = Embedded(workshop(store), jobs=jobs_of(done))
    store.bell = engine
    keep_for_good()  # as whatever serves and works does when it is ready
    engine.start()
    begun = time.perf_counter()
    _wake_all(store)
    for _ in range(CALLS):
        done.acquire()
    took = time.perf_counter() - begun
    engine.stop()
    store.close()
    return took


def _distributed(folder: Path) -> float:
    """From the first that is taken until none is left: by then both workers are there."""
    url = empty_database(folder, on="postgres")
    store = SqlStore(url)
    engine = _engine(store, url)
    engine.prepare()
    store.bell = engine
    _wake_all(store)
    command = [sys.executable, "-m", "benchmarks.jobs", url]
    workers = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for _ in range(2)]
    until(lambda: _left(store) < CALLS)
    left, begun = _left(store), time.perf_counter()
    until(lambda: _left(store) == 0, within=600)
    took = time.perf_counter() - begun
    for worker in workers:
        worker.kill()
        worker.wait()
    store.close()
    return took * CALLS / left


def _left(store: SqlStore) -> int:
    with store.engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one())


def _engine(store: SqlStore, url: str) -> Distributed:
    shop = workshop(store, locks=AdvisoryLocks(store.engine))
    return Distributed(shop, url, jobs=jobs_of(threading.Semaphore(0)))


if __name__ == "__main__":
    worker = _engine(SqlStore(sys.argv[1]), sys.argv[1])
    keep_for_good()
    worker.run()
