"""Turns at a platform: so many requests at a time, of one client or from all processes of an installation."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from lms_scoring.ports import Locks

AT_A_TIME = 2
"""More make a platform slower for its own users, and no sync faster (Moodle facts, section 6)."""
PATIENCE = 10.0
"""Seconds: whoever has a place for longer is slow, frozen or dead, and another place may be free by then."""

Turns = Callable[[float], AbstractContextManager[bool]]
"""A turn as soon as there is one; false where there was none within so many seconds."""


class OwnTurns:
    """The turns of one client."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(AT_A_TIME)

    def __call__(self, seconds: float) -> AbstractContextManager[bool]:
        """A turn within so many seconds; false: there was none."""
        return self._turn(seconds)

    @contextmanager
    def _turn(self, seconds: float) -> Iterator[bool]:
        taken = self._places.acquire(timeout=max(seconds, 0))
        try:
            yield taken
        finally:
            if taken:
                self._places.release()


class SharedTurns:
    """The turns of one platform, which is known by its origin."""

    def __init__(
        self,
        locks: Locks,
        origin: str,
        *,
        choose: Callable[[range], int] = random.choice,
        patience: float = PATIENCE,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._locks = locks
        self._origin = origin
        self._choose = choose
        self._patience = patience
        self._now = now

    def __call__(self, seconds: float) -> AbstractContextManager[bool]:
        """A turn within so many seconds; false: others had all of them that long, or are frozen."""
        return self._turn(seconds)

    @contextmanager
    def _turn(self, seconds: float) -> Iterator[bool]:
        taken = self._taken(ends=self._now() + seconds)
        with ExitStack() if taken is None else taken:
            yield taken is not None

    def _taken(self, *, ends: float) -> ExitStack | None:
        places = range(AT_A_TIME)
        while True:
            for number in places:
                if (taken := self._place(number, patience=0)) is not None:
                    return taken
            left = ends - self._now()
            if left <= 0:
                return None
            # Whichever it is, whoever waits there longest is the next.
            patience = min(left, self._patience)
            if (taken := self._place(self._choose(places), patience=patience)) is not None:
                return taken

    def _place(self, number: int, *, patience: float) -> ExitStack | None:
        """What lets go of it again; None: somebody else has it."""
        with ExitStack() as stack:
            place = self._locks.held(f"{self._origin} {number}", wait=patience > 0, patience=patience)
            return stack.pop_all() if stack.enter_context(place) else None
