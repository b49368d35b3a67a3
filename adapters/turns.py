"""Turns at a platform: so many requests at a time, from all processes of an installation together."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from lms_scoring.ports import Locks

AT_A_TIME = 2
"""More make a platform slower for its own users, and no sync faster (Moodle facts, section 6)."""
PATIENCE = 10.0
"""Seconds: whoever has a place for longer is slow, frozen or dead, and another place may be free by then."""


class SharedTurns:
    """The turns of one platform, which is known by its origin."""

    def __init__(
        self,
        locks: Locks,
        origin: str,
        *,
        choose: Callable[[range], int] = random.choice,
        patience: float = PATIENCE,
    ) -> None:
        self._locks = locks
        self._origin = origin
        self._choose = choose
        self._patience = patience

    def __call__(self) -> AbstractContextManager[None]:
        """A turn, as soon as there is one."""
        return self._turn()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self._taken():
            yield

    def _taken(self) -> ExitStack:
        places = range(AT_A_TIME)
        while True:
            for number in places:
                if (taken := self._place(number, wait=False)) is not None:
                    return taken
            # Whichever it is, whoever waits there longest is the next.
            if (taken := self._place(self._choose(places), wait=True)) is not None:
                return taken

    def _place(self, number: int, *, wait: bool) -> ExitStack | None:
        """What lets go of it again; None: somebody else has it."""
        with ExitStack() as stack:
            place = self._locks.held(f"{self._origin} {number}", wait=wait, patience=self._patience)
            return stack.pop_all() if stack.enter_context(place) else None
