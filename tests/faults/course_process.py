"""A process that runs the jobs of a real installation until it is killed: `course_process FOLDER HOW`.

The installation is that of the environment, its clock a file of the folder: a test tells all processes the
time. Whoever looks around does so every second. Each job that begins or ends is a line in another file
of the folder. `HOW` is where the process stops itself, once (`Freezes`), or `calls`: then it does what it is
called for and does not look around, or nothing.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Condition, get_ident

from sqlalchemy import event

from lms_scoring.bootstrap import Installation, installation
from lms_scoring.engines import on_server, workshop_of
from lms_scoring.jobs.distributed import Distributed
from lms_scoring.jobs.embedded import Embedded
from lms_scoring.jobs.registry import JOBS, SWEEP, Job
from lms_scoring.services.unattended.workshop import Workshop
from tests.faults.job_process import HEARTBEAT, STALLED, note
from tests.faults.killed import lay, phase_here
from tests.waiting import until

CLOCK, CALLS = "clock", "calls"
BEGUN, DONE, FAILED = "begun", "done", "failed"
_TAKES_ITS_TURN = "pg_advisory_xact_lock"
"""In the first statement of what writes on PostgreSQL."""


@dataclass(frozen=True)
class FileClock:
    """What the file says."""

    file: Path

    def now(self) -> int:
        return int(self.file.read_text())


def set_clock(folder: Path, at: int) -> None:
    """From now on, for all processes of that folder."""
    new = folder / f"{CLOCK}.new"
    new.write_text(str(at))
    new.replace(folder / CLOCK)


@dataclass
class Freezes:
    """Stops the process by SIGSTOP: in a phase, at the n-th time that it is about to take the writers' turn,
    once no other job of its own has it (`begin`, nothing is held), or that it is about to commit (`commit`,
    everybody else waits)."""

    phase: str
    where: str
    number: int
    _met: int = 0
    _stops: bool = False
    _writers: set[int] = field(default_factory=set)
    _turn: Condition = field(default_factory=Condition)

    @classmethod
    def read(cls, told: str) -> Freezes:
        phase, where, number = told.split("/")
        return cls(phase, where, int(number))

    def __str__(self) -> str:
        return f"{self.phase}/{self.where}/{self.number}"

    def burn(self, statement: object) -> None:
        begins = _TAKES_ITS_TURN in str(statement)
        with self._turn:
            if begins:
                self._turn.wait_for(lambda: not self._stops)
            if self._is_one(statement, begins=begins):
                self._stop(alone=begins)
            if begins:
                self._writers.add(get_ident())

    def over(self, *_: object) -> None:
        """The thread has given its connection back, however its transaction ended."""
        with self._turn:
            self._writers.discard(get_ident())
            self._turn.notify_all()

    def _stop(self, *, alone: bool) -> None:
        """Alone: what other jobs of this process write is written first, and none of them begins."""
        self._stops = True
        self._turn.wait_for(lambda: not (alone and self._writers))
        signal.pthread_kill(get_ident(), signal.SIGSTOP)  # to the process it would come a little later
        self._stops = False
        self._turn.notify_all()

    def _is_one(self, statement: object, *, begins: bool) -> bool:
        commits = statement == "COMMIT" and get_ident() in self._writers
        met = phase_here() == self.phase and (begins if self.where == "begin" else commits)
        self._met += met
        return met and self._met == self.number


def jobs_in(folder: Path, *, looks_around: bool = True) -> Mapping[str, Job]:
    """The real ones, which also note what they do."""
    often = {SWEEP: 1}
    return {
        name: replace(job, work=_noting(folder, job), every=often.get(name, job.every))
        for name, job in JOBS.items()
        if looks_around or name != SWEEP
    }


def _noting(folder: Path, job: Job) -> Callable[..., None]:
    def work(shop: Workshop, **given: str) -> None:
        note(folder, BEGUN, job.name, *given.values())
        try:
            job.work(shop, **given)
        except Exception:
            note(folder, FAILED, job.name, *given.values())
            raise
        note(folder, DONE, job.name, *given.values())

    return work


def run(ours: Installation, folder: Path, jobs: Mapping[str, Job]) -> None:
    """By the engine that the database wants."""
    shop = workshop_of(ours)
    if on_server(ours):
        url = ours.settings.database_url
        worker = Distributed(shop, url, jobs=jobs, heartbeat=HEARTBEAT, stalled=STALLED)
        worker.prepare()
        ours.store.bell = worker
        worker.run()
        return
    engine = Embedded(shop, jobs=jobs)
    ours.store.bell = engine
    note(folder, "has", str(engine.start()))
    until(lambda: False, within=600)


def main(folder: Path, how: str) -> None:
    """Until it is killed, or its database is gone."""
    ours = installation(os.environ, working_folder=folder, clock=FileClock(folder / CLOCK))
    if how not in ("", CALLS):
        freezes = Freezes.read(how)
        event.listen(lay(freezes, ours.store).engine, "checkin", freezes.over)
    run(ours, folder, jobs_in(folder, looks_around=how != CALLS))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
