"""Opens a database and begins transactions on it, the way each kind of database wants it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from lms_scoring.domain.errors import StoreError
from lms_scoring.store.databases.dialect import KINDS, kind_of
from lms_scoring.store.databases.kind import Aim, Kind, aimed

_ADDRESS = (
    "the database address cannot be used: write the setting LMS_SCORING_DATABASE_URL as "
    "sqlite:///path/to/file.db or postgresql://user:password@host/database"
)
_NO_DRIVER = (
    "PostgreSQL needs more than is installed here: install `lms-scoring[postgres]`, or keep the data in "
    "SQLite"
)


def open_engine(url: str, *, check_keys: bool = True) -> Engine:
    """The database at an SQLAlchemy URL; nothing is read or written yet.

    Only migrations go without `check_keys`, because SQLite changes a table by rebuilding it. Parameters
    never appear in an error's message: they are people's data.
    """
    try:
        address = make_url(url)
        kind = KINDS[address.get_backend_name()]
    except (ArgumentError, KeyError, ValueError) as error:
        raise StoreError(_ADDRESS) from error
    try:
        return kind.open(address, check_keys=check_keys)
    except ModuleNotFoundError as error:
        raise StoreError(_NO_DRIVER) from error
    except ArgumentError as error:
        raise StoreError(_ADDRESS) from error


def make_file(url: str) -> None:
    """Creates an empty SQLite file where there is none, and the folder that it wants to live in: both closed
    to other users of the machine. SQLite gives the files beside it the mode that this one has."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or address.database in (None, "", ":memory:"):
        return
    file = Path(str(address.database))
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not file.exists():
        with suppress(OSError):  # SQLite says better why it cannot be
            file.touch(mode=0o600)


def file_of(url: URL) -> Path | None:
    """The file of an SQLite database; None: it is in memory, or of another kind."""
    database = url.database if url.get_backend_name() == "sqlite" else None
    if not database or database == ":memory:" or database.startswith("file:"):
        return None
    return Path(database)


@contextmanager
def transaction(engine: Engine, *, writes: bool, tenant: int | None = None) -> Iterator[Connection]:
    """One transaction: committed when left normally, undone by an error. One that writes has the rows of the
    tenant (None: all rows) to itself.

    Raises StoreError for whatever the database could not do.
    """
    try:
        with aimed(engine.connect(), Aim(writes, tenant)) as connection, connection.begin():
            try:
                yield connection
            finally:
                kind_of(engine).ended(connection)
    except errors_of(engine) as error:
        _tell(engine, error)


@contextmanager
def in_our_words(engine: Engine) -> Iterator[None]:
    """Raises StoreError for whatever the database at the engine could not do inside."""
    try:
        yield
    except errors_of(engine) as error:
        _tell(engine, error)


def errors_of(engine: Engine) -> tuple[type[Exception], ...]:
    """Those of the driver, and SQLAlchemy's."""
    return (SQLAlchemyError, engine.dialect.loaded_dbapi.Error)


def _tell(engine: Engine, error: Exception) -> NoReturn:
    kind = kind_of(engine)
    cause = error.orig if isinstance(error, DBAPIError) and isinstance(error.orig, Exception) else error
    raise StoreError(_sentence(kind, cause, engine.url.database)) from kind.cause(error, cause)


def _sentence(kind: Kind, cause: Exception, database: str | None) -> str:
    """What happened and what to do; of the driver's own words only those that hold no data."""
    reason = type(cause).__name__ if isinstance(cause, SQLAlchemyError) else kind.reason(cause)
    told = kind.sentence(cause, database)
    return told or f"the database could not do what was asked, and nothing of this step was stored: {reason}"
