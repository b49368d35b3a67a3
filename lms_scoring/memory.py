"""Memory that this process asks the system for, and gives back.

The C library keeps what is freed, in pieces and in a heap for each thread, for whoever asks next: of a
worker that had synced three courses every minute for ten minutes, 23 of 130 MB. Threads that share one heap
fill each other's gaps (the interpreter lets one of them compute at a time anyway): a sync of 400,000
statements takes 113 MB where it took 120.

The interpreter looks now and then through all it has for rings of what nobody uses, and everybody waits:
where pages are served 100 ms, for 200,000 things. Those that were there from the beginning stay anyway.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable

_LIBRARY = ctypes.CDLL(None)
_TRIM: Callable[[int], int] | None = getattr(_LIBRARY, "malloc_trim", None)
_SET: Callable[[int, int], int] | None = getattr(_LIBRARY, "mallopt", None)
"""glibc's; other libraries have none, and keep less."""
_MOST_HEAPS = -8
"""`M_ARENA_MAX` of glibc's malloc.h."""


def share_one_heap() -> None:
    """For threads that begin from now on; a heap that one before them had goes to whoever begins after it."""
    if _SET is not None:
        _SET(_MOST_HEAPS, 1)


def keep_for_good() -> None:
    """Whatever is there now is never looked through again: for processes that are ready to work."""
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """Takes a few milliseconds, where a process keeps what it began with for good."""
    gc.collect()
    if _TRIM is not None:
        _TRIM(0)
