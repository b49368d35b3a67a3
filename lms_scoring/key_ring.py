"""Our own key ring in the store: sealed when it is kept, opened when something is to be signed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from lms_scoring.lti.keys import OwnKey, Turn, rotated
from lms_scoring.lti.sealing import Seal
from lms_scoring.ports import Clock, SealedKey, Store


class Sealing(Protocol):
    """Where the seal comes from; SealBroken where it cannot be had."""

    def seal(self) -> Seal:
        """The one there is."""

    def seal_made(self) -> Seal:
        """The one there is, or a new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """Reads the store each time: a process that serves sees at once what a command turned."""

    store: Store
    clock: Clock
    sealing: Sealing

    def own_keys(self) -> Sequence[OwnKey]:
        """The ring, the oldest first; the first one is made when it is needed.

        Raises SealBroken where it was sealed by a key that is not at hand.
        """
        with self.store.reading() as transaction:
            kept = transaction.own_keys()
        return self._opened(kept) if kept else self._first()

    def current(self) -> OwnKey:
        """What we sign with. Raises SealBroken."""
        return next(key for key in self.own_keys() if key.turn is Turn.CURRENT)

    def rotate(self) -> Sequence[OwnKey]:
        """Turns the ring by one, seals it anew, and says what it is now. Raises SealBroken."""
        with self.store.writing() as transaction:
            ring = rotated(self._opened(transaction.own_keys()), at=self.clock.now())
            transaction.keep_own_keys(self._sealed(ring))
        return ring

    def begin_anew(self) -> Sequence[OwnKey]:
        """A new ring in the place of one that cannot be opened any more, or that was stolen.

        Raises SealBroken where the seal's file holds no key.
        """
        ring = rotated([], at=self.clock.now())
        with self.store.writing() as transaction:
            transaction.keep_own_keys(self._sealed(ring))
        return ring

    def _first(self) -> Sequence[OwnKey]:
        """Making keys takes a moment, so it is done before anybody has to wait for the database."""
        ring = self._sealed(rotated([], at=self.clock.now()))
        with self.store.writing() as transaction:
            if not transaction.own_keys():  # else somebody was faster: theirs is the ring
                transaction.keep_own_keys(ring)
            kept = transaction.own_keys()
        return self._opened(kept)

    def _sealed(self, ring: Iterable[OwnKey]) -> list[SealedKey]:
        seal = self.sealing.seal_made()
        return [
            SealedKey(id=key.id, turn=key.turn.value, made_at=key.made_at, sealed=seal.sealed(key.private))
            for key in ring
        ]

    def _opened(self, kept: Sequence[SealedKey]) -> list[OwnKey]:
        if not kept:
            return []
        seal = self.sealing.seal()
        return [
            OwnKey(id=key.id, turn=Turn(key.turn), made_at=key.made_at, private=seal.opened(key.sealed))
            for key in kept
        ]
