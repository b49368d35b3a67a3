"""Courses and their platforms are read beside each other: none waits, and the result is the same."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lms_scoring.domain.errors import FaultOfProgram, LmsScoringError, PlatformBusy, StoreError
from lms_scoring.domain.evidence import Record
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.ports import Batch, EvidenceSource
from lms_scoring.services.syncing.sync import AT_ONCE, Outcome, Synced, Wanted, sync_courses
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    LI,
    LRS,
    MOODLE,
    WANG,
    ZHAO,
    ScriptedSource,
    StandingClock,
    members,
    new_store,
    roster,
    rules,
    told,
)

EVERYBODY = roster(LI, ZHAO, WANG, CHEN)
WORKS = told(*members(), given.homework("h1", person=LI), given.homework("h2", person=ZHAO))
LONG = 60
"""Seconds after which a test gives up; nothing waits so long."""


@dataclass
class Waiting(ScriptedSource):
    """Hangs in the midst of its answer until something has happened."""

    until: threading.Event = field(default_factory=threading.Event)
    happened: bool = False

    def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
        self.happened = self.until.wait(LONG)
        yield from super().pull(cursor, full=full)


@dataclass
class Telling(ScriptedSource):
    """Tells when it was read to its end."""

    over: Callable[[], None] = lambda: None

    def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
        yield from super().pull(cursor, full=full)
        self.over()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = new_store(tmp_path)
    yield store
    store.close()


def quietly(*_: str) -> AbstractContextManager[Callable[[Batch], None]]:
    return nullcontext(lambda _: None)


def wanted(course: str, *sources: EvidenceSource, last: Sequence[str] = ()) -> Wanted:
    return Wanted(rules=rules(course=course), sources=sources, last=frozenset(last))


def synced(
    store: SqlStore,
    *courses: Wanted,
    done: Callable[[str, Outcome], None] = lambda *_: None,
    at_once: int = AT_ONCE,
) -> dict[str, Outcome]:
    found: dict[str, Outcome] = {}

    def noted(course: str, outcome: Outcome) -> None:
        found[course] = outcome
        done(course, outcome)

    sync_courses(courses, store, clock=StandingClock(), watching=quietly, done=noted, at_once=at_once)
    return found


def test_a_course_is_scored_while_the_platform_of_another_hangs(store: SqlStore) -> None:
    hangs = Waiting([EVERYBODY], name="slow")

    def done(course: str, _: Outcome) -> None:
        if course == "quick":
            hangs.until.set()

    found = synced(
        store, wanted("a first", hangs), wanted("quick", ScriptedSource([EVERYBODY, WORKS])), done=done
    )
    assert hangs.happened
    assert [type(one) for one in found.values()] == [Synced, Synced]


def test_a_record_store_is_read_while_the_moodle_of_the_same_course_hangs(store: SqlStore) -> None:
    hangs = Waiting([EVERYBODY, WORKS])
    synced(store, wanted(COURSE, hangs, Telling(name=LRS, shared=True, over=hangs.until.set)))
    assert hangs.happened


def test_who_tells_of_people_keeps_the_order_and_the_last_waits_for_all(store: SqlStore) -> None:
    order: list[str] = []

    def source(name: str, *, shared: bool = False) -> Telling:
        return Telling(name=name, shared=shared, over=lambda: order.append(name))

    sources = [source("roster"), source(MOODLE), source(LRS, shared=True), source("held against")]
    synced(store, wanted(COURSE, *sources, last=["held against"]))
    assert order[-1] == "held against"
    assert order.index("roster") < order.index(MOODLE)


def test_one_source_is_read_for_one_course_after_the_other(store: SqlStore) -> None:
    reading, most = 0, 0
    lock = threading.Lock()

    class Counting(ScriptedSource):
        def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
            nonlocal reading, most
            with lock:
                reading += 1
                most = max(most, reading)
            yield from super().pull(cursor, full=full)
            with lock:
                reading -= 1

    moodle = Counting([EVERYBODY])
    synced(store, *(wanted(f"course {number}", moodle) for number in range(5)))
    assert (most, len(moodle.asked)) == (1, 5)


def test_what_fails_stops_nothing_else(store: SqlStore) -> None:
    busy = ScriptedSource(failure=PlatformBusy(MOODLE, "core", "HTTP 503: try again later"))
    full = ScriptedSource([EVERYBODY], failure=StoreError("the disk is full"), name="other")
    good = ScriptedSource([EVERYBODY, WORKS], name="third")
    found = synced(store, wanted("a", busy), wanted("b", full), wanted("c", good))
    assert isinstance(found["a"], Synced) and found["a"].lost_something
    assert isinstance(found["b"], LmsScoringError)
    assert isinstance(found["c"], Synced) and not found["c"].lost_something


def test_the_result_is_that_of_one_after_the_other(tmp_path: Path) -> None:
    results = []
    for at_once in (1, AT_ONCE):
        folder = tmp_path / str(at_once)
        folder.mkdir()
        store = new_store(folder)
        lrs = ScriptedSource([Batch(cursor="1")], name=LRS, shared=True)
        courses = [
            wanted(f"course {number}", ScriptedSource([EVERYBODY, WORKS], name=f"m{number % 3}"), lrs)
            for number in range(6)
        ]
        synced(store, *courses, at_once=at_once)
        results.append([stored(store, one.course) for one in courses])
        store.close()
    assert results[0] == results[1]
    assert results[0][0][0]


@pytest.mark.parametrize("failing", ["reading source roster", "scoring"])
def test_a_fault_that_nobody_foresaw_stops_its_own_course_alone(
    store: SqlStore, caplog: pytest.LogCaptureFixture, failing: str
) -> None:
    """Many more courses than are read at one time."""
    fault = KeyError("13800000000")
    source = ScriptedSource([EVERYBODY, WORKS], fault if failing != "scoring" else None, name="roster")
    broken = wanted("c03", source)
    if failing == "scoring":
        half: Any = SimpleNamespace(window=broken.rules.scheme.window)
        broken = replace(broken, rules=replace(broken.rules, scheme=half))
    whole = [
        wanted(f"c{n:02}", ScriptedSource([EVERYBODY, WORKS], name=f"m{n}")) for n in range(20) if n != 3
    ]
    found = synced(store, broken, *whole)
    told = found.pop("c03")
    assert isinstance(told, FaultOfProgram)
    assert str(told).startswith(f"{failing} stopped by a fault of this program (")
    assert "13800000000" not in str(told)
    assert {type(one) for one in found.values()} == {Synced}
    assert len(found) == 19
    (line,) = caplog.records
    assert line.getMessage() == f"course c03: {failing} was stopped by a fault"
    assert line.exc_info is not None


def stored(store: SqlStore, course: str) -> tuple[list[Scorecard], list[Sequence[Record]]]:
    """The cards and the records of a course."""
    with store.reading() as transaction:
        persons = sorted(one.id for one in transaction.people(course))
        cards = [row.card for row in transaction.board(course)]
        return cards, [evidence.records for evidence in transaction.evidence_of(course, persons)]
