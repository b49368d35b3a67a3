"""A store in memory, written for plainness: the contract suite holds it equal to the SQL store."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from copy import deepcopy

from lms_scoring.ports import Bell, Call, Scope, Transaction
from tests.fakes.memory_store.api_keys import ApiKeys
from tests.fakes.memory_store.boards import Boards
from tests.fakes.memory_store.erasures import Erasures
from tests.fakes.memory_store.identities import Identities
from tests.fakes.memory_store.launching import Launching
from tests.fakes.memory_store.losses import Losses
from tests.fakes.memory_store.measures import Measures
from tests.fakes.memory_store.outbox import Outbox
from tests.fakes.memory_store.quarantine import Quarantine
from tests.fakes.memory_store.retention import Retention
from tests.fakes.memory_store.schedules import Schedules
from tests.fakes.memory_store.state import State

__all__ = ["MemoryStore"]


class MemoryTransaction(
    Erasures,
    Identities,
    Boards,
    Measures,
    Launching,
    Outbox,
    ApiKeys,
    Schedules,
    Quarantine,
    Losses,
    Retention,
):
    """One transaction on its own copy of the state."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.calls: list[Call] = []

    def wake(self, call: Call) -> None:
        if call not in self.calls:
            self.calls.append(call)

    def begin_run(
        self, course: str, source: str, *, at: int, full: bool = False, shared: bool = False
    ) -> int:
        is_first = source not in self.sources_of(course)
        run = self.note_run(course, source, at=at, full=full, shared=shared)
        if is_first:
            self.touch_members(course)
            self.look_at_shared(course, source)
        return run

    def mark_gone(self, course: str, source: str, scope: Scope, *, run: int, at: int) -> int:
        marked = self.mark_unseen(course, source, scope, run=run, at=at)
        self.forget_gone(course, source, scope, run=run)
        return marked

    def mark_held_gone(self, number: int, *, at: int) -> int:
        held = self.held_loss(number)
        marked = self.mark_lost(number, at=at)
        self.forget_gone(held.course, held.source, held.scope, run=self.latest_run())
        return marked


class MemoryStore:
    """Holds everything in memory; a transaction works on a copy that replaces it in the end."""

    def __init__(self) -> None:
        self._state = State()
        self._writer = threading.Lock()
        self.bell: Bell | None = None

    def writing(self) -> AbstractContextManager[Transaction]:
        """One transaction that may write; a second writer waits."""
        return self._writing()

    def reading(self) -> AbstractContextManager[Transaction]:
        """One consistent view."""
        return self._reading()

    @contextmanager
    def _writing(self) -> Iterator[Transaction]:
        with self._writer:
            transaction = MemoryTransaction(deepcopy(self._state))
            yield transaction
            if transaction.calls and self.bell is not None:
                self.bell.ring_within(None, transaction.calls)
            self._state = transaction.state
        if transaction.calls and self.bell is not None:
            self.bell.ring_after(transaction.calls)

    @contextmanager
    def _reading(self) -> Iterator[Transaction]:
        yield MemoryTransaction(self._state)
