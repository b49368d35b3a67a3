"""A sync that is killed anywhere and run again ends in the same store as one that nobody disturbed."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lms_scoring.demonstration.running import Options, RunningPlatform, running_platform
from tests.fixtures.courses.installed import DATABASE, environment, site

from .contents import contents, difference
from .matrix import row

pytestmark = pytest.mark.slow(reason="64 syncs are killed, and each is run again to its end")

COURSE = "lc2024"
POINTS = 50
LATER_POINTS = 14
PARTS = 4
"""The points are shared out among so many tests, so that each stays far from the time limit."""
STATEMENTS = 16_000
"""Of the recorded ones the first so many: those of ten learners among them are three pages."""


@dataclass(frozen=True)
class Killer:
    """Syncs in a process of its own, to its end or to the n-th statement."""

    process: subprocess.Popen[str]

    def sync(self, database: Path, *, kill_at: int | None = None) -> dict[str, Any]:
        """How the sync ended."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        command = {"database": str(database), "course": COURSE, "kill_at": kill_at}
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        return told


@contextmanager
def killer(platform: RunningPlatform, folder: Path, *, first: Path) -> Iterator[Killer]:
    """A process that is ready to sync from the platform, once it has synced into the first database."""
    command = [sys.executable, "-m", "tests.faults.killed"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe) as process:
        assert process.stdin is not None
        once = {"database": str(first), "course": COURSE, "kill_at": None}
        process.stdin.write(json.dumps([environment(platform, folder), once]) + "\n")
        yield Killer(process)


@dataclass(frozen=True)
class Undisturbed:
    """What a sync that came to its end left, and what it told."""

    database: Path
    told: dict[str, Any]


@dataclass(frozen=True)
class Course:
    """Ten learners, one of whom left, on a stand-in that keeps running."""

    killer: Killer
    folder: Path
    adopted: Path
    """A database in which the course is set up and nothing was synced yet."""

    def database(self, name: str, *, like: Path) -> Path:
        """A copy of another database."""
        return copied(like, self.folder / f"{name}.sqlite")


def copied(database: Path, to: Path) -> Path:
    """A copy of a database that may be in use."""
    with closing(sqlite3.connect(database)) as theirs, closing(sqlite3.connect(to)) as ours:
        theirs.backup(ours)
    return to


@pytest.fixture(scope="module")
def platform() -> Iterator[RunningPlatform]:
    with running_platform(Options(learners=10, statements=STATEMENTS, malformed_every=400)) as running:
        running.moodle.change("unenrol", user=12)
        yield running


@pytest.fixture(scope="module")
def course(platform: RunningPlatform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    folder = tmp_path_factory.mktemp("killed")
    ours = site(platform, folder)
    ours.adopt(COURSE)
    adopted = folder / DATABASE
    with killer(platform, folder, first=copied(adopted, folder / "first.sqlite")) as process:
        yield Course(process, folder, adopted)


def spread(told: dict[str, Any], *, points: int) -> list[int]:
    """So many statements to be killed at: half of them evenly over all, the others around the commits."""
    steps, commits = told["steps"], told["commits"]
    around = [step for commit in commits for step in (commit, commit + 1) if step <= steps]
    chosen = {steps * number // (points // 2 + 1) for number in range(1, points // 2 + 1)}
    wanted = points - len(chosen)
    chosen |= {around[len(around) * number // wanted] for number in range(wanted)}
    extra = (step for step in range(1, steps) if step not in chosen)
    while len(chosen) < points:
        chosen.add(next(extra))
    return sorted(chosen)


def undisturbed(course: Course, name: str, *, like: Path) -> Undisturbed:
    """A sync that came to its end."""
    database = course.database(name, like=like)
    told = course.killer.sync(database)
    assert told["ended"] == 0
    return Undisturbed(database, told)


@pytest.fixture(scope="module")
def first(course: Course) -> Undisturbed:
    """A first sync."""
    return undisturbed(course, "first", like=course.adopted)


def runs(database: Path) -> Sequence[tuple[str, str]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT source, state FROM run ORDER BY id").fetchall()


def check_every(course: Course, points: Sequence[int], *, like: Path, expected: Path, name: str) -> None:
    """Kills at each point, syncs again, and compares."""
    whole = contents(expected)
    for point in points:
        database = course.database(f"{name}-{point}", like=like)
        assert course.killer.sync(database, kill_at=point)["ended"] == -signal.SIGKILL
        assert course.killer.sync(database)["ended"] == 0
        assert difference(contents(database), whole) == {}, f"killed at statement {point}"
        assert "running" not in {state for _, state in runs(database)}
        database.unlink()


@row(13, "part", range(PARTS))
def test_a_first_sync_may_be_killed_anywhere(course: Course, first: Undisturbed, part: int) -> None:
    points = spread(first.told, points=POINTS)
    assert len(points) == POINTS
    check_every(course, points[part::PARTS], like=course.adopted, expected=first.database, name="first")


def test_a_later_sync_may_be_killed_anywhere(
    course: Course, first: Undisturbed, platform: RunningPlatform
) -> None:
    """One that finds something new, something changed, something gone and somebody who left."""
    moodle = platform.moodle
    topic = next(iter(moodle.server.model.forums[1].discussions))
    moodle.change("add_topic", forum=1, user=3, subject="新主题", message="<p>…</p>", at=1_733_900_000)
    moodle.change("delete_post", post=moodle.server.model.forums[1].discussions[topic].row["id"])
    moodle.change("grade", assignment=1, user=4, grade=4)
    moodle.change("add_scorm_time", sco=2, user=5, seconds=600)
    moodle.change("unenrol", user=11)
    after = undisturbed(course, "after", like=first.database)
    points = spread(after.told, points=LATER_POINTS)
    assert len(points) == LATER_POINTS
    assert difference(contents(first.database), contents(after.database)).keys() >= {
        "records in force",
        "scorecards",
    }
    check_every(course, points, like=first.database, expected=after.database, name="later")
