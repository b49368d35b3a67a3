"""Looking for doubts before scoring: a failure is kept and told, stops nothing, and is over by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

import pytest

from lms_scoring.domain.doubts import DoubtRules
from lms_scoring.domain.errors import CannotLookForDoubts, StoreError
from lms_scoring.ports import Batch, Trouble
from lms_scoring.services.doubting.doubts import Looked
from lms_scoring.services.following_up.follow_up import look
from lms_scoring.services.following_up.troubles import FIRST_PAUSE, LOOKING
from lms_scoring.services.syncing.sync import Synced
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import COURSE, LI, ScriptedSource
from tests.fixtures.courses.syncing import sync
from tests.fixtures.courses.written import Written, posted, written_course


@dataclass(frozen=True, kw_only=True)
class Unreadable(DoubtRules):
    """Rules that nobody can go by."""

    error: Exception

    @property
    def fingerprint(self) -> str:
        raise self.error


@pytest.fixture
def course() -> Written:
    written = written_course(MemoryStore())
    written.tell(posted("p1", LI, "好"))
    return written


def broken(course: Written, error: Exception) -> Written:
    return replace(course, rules=replace(course.rules, doubts=Unreadable(error=error)))


def troubles(course: Written) -> list[Trouble]:
    with course.store.reading() as transaction:
        return [*transaction.troubles()]


def synced(course: Written) -> Synced:
    source = ScriptedSource([Batch()])
    return sync(course.rules, [source], course.store, clock=course.clock, watching=_quietly)


def _quietly(*_: str) -> AbstractContextManager[Callable[[Batch], None]]:
    return nullcontext(lambda _: None)


def test_a_failure_stops_neither_sync_nor_scoring_and_is_told(
    course: Written, caplog: pytest.LogCaptureFixture
) -> None:
    done = synced(broken(course, ZeroDivisionError("a text of somebody")))
    assert done.assessed.scored > 0
    assert isinstance(done.looked.error, CannotLookForDoubts)
    assert "ZeroDivisionError" in str(done.looked.error)
    assert "the next sync looks for them again" in str(done.looked.error)
    assert "somebody" not in str(done.looked.error)
    assert not done.lost_something
    (trouble,) = troubles(course)
    assert (trouble.concern, trouble.course, trouble.reason) == (LOOKING, COURSE, str(done.looked.error))
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_what_the_store_says_is_told_as_it_is(course: Written) -> None:
    failing = broken(course, StoreError("the disk is full; make room"))
    looked = look(failing.rules, failing.store, clock=failing.clock)
    assert looked.error is not None
    assert looked.error.reason == "the disk is full; make room"


def test_the_next_look_finds_what_the_failed_one_did_not_and_ends_the_trouble(course: Written) -> None:
    for failures in (1, 2):
        look(broken(course, ZeroDivisionError()).rules, course.store, clock=course.clock, jitter=0.5)
        (trouble,) = troubles(course)
        assert trouble.failures == failures
        assert 0 < trouble.try_at - course.clock.at < 2 * FIRST_PAUSE
    assert course.cases() == []
    assert synced(course).looked == Looked(persons=1, opened=1)
    assert troubles(course) == []
    assert synced(course).looked == Looked()
