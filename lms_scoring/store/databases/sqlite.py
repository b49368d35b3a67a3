"""SQLite: one file, one writer at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, bindparam, create_engine, delete, event
from sqlalchemy.dialects import registry, sqlite
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.schema import CreateTable

from lms_scoring.store.databases.kind import WAITING, Row, Wanted, aim_of
from lms_scoring.store.databases.saying import Words
from lms_scoring.store.tables.wanted import wanted

_STREAMS = "lms_scoring_streams"

PRAGMAS = (
    f"PRAGMA busy_timeout = {WAITING}000",
    "PRAGMA journal_mode = WAL",
    # FULL, not NORMAL: a sign-in link that was used, a decision or a grade that was sent must not be
    # undone by a power cut. Measured at about a microsecond per row in batches of a thousand.
    "PRAGMA synchronous = FULL",
    # What is removed is overwritten: who was erased must not be read out of free pages. Debian's SQLite does
    # so unless told otherwise, and what was measured of this program on Debian has it in.
    "PRAGMA secure_delete = ON",
)


class Dialect(SQLiteDialect_pysqlite):
    """SQLAlchemy's, with transactions that begin as they are aimed."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: Any) -> None:
        """A writer takes the lock at once: one that began by reading would fail instead of waiting. Here and
        not where SQLAlchemy tells of it: an engine of which anybody is told anything takes twice as long for
        every transaction."""
        aim = aim_of(dbapi_connection)
        dbapi_connection.driver_connection.execute(
            "BEGIN IMMEDIATE" if aim is not None and aim.writes else "BEGIN"
        )


# Here and not at each opening, so that whoever has a dialect of their own under this name keeps it.
registry.register("sqlite.lms_scoring", __name__, Dialect.__name__)


class Sqlite:
    """The kind of database that is a file."""

    words = Words(sqlite.dialect(paramstyle="qmark"))
    wanted = Wanted(wanted, wanted.c.question == bindparam("question_"))
    merges_whole_lists = False

    def open(self, url: URL, *, check_keys: bool) -> Engine:
        """Without `check_keys` a table may be rebuilt while others refer to it."""
        engine = create_engine(url.set(drivername="sqlite+lms_scoring"), hide_parameters=True)
        event.listen(engine, "connect", partial(_prepare, check_keys=check_keys))
        return engine

    def ended(self, connection: Connection) -> None:
        """A statement that is half read would keep its view, and the next writer's would be too old."""
        for cursor in connection.info.pop(_STREAMS, ()):
            cursor.close()

    def given(self, values: list[Any]) -> list[Any]:
        """As they are."""
        return values

    def add(self, connection: Connection, table: Table, rows: Sequence[Row]) -> int:
        """By the driver's `executemany`."""
        return _execute_many(connection, self.words.adding(table), rows)

    def put(self, connection: Connection, table: Table, rows: Sequence[Row]) -> None:
        """By the driver's `executemany`."""
        _execute_many(connection, self.words.putting(table), rows)

    def fill(self, connection: Connection, table: Table, rows: Sequence[Row]) -> None:
        """By the driver's `executemany`."""
        _execute_many(connection, self.words.filling(table), rows)

    def stream(self, connection: Connection, text: str, values: list[Any]) -> Iterable[Row]:
        """SQLite makes each row when it is asked for it."""
        cursor: Any = connection.connection.cursor()
        connection.info.setdefault(_STREAMS, []).append(cursor)
        return cursor.execute(text, values)  # type: ignore[no-any-return]  # the cursor itself

    def want(self, connection: Connection, question: int, rows: Sequence[tuple[int, int]]) -> dict[str, Any]:
        """Writes them into a temporary table with a key: each row that is read through is looked up there."""
        if question == 1:
            connection.execute(CreateTable(wanted, if_not_exists=True))
            connection.execute(delete(wanted))
        self.add(connection, wanted, [(question, account, rank) for account, rank in rows])
        return {"question_": question}

    def unhurried(self, connection: Connection) -> None:
        """Nobody hurries it."""

    def others(self, connection: Connection) -> int:
        """A file does not know who has it open."""
        return 0

    def wiped(self, connection: Connection) -> bool:
        """Pages as they were before stand in the write-ahead log until it is emptied, for which nobody may be
        reading."""
        driver: Any = connection.connection.driver_connection
        (is_busy, *_) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not is_busy

    def broken_keys(self, connection: Connection) -> tuple[str, str] | None:
        """What was not checked while tables were rebuilt."""
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        return None if broken is None else (str(broken[0]), str(broken[2]))

    def reason(self, error: Exception) -> str:
        """SQLite's own words, which hold no data."""
        return str(error)

    def cause(self, error: Exception, driven: Exception) -> Exception:
        """As it is."""
        return error

    def sentence(self, error: Exception, database: str | None) -> str | None:
        """SQLite has few numbers for its errors, so they are told by their words."""
        reason = str(error)
        if "locked" in reason:
            return (
                f"the database stayed locked by another program for {WAITING} s; "
                "nothing of this step was stored: try again when the other is done"
            )
        if "unable to open" in reason:
            return (
                f"the database file {database} cannot be opened; check that it is a file, and that "
                "its folder exists and may be written to"
            )
        if "not a database" in reason or "malformed" in reason:
            return (
                f"the database file {database} is no SQLite database, or it is damaged; check "
                "LMS_SCORING_DATABASE_URL, or put the latest backup in its place"
            )
        if "readonly" in reason:
            return (
                f"the database {database} may not be written to; nothing of this step was stored: let its "
                "file and its folder belong to the user that this program runs as, on a disk that may be "
                "written to"
            )
        if "is full" in reason:
            return "the disk is full; nothing of this step was stored: make room and try again"
        return None


def _execute_many(connection: Connection, statement: str, rows: Sequence[Row]) -> int:
    """How many rows were written. Not by way of SQLAlchemy: measured, that costs as much as the rows."""
    cursor = connection.connection.cursor()
    try:
        cursor.executemany(statement, rows)
        return int(cursor.rowcount)
    finally:
        cursor.close()


def _prepare(connection: Any, _entry: ConnectionPoolEntry, *, check_keys: bool) -> None:
    """The driver must not begin transactions by itself: it would begin them too late."""
    connection.isolation_level = None
    for pragma in (*PRAGMAS, f"PRAGMA foreign_keys = {check_keys:d}"):
        connection.execute(pragma)
