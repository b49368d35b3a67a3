"""A real course whose jobs are run by processes of their own, on either kind of database, at a set time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil

from lms_scoring.domain.instants import SECOND
from lms_scoring.ports import RunState, SendState
from lms_scoring.services.unattended.work_state import Backlog, work_state
from lms_scoring.store import SqlStore
from tests.faults.contents import contents, difference, grades
from tests.faults.course_process import DONE, set_clock
from tests.faults.job_process import lines
from tests.faults.killing import COURSE, Killed, Whole
from tests.faults.passing_back import SetClock
from tests.fixtures.databases import forget
from tests.waiting import until

ROOT = Path(__file__).parents[2]
SOURCES = ("moodle", "lrs", "lti-1")
LONG = 150.0
"""Seconds: a first sync beside other tests takes a while."""
Process = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Attended:
    """One database of the course, and a folder with the clock of its processes and what they note."""

    course: Killed
    database: str
    folder: Path
    store: SqlStore = field(repr=False)

    @contextmanager
    def process(self, how: str = "") -> Iterator[Process]:
        """Another one that runs the jobs; `how` is where it freezes, once (`course_process.Freezes`)."""
        settings = {**self.course.settings, "LMS_SCORING_DATABASE_URL": self.database}
        with course_process(settings, self.folder, how) as process:
            yield process

    @property
    def clock(self) -> SetClock:
        """Ours, and the platform's."""
        return self.course.clock

    def set_clock(self, at: int) -> None:
        """For everybody."""
        self.clock.at = at
        set_clock(self.folder, at)

    def lines(self) -> list[list[str]]:
        """What the processes noted."""
        return lines(self.folder)

    def noted(self, what: str, job: str, *, by: Process | None = None) -> int:
        """How often that was noted of a job."""
        return sum(
            line[:2] == [what, job] and (by is None or line[-1] == str(by.pid)) for line in self.lines()
        )

    def look_around(self, times: int) -> None:
        """Until that was done so often again, by whomever."""
        before = self.noted(DONE, "sweep")
        until(lambda: self.noted(DONE, "sweep") >= before + times, within=LONG)

    def runs(self) -> Counter[tuple[str, int]]:
        """How often which source was read at what time."""
        with self.store.reading() as transaction:
            return Counter((one.source, one.started_at) for one in transaction.runs(COURSE, limit=1_000))

    def fails(self) -> bool:
        """Whether anything does; its time to be tried again comes then."""
        failing = work_state(self.store, clock=self.clock).failing
        if failing:
            self.set_clock(max(self.clock.at, *(one.try_at for one in failing)))
        return bool(failing)

    def awaits_a_later_second(self) -> bool:
        """Whether a grade does, since one was sent in this very second; the later one comes then. Words
        change within one, as each source is scored once it is read: before the last of them nobody failed."""
        with self.store.reading() as transaction:
            waiting = [one for one in transaction.outgoing(COURSE) if one.state is SendState.WAITING]
        later = [one.try_at for one in waiting if one.held is None and one.try_at > self.clock.now()]
        if later:
            self.set_clock(max(later))
        return bool(later)

    def settled(self) -> bool:
        """Whether every source was read, everybody is scored, and every grade is there."""
        if self.fails() or self.awaits_a_later_second():
            return False
        waiting = work_state(self.store, clock=self.clock).waiting()
        with self.store.reading() as transaction:
            runs, sent = transaction.runs(COURSE, limit=1_000), transaction.outgoing(COURSE)
        done = {one.source for one in runs if one.state is RunState.DONE}
        waits = any(waiting[kind] for kind in Backlog if kind is not Backlog.NOTICE)
        goes_on = any(one.state is RunState.RUNNING for one in runs)
        return bool(sent) and done == set(SOURCES) and not waits and not goes_on

    def come_to_rest(self) -> None:
        """Scores of the very instant in which a sync ended are made again while it lasts: a second later
        nobody finds anything to do."""
        until(self.settled, within=LONG)
        self.set_clock(self.clock.at + SECOND)
        self.look_around(3)
        until(self.settled, within=LONG)

    def is_right(self, expected: Whole) -> None:
        """All of it is as if one process had done it, undisturbed; and no points were sent more than twice in
        a row, with the words of before and after the last source was read."""
        self.come_to_rest()
        left = difference(contents(self.database), expected.contents)
        assert left == {}
        assert grades(self.database)["grades"] == expected.grades["grades"]
        assert self.course.book() == expected.book
        steps = grades(self.database)["steps of grades"]
        assert steps
        repeated = Counter(
            person
            for (_, person, _, *one), (_, other, _, *following) in pairwise(steps)
            if (person, one) == (other, following)
        )
        assert max(repeated.values(), default=0) <= 1, "what stands there already was sent again"


@contextmanager
def attended(course: Killed, folder: Path) -> Iterator[Attended]:
    """The course as it was set up: nothing was read yet, and all of it is due."""
    database = course.again(course.begun, folder.name)
    store = SqlStore(database)
    ours = Attended(course, database, folder, store)
    ours.set_clock(course.clock.at)
    try:
        yield ours
    finally:
        store.close()
        forget(database)


@contextmanager
def course_process(settings: Mapping[str, str], folder: Path, how: str = "") -> Iterator[Process]:
    """Runs the jobs of the installation of these settings, until it is left."""
    command = ["-m", "tests.faults.course_process", str(folder), how]
    with python(command, settings, folder=ROOT) as process:
        yield process


@contextmanager
def python(command: Sequence[str], settings: Mapping[str, str], *, folder: Path) -> Iterator[Process]:
    """A process of Python with these settings of ours and no others, until it is left."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("LMS_SCORING_")}
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        [sys.executable, *command], cwd=folder, env={**others, **settings}, stdout=quiet, stderr=quiet
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def is_stopped(process: subprocess.Popen[Any]) -> bool:
    """Whether it is frozen."""
    assert process.poll() is None, "it ended"
    return psutil.Process(process.pid).status() == psutil.STATUS_STOPPED
