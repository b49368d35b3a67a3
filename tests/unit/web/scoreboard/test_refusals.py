"""PDFs that are refused are counted for all processes, and nobody waits for that."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from lms_scoring.domain.errors import SetterBusy, SetterEnding, StoreError
from lms_scoring.ports import Transaction
from lms_scoring.services.unattended.work_state import work_state
from lms_scoring.web.scoreboard.refusals import Refusals
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import StandingClock


class Full(MemoryStore):
    """A store that nothing can be written to."""

    def writing(self) -> AbstractContextManager[Transaction]:
        raise StoreError("the disk is full")


class Waiting:
    """What is to be done later, until a test does it."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.work: list[Callable[[], None]] = []
        self.refusals = Refusals(store, later=self.work.append)

    def refuse(self, error: type[SetterBusy] = SetterBusy) -> None:
        with pytest.raises(error), self.refusals.counted():
            raise error

    def do(self) -> None:
        self.work.pop()()

    @property
    def counted(self) -> int:
        return work_state(self.store, clock=StandingClock()).pdfs_refused


def test_those_that_are_refused_meanwhile_are_counted_at_once() -> None:
    waiting = Waiting(MemoryStore())
    waiting.refuse()
    waiting.refuse()
    assert (len(waiting.work), waiting.counted) == (1, 0)
    waiting.do()
    assert waiting.counted == 2
    waiting.refuse()
    waiting.do()
    assert waiting.counted == 3


def test_what_is_made_or_fails_otherwise_is_not_counted(caplog: pytest.LogCaptureFixture) -> None:
    waiting = Waiting(MemoryStore())
    waiting.refuse(SetterEnding)
    with waiting.refusals.counted():
        pass
    with pytest.raises(LookupError), waiting.refusals.counted():
        raise LookupError
    assert (waiting.work, caplog.records) == ([], [])


def test_what_could_not_be_counted_is_in_the_log_and_the_next_is_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    waiting = Waiting(Full())
    waiting.refuse()
    waiting.do()
    waiting.refuse()
    assert len(waiting.work) == 1
    assert [one.levelno for one in caplog.records] == [logging.WARNING, logging.ERROR, logging.WARNING]
    assert "could not be counted: 1" in caplog.text
