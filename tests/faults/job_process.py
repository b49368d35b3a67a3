"""A process that runs jobs until it is killed: `job_process KIND DATABASE FOLDER`.

Each run writes a line into a file of the folder; what it does, it does once: the request that it finds is
settled in the transaction that counts it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lms_scoring.jobs.distributed import Distributed
from lms_scoring.jobs.embedded import Embedded
from lms_scoring.jobs.registry import Job
from lms_scoring.services.unattended.workshop import Workshop
from lms_scoring.store import SqlStore
from lms_scoring.store.databases.file_locks import FileLocks
from lms_scoring.store.databases.locks import AdvisoryLocks
from tests.fixtures.workshop import workshop
from tests.waiting import until

LINES, GATE = "lines", "gate"
HEARTBEAT, STALLED = 0.5, 3.0
SOURCE = "source"


def note(folder: Path, *words: str) -> None:
    """One line, whole, whoever else writes."""
    line = " ".join([*words, str(os.getpid())]) + "\n"
    file = os.open(folder / LINES, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, line.encode())
    os.close(file)


def lines(folder: Path) -> list[list[str]]:
    """The lines so far, as words; the last is the process's number."""
    path = folder / LINES
    return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


def jobs_in(folder: Path) -> dict[str, Job]:
    """`count` settles a request and counts that, `slow` once the gate is open; `tick` comes by itself."""

    def count(shop: Workshop, word: str) -> None:
        note(folder, "begun", word)
        _settle(shop, word)
        note(folder, "done", word)

    def slow(shop: Workshop, word: str) -> None:
        note(folder, "begun", word)
        until((folder / GATE).exists)
        _settle(shop, word)
        note(folder, "done", word)

    def tick(shop: Workshop) -> None:
        note(folder, "tick")

    return {
        job.name: job
        for job in (
            Job(name="count", work=count, key="{word}"),
            Job(name="slow", work=slow, key="{word}"),
            Job(name="tick", work=tick, key="tick", every=1),
        )
    }


def _settle(shop: Workshop, word: str) -> None:
    with shop.store.writing() as transaction:
        for request in transaction.sync_requests(course=word):
            transaction.settle_sync(request)
            transaction.keep_heartbeat(word, at=(transaction.heartbeat(word) or 0) + 1)


def main(kind: str, url: str, folder: Path) -> None:
    """Until it is killed, or its database is gone."""
    store = SqlStore(url)
    if kind == "embedded":
        engine = Embedded(workshop(store, locks=FileLocks(folder / "store.db")), jobs=jobs_in(folder))
        note(folder, "has", str(engine.start()))
        until(lambda: False, within=600)
    shop = workshop(store, locks=AdvisoryLocks(store.engine))
    Distributed(shop, url, jobs=jobs_in(folder), heartbeat=HEARTBEAT, stalled=STALLED).run()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
