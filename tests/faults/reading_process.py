"""A process that runs the jobs until it is killed: `reading_process KIND DATABASE FOLDER`.

It reads for courses that nobody set up; of what a Moodle tells, all but the beginning waits for a gate.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lms_scoring.jobs.distributed import Distributed
from lms_scoring.jobs.embedded import Embedded
from lms_scoring.ports import Batch
from lms_scoring.store import SqlStore
from lms_scoring.store.databases.file_locks import FileLocks
from lms_scoring.store.databases.locks import AdvisoryLocks
from tests.faults.job_process import GATE, HEARTBEAT, STALLED
from tests.fixtures.courses.claimed import Supplying, batches
from tests.fixtures.courses.scripted import ScriptedSource
from tests.fixtures.workshop import workshop
from tests.waiting import until

BEGINNING = Batch(done=7, expected=9)


@dataclass
class Gated(ScriptedSource):
    """Goes on once the gate is there."""

    gate: Path = Path()

    def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
        yield BEGINNING
        until(self.gate.exists)
        yield from super().pull(cursor, full=full)


def main(kind: str, url: str, folder: Path) -> None:
    store, supplying = SqlStore(url), Supplying(moodle=Gated(batches(), gate=folder / GATE))
    if kind == "embedded":
        store.bell = engine = Embedded(workshop(store, supplying, {}, locks=FileLocks(folder / "store.db")))
        engine.start()
        until(lambda: False, within=600)
    shop = workshop(store, supplying, {}, locks=AdvisoryLocks(store.engine))
    store.bell = worker = Distributed(shop, url, heartbeat=HEARTBEAT, stalled=STALLED)
    worker.run()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
