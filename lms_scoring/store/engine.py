"""Opens a database and begins transactions on it, the way each kind of database wants it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from lms_scoring.domain.errors import StoreError
from lms_scoring.store.dialect import DRIVER_ERRORS

BUSY_TIMEOUT = 10_000
"""Milliseconds a writer waits for another writer on SQLite."""

_WRITES = "lms_scoring_writes"

_ADDRESS = (
    "the database address cannot be used: this version keeps its data in SQLite; write the setting "
    "LMS_SCORING_DATABASE_URL as sqlite:///path/to/file.db"
)

SQLITE_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT}",
    "PRAGMA journal_mode = WAL",
    # FULL, not NORMAL: a sign-in link that was used, a decision or a grade that was sent must not be
    # undone by a power cut. Measured at about a microsecond per row in batches of a thousand.
    "PRAGMA synchronous = FULL",
)


def open_engine(url: str, *, check_keys: bool = True) -> Engine:
    """The database at an SQLAlchemy URL; nothing is read or written yet.

    Only migrations go without `check_keys`, because SQLite changes a table by rebuilding it. Parameters
    never appear in an error's message: they are people's data.
    """
    try:
        engine = create_engine(url, hide_parameters=True)
    except (ArgumentError, ModuleNotFoundError) as error:
        raise StoreError(_ADDRESS) from error
    if engine.dialect.name != "sqlite":
        raise StoreError(_ADDRESS)
    event.listen(engine, "connect", partial(_prepare_sqlite, check_keys=check_keys))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def make_folder(url: str) -> None:
    """Creates the folder that an SQLite file wants to live in, closed to other users of the machine."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:"):
        Path(str(address.database)).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextmanager
def transaction(engine: Engine, *, writes: bool) -> Iterator[Connection]:
    """One transaction: committed when left normally, undone by an error.

    Raises StoreError for whatever the database could not do.
    """
    try:
        with (
            engine.connect().execution_options(**{_WRITES: writes}) as connection,
            connection.begin(),
        ):
            yield connection
    except (SQLAlchemyError, *DRIVER_ERRORS) as error:
        raise StoreError(_sentence(error)) from error


def _sentence(error: Exception) -> str:
    """What happened and what to do; of the driver's own words only those that hold no data."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    reason = type(cause).__name__ if isinstance(cause, SQLAlchemyError) else str(cause)
    if "locked" in reason:
        return (
            f"the database stayed locked by another program for {BUSY_TIMEOUT // 1000} s; "
            "nothing of this step was stored: try again when the other is done"
        )
    if "unable to open" in reason:
        return "the database file cannot be opened; check that its folder exists and may be written to"
    if "not a database" in reason or "malformed" in reason:
        return (
            "the database file is no SQLite database, or it is damaged; check LMS_SCORING_DATABASE_URL, "
            "or put the latest backup in its place"
        )
    if "is full" in reason:
        return "the disk is full; nothing of this step was stored: make room and try again"
    return f"the database could not do what was asked, and nothing of this step was stored: {reason}"


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry, *, check_keys: bool) -> None:
    """The driver must not begin transactions by itself: it would begin them too late."""
    connection.isolation_level = None
    for pragma in (*SQLITE_PRAGMAS, f"PRAGMA foreign_keys = {check_keys:d}"):
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock at once: one that began by reading would fail instead of waiting."""
    writes = connection.get_execution_options().get(_WRITES, False)
    driver: Any = connection.connection.driver_connection
    driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
