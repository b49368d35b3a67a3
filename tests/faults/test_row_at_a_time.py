"""Row 21: however many want something of one platform, in however many processes, it has two requests at a
time. Three courses are read at once, each by the source of its own name, all of them from one Moodle."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest

from adapters.turns import AT_A_TIME
from lms_scoring.bootstrap import installation
from lms_scoring.course_rules import adopt_file
from lms_scoring.demonstration.running import Options, running_moodle
from lms_scoring.files.course_folder import course_files
from lms_scoring.jobs.distributed import Distributed
from lms_scoring.ports import RunState
from lms_scoring.services.unattended.due import ask_now
from lms_scoring.store import SqlStore
from tests.faults.attended import LONG, course_process, python
from tests.faults.course_process import BEGUN, CALLS, set_clock
from tests.faults.fault_proxy import Exchange, Fault, fault_proxy
from tests.faults.job_process import lines
from tests.faults.matrix import row
from tests.faults.passing_back import NOW, SetClock
from tests.fixtures.courses.installed import DATABASE
from tests.fixtures.databases import empty_database, forget
from tests.fixtures.workshop import workshop
from tests.waiting import until

pytestmark = pytest.mark.slow(reason="three processes read three courses")

FIRST, SECOND, TYPED = COURSES = ("campus", "school", "academy")
"""Courses, and the names that each has for the one Moodle; the last is read by a command."""
ENOUGH = 12
"""Of so many requests each is answered only while somebody waits for a turn."""


@dataclass
class UnderWay:
    """Counts the requests that a platform has at a time. `crowded`: whether anybody waits for a turn."""

    crowded: Callable[[], bool]
    now: int = 0
    most: int = 0
    in_crowds: int = 0
    turn: threading.Lock = field(default_factory=threading.Lock)

    def act(self, exchange: Exchange) -> bool:
        """One of them."""
        with self.turn:
            self.now += 1
            self.most = max(self.most, self.now)
            held = self.in_crowds < ENOUGH
            self.in_crowds += held
        if held:
            until(lambda: self.crowded() or exchange.ended.is_set(), within=LONG)
        told = exchange.told()
        with self.turn:
            self.now -= 1  # before it is answered: who reads the answer gives the turn to the next
        exchange.answer(told)
        return True


@dataclass(frozen=True)
class School:
    """Three courses that nobody reads unless somebody asks for it."""

    settings: dict[str, str]
    folder: Path
    store: SqlStore

    def ask(self, course: str) -> None:
        """As "sync now" does it."""
        with self.store.writing() as transaction:
            ask_now(transaction, course, [course], now=NOW)

    def begun(self, course: str) -> set[str]:
        """The processes that began to read it."""
        return {line[-1] for line in lines(self.folder) if line[:3] == [BEGUN, "pull", course]}

    def is_read(self, course: str) -> bool:
        with self.store.reading() as transaction:
            return any(one.state is RunState.DONE for one in transaction.runs(course))


@contextmanager
def school(url: str, moodle: str, token: str, folder: Path) -> Iterator[School]:
    settings = {
        "LMS_SCORING_DATABASE_URL": url,
        "LMS_SCORING_COURSES": str(folder / "courses"),
        "LMS_SCORING_ALLOWED_PRIVATE_HOSTS": "127.0.0.1",
    }
    (folder / "courses").mkdir()
    shipped = (files("config.courses") / "lc2024-scorm.toml").read_text(encoding="utf-8")
    for name in COURSES:
        text = shipped.replace('"lc2024-scorm"', f'"{name}"')
        for key in ("name", "source"):
            text = text.replace(f'{key} = "moodle"', f'{key} = "{name}"')
        (folder / "courses" / f"{name}.toml").write_text(f"{text}\n[schedule]\nby_itself = false\n")
        for setting, value in (("KIND", "moodle"), ("URL", moodle), ("TOKEN", token)):
            settings[f"LMS_SCORING_PLATFORM_{name.upper()}_{setting}"] = value
    made = installation(settings, working_folder=folder, clock=SetClock())
    for file in course_files(folder / "courses").right.values():
        adopt_file(file, made.store, folder=folder / "courses", clock=made.clock)
    made.close()
    set_clock(folder, NOW)
    with closing(SqlStore(url)) as store:
        yield School(settings, folder, store)


@row(21, "on", ["sqlite", "postgres"])
def test_a_platform_has_two_requests_at_a_time_of_all_processes_together(tmp_path: Path, on: str) -> None:
    url = empty_database(tmp_path / DATABASE, on=on)
    with (
        running_moodle(Options(learners=4)) as moodle,
        fault_proxy(moodle.url) as proxy,
        school(url, proxy.url, moodle.token, tmp_path) as ours,
        waiting_for_turns(url, tmp_path) as crowded,
        ExitStack() as stack,
    ):
        counted = UnderWay(crowded)
        proxy.always(Fault("counted", counted.act))
        running = begin_embedded if on == "sqlite" else begin_workers
        running(ours, counted, stack)
        command = ["-c", "from lms_scoring.cli import main; main()", "sync", TYPED]
        stack.enter_context(python(command, ours.settings, folder=tmp_path))
        until(lambda: all(ours.is_read(one) for one in COURSES), within=LONG)
    forget(url)
    assert counted.in_crowds == ENOUGH
    assert counted.most == AT_A_TIME


def begin_embedded(ours: School, counted: UnderWay, stack: ExitStack) -> None:
    """One process reads two courses, beside each other."""
    ours.ask(FIRST)
    ours.ask(SECOND)
    stack.enter_context(course_process(ours.settings, ours.folder))
    until(lambda: bool(ours.begun(FIRST) and ours.begun(SECOND)), within=LONG)


def begin_workers(ours: School, counted: UnderWay, stack: ExitStack) -> None:
    """Two workers read a course each: while the second is asked for, the first one cannot take it."""
    caller = Distributed(workshop(ours.store), ours.settings["LMS_SCORING_DATABASE_URL"])
    caller.prepare()
    ours.store.bell = caller
    first = stack.enter_context(course_process(ours.settings, ours.folder, CALLS))
    ours.ask(FIRST)
    until(lambda: counted.now > 0, within=LONG)
    first.send_signal(signal.SIGSTOP)
    stack.enter_context(course_process(ours.settings, ours.folder, CALLS))
    ours.ask(SECOND)
    until(lambda: bool(ours.begun(SECOND)), within=LONG)
    first.send_signal(signal.SIGCONT)
    assert ours.begun(FIRST).isdisjoint(ours.begun(SECOND))


@contextmanager
def waiting_for_turns(url: str, folder: Path) -> Iterator[Callable[[], bool]]:
    """Tells whether anybody waits for a lock that goes with its process."""
    if url.startswith("sqlite"):
        yield lambda: _waits_for_file(folder)
        return
    with psycopg.connect(url, autocommit=True) as connection:
        yield lambda: _waits_on_server(connection)


def _waits_for_file(folder: Path) -> bool:
    """The system lists who waits for a lock of a file behind who holds it."""
    known = {str(path.stat().st_ino) for path in folder.glob("*.lock")}
    told = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    waiting = {word.rpartition(":")[2] for line in told if line[1:3] == ["->", "FLOCK"] for word in line}
    return bool(known & waiting)


def _waits_on_server(connection: psycopg.Connection) -> bool:
    found = connection.execute(
        "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory'"
        " AND NOT granted AND application_name = 'lms-scoring-locks' AND datname = current_database()"
    ).fetchone()
    assert found is not None
    return bool(found[0])
