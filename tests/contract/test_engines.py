"""Contract: whatever runs the jobs, each runs once it is committed, and one at a time by its key."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from lms_scoring.jobs.distributed import Distributed
from lms_scoring.jobs.embedded import Embedded
from lms_scoring.jobs.registry import JOBS, Job
from lms_scoring.ports import Batch, Call, RingingStore, SoFar
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.following_up.troubles import CARDS
from lms_scoring.services.setting_up.new_course import Choice
from lms_scoring.services.unattended.work_state import work_state
from lms_scoring.store import SqlStore
from lms_scoring.store.databases.locks import AdvisoryLocks
from tests import given
from tests.contract.engines import Begin, Engine, Notes, call, jobs_of, wake
from tests.contract.story import REGISTRATION
from tests.fixtures.courses.claimed import Supplying, batches, offer, place, visitor
from tests.fixtures.courses.scripted import (
    COURSE,
    MOODLE,
    ScriptedSource,
    StandingClock,
    adopt_course,
    members,
    roster,
    rules,
    told,
)
from tests.fixtures.courses.stumbling import stumbling
from tests.fixtures.databases import empty_database, forget
from tests.fixtures.workshop import workshop
from tests.waiting import LONG, until


@contextmanager
def embedded(store: RingingStore, jobs: Mapping[str, Job], **changes: Any) -> Iterator[Engine]:
    engine = Embedded(workshop(store, **changes), jobs=jobs)
    store.bell = engine
    assert engine.start()
    try:
        yield engine
    finally:
        engine.stop()


@contextmanager
def distributed(store: RingingStore, jobs: Mapping[str, Job], **changes: Any) -> Iterator[Engine]:
    assert isinstance(store, SqlStore)
    url = store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    locks = AdvisoryLocks(store.engine)
    engine = Distributed(workshop(store, locks=locks, **changes), url, jobs=jobs)
    engine.prepare()
    store.bell = engine
    assert engine.start()
    try:
        yield engine
    finally:
        engine.stop()
        locks.close()


@pytest.fixture(params=["embedded", "distributed"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def begin(kind: str) -> Begin:
    return embedded if kind == "embedded" else distributed


@pytest.fixture
def store(kind: str, tmp_path: Path) -> Iterator[RingingStore]:
    url = empty_database(tmp_path / "store.db", on="sqlite" if kind == "embedded" else "postgres")
    store = SqlStore(url)
    yield store
    store.close()
    forget(url)


@pytest.fixture
def notes() -> Iterator[Notes]:
    notes = Notes()
    yield notes
    notes.gate.set()


def test_a_job_runs_once_its_transaction_is_committed(
    store: RingingStore, begin: Begin, notes: Notes
) -> None:
    with begin(store, jobs_of(notes)):
        with store.writing() as transaction:
            transaction.wake(call("note", "one"))
            assert notes.begun == []
        until(lambda: notes.done == ["one"])


def test_what_has_places_of_its_own_leaves_all_others_theirs(
    store: RingingStore, begin: Begin, notes: Notes
) -> None:
    jobs = jobs_of(notes)
    slow = [call("wait", str(number), key=f"platform {number}") for number in range(20)]
    with begin(store, {**jobs, "wait": replace(jobs["wait"], apart=True)}):
        wake(store, *slow)
        until(lambda: len(notes.begun) >= 8)
        wake(store, call("note", "one"))
        until(lambda: notes.done == ["one"])
        notes.gate.set()
        until(lambda: len(notes.done) == 21)


def test_of_whom_no_card_can_be_made_stops_nobody_behind(store: RingingStore, begin: Begin) -> None:
    adopt_course(store)
    told_of = [roster("li", "zhao", "wang", "chen"), told(*members(), given.topic("a", person="li"))]
    collect(COURSE, ScriptedSource(told_of), store, clock=StandingClock())

    def scored() -> set[str]:
        with store.reading() as transaction:
            return {row.card.person for row in transaction.board(COURSE)}

    only_scoring = {name: JOBS[name] for name in ("score", "send")}
    with begin(store, only_scoring, courses={COURSE: stumbling(rules(), {"li"})}):
        wake(store, Call(job="score", arguments={"course": COURSE}))
        until(lambda: scored() == {"zhao", "wang", "chen"})
        until(lambda: work_state(store, clock=StandingClock()).failing != [])
    (trouble,) = work_state(store, clock=StandingClock()).failing
    assert trouble.concern == CARDS


def test_a_job_of_a_transaction_that_breaks_never_runs(
    store: RingingStore, begin: Begin, notes: Notes
) -> None:
    with begin(store, jobs_of(notes)):
        with pytest.raises(ZeroDivisionError), store.writing() as transaction:
            transaction.wake(call("note", "never"))
            _ = 1 // 0
        wake(store, call("note", "after it"))
        until(lambda: notes.done == ["after it"])


def test_what_has_one_key_runs_one_after_the_other_in_the_order_of_coming(
    store: RingingStore, begin: Begin, notes: Notes
) -> None:
    with begin(store, jobs_of(notes)):
        wake(store, call("wait", "first"))
        until(lambda: notes.begun == ["first"])
        for word in ("second", "third"):
            wake(store, call("note", word))
        notes.gate.set()
        until(lambda: notes.done == ["first", "second", "third"])
        assert notes.most_at_once["a"] == 1


def test_another_key_does_not_wait(store: RingingStore, begin: Begin, notes: Notes) -> None:
    with begin(store, jobs_of(notes)):
        wake(store, call("wait", "slow"))
        until(lambda: notes.begun == ["slow"])
        wake(store, call("note", "quick", key="b"))
        until(lambda: notes.done == ["quick"])
        notes.gate.set()
        until(lambda: notes.done == ["quick", "slow"])


def test_what_waits_already_is_not_made_to_wait_twice(
    store: RingingStore, begin: Begin, notes: Notes
) -> None:
    with begin(store, jobs_of(notes)):
        wake(store, call("wait", "first"))
        until(lambda: notes.begun == ["first"])
        for _ in range(3):
            wake(store, call("note", "again"), call("note", "again"))
        wake(store, call("note", "last"))
        notes.gate.set()
        until(lambda: "last" in notes.done)
        assert notes.done == ["first", "again", "last"]


def test_what_is_woken_while_it_runs_runs_again(store: RingingStore, begin: Begin, notes: Notes) -> None:
    """It may have looked before there was anything to see."""
    with begin(store, jobs_of(notes)):
        wake(store, call("wait", "again"))
        until(lambda: notes.begun == ["again"])
        wake(store, call("wait", "again"))
        notes.gate.set()
        until(lambda: notes.done == ["again", "again"])
        assert notes.most_at_once["a"] == 1


def test_what_fails_stops_nothing_that_comes_after_it(
    store: RingingStore, begin: Begin, notes: Notes
) -> None:
    with begin(store, jobs_of(notes)):
        wake(store, call("fail", "broken"))
        wake(store, call("note", "next"))
        until(lambda: notes.done == ["broken", "next"])


def test_a_job_that_nobody_here_knows_stops_nothing(store: RingingStore, begin: Begin, notes: Notes) -> None:
    """A newer program on another node may have woken it."""
    with begin(store, jobs_of(notes)):
        wake(store, Call(job="of-a-newer-program", arguments={"what": "ever"}))
        wake(store, call("note", "known"))
        until(lambda: notes.done == ["known"])


def test_what_comes_by_itself_comes_again_and_again(store: RingingStore, begin: Begin, notes: Notes) -> None:
    with begin(store, jobs_of(notes, every=1)):
        until(lambda: len(notes.done) >= 3)


def test_nothing_is_begun_after_the_end(store: RingingStore, begin: Begin, notes: Notes) -> None:
    with begin(store, jobs_of(notes)) as engine:
        wake(store, call("wait", "under way"))
        until(lambda: notes.begun == ["under way"])
        assert not engine.stop(grace=0.0)
        notes.gate.set()
        until(lambda: notes.done == ["under way"])
        assert engine.stop()
    assert notes.begun == ["under way"]


@dataclass
class Gated(ScriptedSource):
    """Yields its first batch, and the others once the gate is open."""

    gate: threading.Event = field(default_factory=threading.Event)

    def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
        first, *others = super().pull(cursor, full=full)
        yield first
        assert self.gate.wait(LONG)
        yield from others


def test_a_course_that_nobody_set_up_is_read_and_every_process_sees_how_far(
    store: RingingStore, begin: Begin
) -> None:
    assert isinstance(store, SqlStore)
    with store.writing() as transaction:
        transaction.keep_registration(replace(REGISTRATION, platform=MOODLE), at=1)
        transaction.keep_platform_course(place())
    supplying, source = Supplying(), Gated([Batch(done=7, expected=9), *batches()])
    supplying.moodle = source
    elsewhere, choice = (
        SqlStore(store.engine.url.render_as_string(hide_password=False)),
        Choice(scheme=offer(), title="x"),
    )
    here, there = (supplying.set_up(one, StandingClock(), at_once=False) for one in (store, elsewhere))
    with begin(store, JOBS, sources=supplying, courses={}):
        here.read(visitor(), choice)
        until(lambda: there.listed(visitor(), choice).sources[0].so_far == SoFar(done=7, expected=9))
        assert here.listed(visitor(), choice).sources == there.listed(visitor(), choice).sources
        source.gate.set()
        until(lambda: there.listed(visitor(), choice).is_read)
    assert here.listed(visitor(), choice).sources == there.listed(visitor(), choice).sources
    elsewhere.close()
