"""Locks over all processes that use a database: of an SQLite database, which one machine has, by files."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import quote

_LOCKS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC


class FileLocks:
    """Names are files; the system lets go of them with the process, however it ends. No file is ever removed,
    because somebody may be about to lock it."""

    def __init__(self, beside: Path) -> None:
        self._beside = beside

    def held(self, name: str, *, wait: bool = False) -> AbstractContextManager[bool]:
        """Holds the name; false where somebody else does. `wait`: until it is free, one after the other."""
        return self._held(self._beside.with_name(f"{self._beside.name}.{quote(name, safe='')}.lock"), wait)

    @contextmanager
    def _held(self, path: Path, wait: bool) -> Iterator[bool]:
        file = os.open(path, _LOCKS, 0o600)
        try:
            yield _locked(file, wait)
        finally:
            os.close(file)


def _locked(file: int, wait: bool) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
