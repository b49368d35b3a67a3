"""A turn at a course's gradebook: one sender at a time, or each would make a column of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex

from lms_scoring.domain.instants import MINUTE
from lms_scoring.ports import Clock, Store

LASTS = 2 * MINUTE
"""Milliseconds without a grade after which a sender is taken for dead; longer than any one exchange."""


class Turn:
    """One sender's turn, which lasts as long as `goes_on` is asked for every now and then."""

    def __init__(self, course: str, store: Store, clock: Clock) -> None:
        self._course = course
        self._store = store
        self._clock = clock
        self._sender = token_hex(8)
        self._until = 0

    def goes_on(self) -> bool:
        """Whether it is our turn, now and for a while; false where another sender has it."""
        now = self._clock.now()
        if now + LASTS // 2 < self._until <= now + LASTS:
            return True
        with self._store.writing() as transaction:
            ours = transaction.begin_sending(self._course, self._sender, at=now, until=now + LASTS)
        self._until = now + LASTS if ours else 0
        return ours

    def end(self) -> None:
        """The next one, please."""
        with self._store.writing() as transaction:
            transaction.end_sending(self._course, self._sender)


@contextmanager
def turn_of(course: str, store: Store, clock: Clock) -> Iterator[Turn | None]:
    """Our turn, if nobody else has it."""
    turn = Turn(course, store, clock)
    if not turn.goes_on():
        yield None
        return
    try:
        yield turn
    finally:
        turn.end()
