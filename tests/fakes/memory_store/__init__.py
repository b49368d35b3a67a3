"""A store in memory, written for plainness: the contract suite holds it equal to the SQL store."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from copy import deepcopy

from lms_scoring.domain.errors import StoreError
from lms_scoring.ports import Bell, Call, Scope, StandIn, Transaction
from tests.fakes.memory_store.access import Access
from tests.fakes.memory_store.acts import Acts
from tests.fakes.memory_store.api_keys import ApiKeys
from tests.fakes.memory_store.boards import Boards
from tests.fakes.memory_store.cards import Cards
from tests.fakes.memory_store.closings import Closings
from tests.fakes.memory_store.erasures import Erasures
from tests.fakes.memory_store.evidence_in import EvidenceIn
from tests.fakes.memory_store.evidence_out import EvidenceOut
from tests.fakes.memory_store.foretelling import Foretelling
from tests.fakes.memory_store.identities import Identities
from tests.fakes.memory_store.launching import Launching
from tests.fakes.memory_store.losses import Losses
from tests.fakes.memory_store.measures import Measures
from tests.fakes.memory_store.members import Members
from tests.fakes.memory_store.met import latest_run, sources_of
from tests.fakes.memory_store.outbox import Outbox
from tests.fakes.memory_store.proceedings import Proceedings
from tests.fakes.memory_store.quarantine import Quarantine
from tests.fakes.memory_store.retention import Retention
from tests.fakes.memory_store.runs import Runs
from tests.fakes.memory_store.schedules import Schedules
from tests.fakes.memory_store.state import State
from tests.fakes.memory_store.texts import Texts
from tests.fakes.memory_store.touching import touch_members

__all__ = ["MemoryStore", "MemoryTransaction"]


class MemoryTransaction(
    Access,
    Acts,
    ApiKeys,
    Boards,
    Cards,
    Closings,
    Erasures,
    EvidenceIn,
    EvidenceOut,
    Foretelling,
    Identities,
    Launching,
    Losses,
    Measures,
    Members,
    Outbox,
    Proceedings,
    Quarantine,
    Retention,
    Runs,
    Schedules,
    Texts,
):
    """One transaction on its own copy of the state."""

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self.calls: list[Call] = []

    def is_of_database(self, error: Exception) -> bool:
        return isinstance(error, StoreError)

    def wake(self, call: Call) -> None:
        if call not in self.calls:
            self.calls.append(call)

    def begin_run(
        self, course: str, source: str, *, at: int, full: bool = False, shared: bool = False
    ) -> int:
        is_first = source not in sources_of(self.state, course)
        run = self.note_run(course, source, at=at, full=full, shared=shared)
        if is_first:
            touch_members(self.state, course)
            self.look_at_shared(course, source)
        return run

    def mark_gone(self, course: str, source: str, scope: Scope, *, run: int, at: int) -> int:
        marked = self.mark_unseen(course, source, scope, run=run, at=at)
        self.forget_gone(course, source, scope, run=run)
        return marked

    def mark_held_gone(self, number: int, *, at: int) -> int:
        held = self.held_loss(number)
        marked = self.mark_lost(number, at=at)
        self.forget_gone(held.course, held.source, held.scope, run=latest_run(self.state))
        return marked

    def erase(
        self,
        person: str,
        *,
        act: int,
        names: Mapping[tuple[str, str], str],
        stand_ins: Mapping[str, Sequence[StandIn]],
        taken: Collection[int] = (),
    ) -> None:
        self.forget_texts(person)
        self.forget_proceedings(person)
        self.erase_rest(person, act=act, names=names, stand_ins=stand_ins, taken=taken)


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
