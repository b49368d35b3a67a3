"""A course that is synced, scored and passed back by processes that are killed, on either database."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_httpserver import HTTPServer

from lms_scoring.bootstrap import installation
from lms_scoring.demonstration.lti.state import Column
from lms_scoring.demonstration.running import Options, RunningPlatform, running_platform
from lms_scoring.domain.instants import DAY, HOUR, SECOND
from lms_scoring.ports import Passback
from lms_scoring.services.gradebook.switch_passback import switch_passback
from tests.faults.contents import contents, difference, grades
from tests.faults.passing_back import SetClock
from tests.fixtures.courses.installed import Site, environment
from tests.fixtures.courses.scripted import NOTHING_TO_WAIT_FOR
from tests.fixtures.databases import empty_database, engine_of, forget
from tests.fixtures.postgres import server
from tests.integration.cli.gradebook import OwnMoodle

COURSE = "lc2024"
STATEMENTS = 16_000
"""Of the recorded ones the first so many: those of ten learners among them are three pages."""
TRIES = 5
"""So often a sync that got to its end before it was killed is begun again, and killed a little earlier."""
LEFT = 12
"""Of the ten learners the one who left before the first sync."""

Point = tuple[str, int]
"""A phase, and one of its statements."""
Book = dict[str, dict[int, tuple[float | None, str]]]


@dataclass(frozen=True)
class Moment:
    """A database, the columns that the platform's gradebook had with it, and when the next sync begins."""

    database: str
    columns: Mapping[int, Column]
    at: int


@dataclass(frozen=True)
class Whole:
    """What a sync that came to its end left, and what it told of its way."""

    moment: Moment
    contents: dict[str, Any]
    grades: dict[str, Any]
    book: Book
    steps: Mapping[str, int]
    """How many statements each phase had."""
    commits: Mapping[str, Sequence[int]]
    """Which of them were commits, from 1 on."""


@dataclass(frozen=True)
class Killed:
    """Ten learners, one of whom left, on a stand-in that keeps running and takes their grades."""

    process: subprocess.Popen[str]
    platform: RunningPlatform
    folder: Path
    settings: Mapping[str, str]
    clock: SetClock
    begun: Moment
    """The course is set up, and nothing was synced yet."""

    def again(self, moment: Moment, name: str = "again") -> str:
        """A copy of the database; the gradebook is again as it was, and so is the time."""
        self.clock.at = moment.at
        self._state().columns = dict(deepcopy(moment.columns))
        return copied(moment.database, self.folder / f"{name}.sqlite")

    def sync(self, database: str, *, kill_at: Point | None = None) -> dict[str, Any]:
        """How it ended, in a process of its own, or where it was killed."""
        return _told(self.process, command(database, self.folder, self.clock, kill_at=kill_at))

    def whole(self, moment: Moment, name: str) -> Whole:
        """A sync that nobody disturbs, into a database of that name."""
        database = self.again(moment, name)
        told = self.sync(database)
        assert told["ended"] == 0
        return Whole(
            moment=Moment(database, deepcopy(self._state().columns), self.clock.now() + DAY),
            contents=contents(database),
            grades=grades(database),
            book=self.book(),
            steps=told["steps"],
            commits=told["commits"],
        )

    def book(self) -> Book:
        """What the platform's gradebook shows: score and comment by column and learner."""
        return {
            column.label: {user: (one.score, one.comment) for user, one in column.grades.items()}
            for column in self._state().columns_of(2)
        }

    def check_every(self, points: Sequence[Point], *, like: Moment, expected: Whole) -> Counter[str]:
        """Kills at each point, syncs again an hour later, and compares; how often it was killed in which
        phase."""
        phases: Counter[str] = Counter()
        for point in points:
            database = self._killed(point, like)
            phases[point[0]] += 1
            self.clock.go_on(HOUR)
            assert self.sync(database)["ended"] == 0
            where = f"killed at {point}"
            left = difference(contents(database) | grades(database), expected.contents | expected.grades)
            assert left == {}, f"{where}: {left}"
            assert self.book() == expected.book, where
            forget(database)
        return phases

    def _killed(self, point: Point, like: Moment) -> str:
        """A database that a sync was killed in.

        A run may have a few statements fewer in a phase than the rehearsed one, because platforms are read
        side by side. A kill that comes after all of them hits the last that this run had.
        """
        phase, step = point
        for _ in range(TRIES):
            database = self.again(like)
            told = self.sync(database, kill_at=(phase, step))
            if told["ended"] == -signal.SIGKILL:
                assert told["phase"] == phase
                return database
            assert told["ended"] == 0
            step = min(step - 1, told["steps"][phase])
            forget(database)
        raise AssertionError(f"no sync was killed at {point}, nor a little earlier")

    def _state(self) -> Any:
        return self.platform.moodle.lti.state


@contextmanager
def killed(engine: str, folder: Path) -> Iterator[Killed]:
    """A course on such a database, and a process that syncs it as often as it is told to."""
    clock = SetClock()
    cut = Options(learners=10, statements=STATEMENTS, malformed_every=400)
    with running_platform(cut) as platform, HTTPServer() as keys:
        platform.moodle.server.model.now = lambda: clock.now() // SECOND
        platform.moodle.change("unenrol", user=LEFT)
        database = empty_database(folder / "begun.sqlite", on=engine)
        settings = {
            **environment(platform, folder),
            "LMS_SCORING_DATABASE_URL": database,
            "LMS_SCORING_SEALING_KEY_FILE": str(folder / "sealing.key"),
        }
        _set_up(settings, folder, platform, keys, clock)
        begun = Moment(database, deepcopy(platform.moodle.lti.state.columns), clock.now())
        rehearsal = copied(database, folder / "rehearsal.sqlite")
        with _process(settings, command(rehearsal, folder, clock)) as process:
            yield Killed(process, platform, folder, settings, clock, begun)


def _set_up(
    settings: Mapping[str, str], folder: Path, platform: RunningPlatform, keys: HTTPServer, clock: SetClock
) -> None:
    """The course is adopted and passes its points back."""
    site = Site(installation(settings, working_folder=folder, clock=clock), settings, folder)
    site.adopt(COURSE)
    OwnMoodle(platform.moodle, site, keys)
    switch_passback(COURSE, Passback.SCORE, site.installation.store, clock=clock, reading=NOTHING_TO_WAIT_FOR)
    site.installation.close()


@contextmanager
def _process(settings: Mapping[str, str], first: Mapping[str, Any]) -> Iterator[subprocess.Popen[str]]:
    module = [sys.executable, "-m", "tests.faults.killed"]
    pipe = subprocess.PIPE
    with subprocess.Popen(module, text=True, stdin=pipe, stdout=pipe) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps([settings, first]) + "\n")
        yield process


def command(
    database: str, folder: Path, clock: SetClock, *, kill_at: Point | None = None
) -> Mapping[str, Any]:
    """What `killed` is told for one sync."""
    return {
        "database": database,
        "folder": str(folder),
        "course": COURSE,
        "now": clock.now(),
        "kill_at": kill_at,
    }


def _told(process: subprocess.Popen[str], what: Mapping[str, Any]) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(what) + "\n")
    process.stdin.flush()
    told: dict[str, Any] = json.loads(process.stdout.readline())
    return told


def copied(database: str, file: Path) -> str:
    """The address of a copy: in that file, or another database of the server."""
    if engine_of(database) == "postgres":
        return server().copied(database)
    with (
        closing(sqlite3.connect(database.removeprefix("sqlite:///"))) as theirs,
        closing(sqlite3.connect(file)) as ours,
    ):
        theirs.backup(ours)
    return f"sqlite:///{file}"
