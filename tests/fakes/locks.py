"""Locks among the threads of one process."""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager


class MemoryLocks:
    """Names that one at a time holds."""

    def __init__(self) -> None:
        self._names: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def held(
        self, name: str, *, wait: bool = False, patience: float = math.inf
    ) -> AbstractContextManager[bool]:
        return self._held(self._names[name], wait, patience)

    @contextmanager
    def _held(self, lock: threading.Lock, wait: bool, patience: float) -> Iterator[bool]:
        held = lock.acquire(blocking=wait, timeout=patience if wait and patience < math.inf else -1)
        try:
            yield held
        finally:
            if held:
                lock.release()
