"""Waiting for what another thread or process does: looked at again and again, and not for ever."""

from __future__ import annotations

import time
from collections.abc import Callable

LONG = 60.0
"""Seconds that nothing takes here unless it is stuck."""
_LOOK = 0.01


def until(holds: Callable[[], bool], *, within: float = LONG) -> None:
    """Returns as soon as it holds. Raises AssertionError where it never does."""
    ends = time.monotonic() + within
    while not holds():
        assert time.monotonic() < ends, "it never came to that"
        time.sleep(_LOOK)  # between two looks: nothing depends on how long
