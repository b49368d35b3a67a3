"""Turns at a platform: so many requests at a time, from all processes of an installation together."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from lms_scoring.ports import Locks

AT_A_TIME = 2
"""More make a platform slower for its own users, and no sync faster (Moodle facts, section 6)."""


class SharedTurns:
    """The turns of one platform, which is known by its origin."""

    def __init__(self, locks: Locks, origin: str, *, choose: Callable[[range], int] = random.choice) -> None:
        self._locks = locks
        self._origin = origin
        self._choose = choose

    def __call__(self) -> AbstractContextManager[None]:
        """A turn, as soon as there is one."""
        return self._turn()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with ExitStack() as stack:
            if not any(stack.enter_context(self._place(number)) for number in range(AT_A_TIME)):
                # Whichever it is, whoever waits there longest is the next.
                stack.enter_context(self._place(self._choose(range(AT_A_TIME)), wait=True))
            yield

    def _place(self, number: int, *, wait: bool = False) -> AbstractContextManager[bool]:
        return self._locks.held(f"{self._origin} {number}", wait=wait)
