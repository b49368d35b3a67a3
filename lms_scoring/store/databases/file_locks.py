"""Locks as files beside an SQLite database, which one machine has.

The system lets go of them with the process that holds them, however it ends. Who is frozen keeps them, so
whoever waits may do so for a while only.
"""

from __future__ import annotations

import fcntl
import math
import os
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import quote

from lms_scoring.domain.errors import StoreError

_LOCKS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC


class FileLocks:
    """Names are files. No file is ever removed, because somebody may be about to lock it."""

    def __init__(self, beside: Path) -> None:
        self._beside = beside
        self._queues: dict[Path, _Queue] = {}
        self._turn = threading.Lock()

    def held(
        self, name: str, *, wait: bool = False, patience: float = math.inf
    ) -> AbstractContextManager[bool]:
        """Holds the name; false where somebody else does. `wait`: until it is free, one after the other, and
        for so many seconds at most.

        Raises StoreError where the file cannot be opened or locked.
        """
        path = self._beside.with_name(f"{self._beside.name}.{quote(name, safe='')}.lock")
        if not wait:
            return _held_at_once(path)
        with self._turn:
            queue = self._queues.setdefault(path, _Queue(path))
        return queue.held(None if patience == math.inf else patience)


class _Queue:
    """Who waits for a file in this process, one after the other.

    Nothing ends a wait for the system's lock but the lock. So one thread waits for all of them, each of whom
    may leave; it gets the lock even when nobody is left, and lets go of it at once. Who looked now and then
    instead would find a place at a busy platform taken nearly always: it is free for a moment only.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: deque[Future[int]] = deque()
        self._goes_on = False
        self._turn = threading.Lock()

    @contextmanager
    def held(self, patience: float | None) -> Iterator[bool]:
        asked = self._joined()
        try:
            wait([asked], patience)
            yield self._given(asked) is not None
        finally:
            if (file := self._given(asked)) is not None:
                os.close(file)

    def _joined(self) -> Future[int]:
        asked = Future[int]()
        with self._turn:
            if not self._goes_on:
                threading.Thread(target=self._wait, name="waits for a lock", daemon=True).start()
            self._goes_on = True
            self._waiting.append(asked)
        return asked

    def _given(self, asked: Future[int]) -> int | None:
        """The locked file; None: it did not come in time, and nobody waits for it here any more."""
        with self._turn:
            if asked in self._waiting:
                self._waiting.remove(asked)
            return asked.result() if asked.done() else None

    def _wait(self) -> None:
        goes_on = True
        while goes_on:
            try:
                goes_on = self._hand(_once_free(self._path))
            except StoreError as error:
                goes_on = self._fail(error)

    def _hand(self, file: int) -> bool:
        """To the first who waits, or back. Whether others wait."""
        with self._turn:
            if self._waiting:
                self._waiting.popleft().set_result(file)
            else:
                os.close(file)
            return self._others_wait()

    def _fail(self, error: StoreError) -> bool:
        with self._turn:
            if self._waiting:
                self._waiting.popleft().set_exception(error)
            return self._others_wait()

    def _others_wait(self) -> bool:
        self._goes_on = bool(self._waiting)
        return self._goes_on


@contextmanager
def _held_at_once(path: Path) -> Iterator[bool]:
    file = _opened(path)
    try:
        yield _is_locked(file, path)
    finally:
        os.close(file)


def _once_free(path: Path) -> int:
    """The file, locked."""
    file = _opened(path)
    try:
        _is_locked(file, path, wait=True)
    except StoreError:
        os.close(file)
        raise
    return file


def _opened(path: Path) -> int:
    try:
        return os.open(path, _LOCKS, 0o600)
    except OSError as error:
        raise StoreError(
            f"the lock {path} cannot be opened ({error.strerror}): let it and its folder belong to the user "
            "that this program runs as; whoever started it as another user left it behind"
        ) from error


def _is_locked(file: int, path: Path, *, wait: bool = False) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise StoreError(
            f"the lock {path} cannot be taken ({error.strerror}): keep the database on a disk of this "
            "machine; some that come over a network, or out of another system, know no locks"
        ) from error
    return True
