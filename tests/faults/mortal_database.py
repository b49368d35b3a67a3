"""An SQLite database whose user dies when it writes the n-th time, whichever way that takes to the driver."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Self

from sqlalchemy import event

from lms_scoring.store import SqlStore
from lms_scoring.store.databases.engine import open_engine
from tests.faults.platform_model import Crash
from tests.fixtures.databases import empty_database

_READING = ("SELECT", "PRAGMA", "BEGIN")
"""What leaves nothing behind, wherever it ends."""


class Fuse:
    """Burns with every statement that writes, and every commit, while it is lit."""

    def __init__(self) -> None:
        self._left: int | None = None

    def burn(self) -> None:
        """A piece of it."""
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                self._left = None  # what a careless program keeps of a half, it keeps
                raise Crash

    @contextmanager
    def lit(self, writes: int) -> Iterator[None]:
        """The process dies after so many, if it does not end before."""
        self._left = writes
        try:
            yield
        except Crash:
            pass
        finally:
            self._left = None


def mortal_store(folder: Path, fuse: Fuse) -> SqlStore:
    """An empty store in a file of its own."""
    engine = open_engine(empty_database(folder / "store.db"))

    def connects(_dialect: object, _record: object, _given: object, named: dict[str, Any]) -> None:
        named["factory"] = partial(_Connection, fuse=fuse)

    event.listen(engine, "do_connect", connects)
    return SqlStore(engine)


class _Connection(sqlite3.Connection):
    def __init__(self, *given: Any, fuse: Fuse, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fuse = fuse

    def cursor(self, *_: object, **__: object) -> _Cursor:  # type: ignore[override]  # of one kind alone
        return super().cursor(_Cursor)

    def commit(self) -> None:
        self.fuse.burn()
        super().commit()


class _Cursor(sqlite3.Cursor):
    connection: _Connection

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        if not sql.startswith(_READING):
            self.connection.fuse.burn()
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Self:
        self.connection.fuse.burn()
        return super().executemany(sql, parameters)
