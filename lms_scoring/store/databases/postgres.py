"""PostgreSQL: one server for many machines (extra `postgres`).

A writer takes an advisory lock of its tenant before it reads anything, and each of its statements sees all
that was committed before (READ COMMITTED); so what holds on SQLite, where a writer has the file to itself,
holds here too, and tenants do not wait for each other. A reader has one view of everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import count
from select import POLLIN, poll
from time import monotonic
from typing import Any, NamedTuple

from sqlalchemy import (
    URL,
    BinaryExpression,
    Column,
    Connection,
    Engine,
    FromClause,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    column,
    create_engine,
    event,
    func,
    select,
    true,
)
from sqlalchemy import (
    table as named_table,
)
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.base import PGTypeCompiler
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg
from sqlalchemy.pool import ConnectionPoolEntry

from lms_scoring.store.databases.frozen_writers import FrozenWriters
from lms_scoring.store.databases.kind import WAITING, Aim, Row, Wanted, aim_of
from lms_scoring.store.databases.listing import Listed, values_of
from lms_scoring.store.databases.postgres_errors import name_of, sentence_of
from lms_scoring.store.databases.saying import Words

STAGED_FROM = 1_000
"""Rows from which on they are copied into a temporary table first: measured, three times as fast."""

_LOCK = 0x6C6D73
"""The first number of our advisory locks; the second is a tenant's, or 0 for all of them."""

_SILENT = 60
"""Seconds for which a writer may say nothing: one that is frozen must not keep all others out. Between two
statements the server cuts it off, within one whoever waits for it (`FrozenWriters`)."""

_PORTION = 500
"""Rows that are fetched at a time."""

_streams = count()

_READS = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_WRITES = (
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; "
    f"SELECT set_config('lock_timeout', '{WAITING}s', true), "
    f"set_config('idle_in_transaction_session_timeout', '{_SILENT}s', true), "
)
"""A writer's view must be newer than its lock, so it takes one for each statement."""
_OF_ALL = f"{_WRITES} pg_advisory_xact_lock({_LOCK}, 0)"
_OF_TENANT = f"{_WRITES} pg_advisory_xact_lock_shared({_LOCK}, 0), pg_advisory_xact_lock({_LOCK}, {{}})"

KEPT_ALIVE = {"keepalives_idle": "60", "keepalives_interval": "10", "keepalives_count": "3"}
"""Of a connection that nobody uses for a while: so no network forgets it in silence, and one whose server is
gone is known to be lost."""

_MISSED = "SET tcp_keepalives_idle = 60; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3"
"""The same from the server's end, which by itself asks after two hours whether anybody is there."""

_OURS = "lms-scoring"
"""What our programs call themselves to the server."""

_USUAL = {"connect_timeout": str(WAITING), "application_name": _OURS, **KEPT_ALIVE}
"""What a connection asks for unless the address says otherwise."""

_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND application_name = %s"
)

_BEGINS = "lms_scoring_begins"
"""What the next transaction of a connection begins with."""


class _Begins(NamedTuple):
    """How a transaction begins, and whose turn to write it waits for then; None: no tenant's alone."""

    text: str
    tenant: int | None = None


class _Types(PGTypeCompiler):
    """Texts are compared by their bytes, as on SQLite, whatever the database's collation is."""

    def visit_TEXT(self, type_: Text, **kw: Any) -> str:  # noqa: N802  # SQLAlchemy's name
        text: str = super().visit_TEXT(type_, **kw)
        of_column = isinstance(kw.get("type_expression"), Column)
        return f'{text} COLLATE "C"' if of_column and not type_.collation else text


class _Compiler(PGCompiler_psycopg):
    """Lists are arrays, of the type of what is looked for in them."""

    def visit_in_op_binary(self, binary: BinaryExpression[Any], operator: Any, **kw: Any) -> str:
        return self._with_list(binary, "= ANY", **kw) or self._generate_generic_binary(binary, " IN ", **kw)

    def visit_not_in_op_binary(self, binary: BinaryExpression[Any], operator: Any, **kw: Any) -> str:
        not_in: Any = super()
        told = self._with_list(binary, "<> ALL", **kw)
        return told or str(not_in.visit_not_in_op_binary(binary, operator, **kw))

    def _with_list(self, binary: BinaryExpression[Any], compared: str, **kw: Any) -> str:
        if not isinstance(binary.right, Listed):
            return ""
        values = self.process(binary.right.clause_expr, **kw)
        kind = "BIGINT" if isinstance(binary.left.type, Integer) else "TEXT"
        return f"{self.process(binary.left, **kw)} {compared} (CAST({values} AS {kind}[]))"


class Dialect(PGDialect_psycopg):
    """SQLAlchemy's, with bytewise texts and lists as arrays, whose writers wait for nobody who is frozen."""

    supports_statement_cache = True
    type_compiler_cls = _Types
    statement_compiler = _Compiler

    def __init__(self, frozen: FrozenWriters | None = None, **given: Any) -> None:
        super().__init__(**given)  # type: ignore[no-untyped-call]  # SQLAlchemy's
        self._frozen = frozen

    def do_ping(self, dbapi_connection: Any) -> bool:
        """Whether a connection that waited can be used. A server that ends one says so: of a connection on
        which nothing came nothing is asked, because every transaction would wait for the answer."""
        try:
            return _is_quiet(dbapi_connection) or bool(super().do_ping(dbapi_connection))  # type: ignore[no-untyped-call]  # SQLAlchemy's
        except self.loaded_dbapi.OperationalError:
            return False

    def do_begin(self, dbapi_connection: Any) -> None:
        """Here and not where SQLAlchemy tells of it: by an error here it learns that connections are lost."""
        begins: _Begins | None = dbapi_connection.info.pop(_BEGINS, None)
        if begins is None:
            return
        driver = dbapi_connection.driver_connection
        try:
            driver.execute(begins.text, prepare=False)
        except self.loaded_dbapi.errors.LockNotAvailable:
            if begins.tenant is None or self._frozen is None:
                raise
            driver.rollback()
            if not self._frozen.ended(driver, begins.tenant):
                raise
            driver.execute(begins.text, prepare=False)


def _wanted() -> FromClause:
    numbers = [bindparam(name, type_=ARRAY(Integer)) for name in ("accounts_", "ranks_")]
    columns = (column(name, Integer) for name in ("account", "rank"))
    return func.unnest(*numbers).table_valued(*columns, name="wanted").render_derived()


class Postgres:
    """The kind of database that is a server. `now`: seconds of a clock that never jumps."""

    words = Words(Dialect(paramstyle="format"))
    wanted = Wanted(_wanted(), true())
    merges_whole_lists = True

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now

    def open(self, url: URL, *, check_keys: bool) -> Engine:
        """Keys are always checked: PostgreSQL changes a table where it stands."""
        registry.register("postgresql.lms_scoring", __name__, Dialect.__name__)
        engine = create_engine(
            url.set(drivername="postgresql+lms_scoring"),
            hide_parameters=True,
            pool_pre_ping=True,
            frozen=FrozenWriters(_LOCK, silent=_SILENT, now=self._now),
            use_native_hstore=False,
            connect_args={name: value for name, value in _USUAL.items() if name not in url.query},
        )
        event.listen(engine, "connect", missed_soon)
        event.listen(engine, "begin", _begin)
        return engine

    def ended(self, connection: Connection) -> None:
        """Streams end with their transaction by themselves."""

    def given(self, values: list[Any]) -> list[Any]:
        """Listings as arrays."""
        return [values_of(value) for value in values]

    def add(self, connection: Connection, table: Table, rows: Sequence[Row]) -> int:
        """Copied first where they are many."""
        if len(rows) <= STAGED_FROM:
            return _execute_many(connection, self.words.adding(table), rows)
        return _staged(connection, table, self.words.adding(table, _stage(table)), rows)

    def put(self, connection: Connection, table: Table, rows: Sequence[Row]) -> None:
        """Copied first where they are many; one statement may change a row but once: of several the last."""
        if len(rows) <= STAGED_FROM:
            _execute_many(connection, self.words.putting(table), rows)
            return
        places = [place for place, one in enumerate(table.columns) if one.primary_key]
        latest = {tuple(row[place] for place in places): row for row in rows}
        _staged(connection, table, self.words.putting(table, _stage(table)), list(latest.values()))

    def fill(self, connection: Connection, table: Table, rows: Sequence[Row]) -> None:
        """Copied straight to where they belong."""
        driver: Any = connection.connection.cursor()
        with driver as cursor:
            _copy(cursor, table.name, table, rows)

    def stream(self, connection: Connection, text: str, values: list[Any]) -> Iterator[Row]:
        """By a cursor of the server's, planned for whoever reads to the end; it ends with the transaction."""
        name = f"streamed_{next(_streams)}"
        driver: Any = connection.connection.cursor()
        with driver as cursor:
            cursor.execute("SELECT set_config('cursor_tuple_fraction', '1', true)")
            cursor.execute(f"DECLARE {name} NO SCROLL CURSOR FOR {text}", values)
            while portion := cursor.execute(f"FETCH {_PORTION} FROM {name}").fetchall():
                yield from portion
            cursor.execute(f"CLOSE {name}")

    def want(self, connection: Connection, question: int, rows: Sequence[tuple[int, int]]) -> dict[str, Any]:
        """Two arrays side by side: who only reads may make no table here."""
        return {"accounts_": [account for account, _ in rows], "ranks_": [rank for _, rank in rows]}

    def unhurried(self, connection: Connection) -> None:
        """Nor is it cut off for being silent."""
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")

    def others(self, connection: Connection) -> int:
        """By the name that our programs give themselves."""
        return int(connection.exec_driver_sql(_OTHERS, (_OURS,)).scalar_one())

    def wiped(self, connection: Connection) -> bool:
        """Rows that were removed stay in the server's files until it puts others in their place."""
        return False

    def broken_keys(self, connection: Connection) -> tuple[str, str] | None:
        """None: each statement was checked."""
        return None

    def sentence(self, error: Exception, database: str | None) -> str | None:
        """By the error's number: the server's words may be in any language."""
        return sentence_of(error, waited=WAITING, silent=_SILENT)

    def reason(self, error: Exception) -> str:
        """Not the server's own words, which quote what was to be stored."""
        return name_of(error)

    def cause(self, error: Exception, driven: Exception) -> Exception:
        """One of the same kind that quotes nothing."""
        return type(driven)(name_of(driven)) if hasattr(driven, "sqlstate") else error


def _is_quiet(driver: Any) -> bool:
    """Whether nothing came, neither words nor the end."""
    coming = poll()
    coming.register(driver.fileno(), POLLIN)
    return not coming.poll(0)


def missed_soon(driver: Any, _entry: ConnectionPoolEntry) -> None:
    """A machine that dies says no farewell, nor does a network; nobody shall miss for hours what it held.

    The driver must not begin transactions by itself: it would be told how in steps of their own.
    """
    driver.autocommit = True
    driver.execute(_MISSED)


def _begin(connection: Connection) -> None:
    """As it is aimed."""
    connection.info[_BEGINS] = _beginning(aim_of(connection))


def _beginning(aim: Aim | None) -> _Begins:
    """All in one step; a writer waits until no other writes the tenant's rows."""
    if aim is None:
        return _Begins("BEGIN")
    if not aim.writes:
        return _Begins(_READS)
    if aim.tenant is None:
        return _Begins(_OF_ALL)
    return _Begins(_OF_TENANT.format(int(aim.tenant)), aim.tenant)


def _execute_many(connection: Connection, statement: str, rows: Sequence[Row]) -> int:
    driver: Any = connection.connection.cursor()
    with driver as cursor:
        cursor.executemany(statement, rows)
        return int(cursor.rowcount)


def _staged(connection: Connection, table: Table, statement: str, rows: Sequence[Row]) -> int:
    """How many rows the statement wrote, which takes them from where they are copied to, in their order."""
    stage = _stage_name(table)
    driver: Any = connection.connection.cursor()
    with driver as cursor:
        cursor.execute(f'CREATE TEMPORARY TABLE "{stage}" (LIKE "{table.name}") ON COMMIT DROP')
        _copy(cursor, stage, table, rows)
        written = int(cursor.execute(statement).rowcount)
        cursor.execute(f'DROP TABLE "{stage}"')
        return written


def _copy(cursor: Any, name: str, table: Table, rows: Sequence[Row]) -> None:
    """Rows in the order of the table's columns, into whatever has these columns."""
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    with cursor.copy(f'COPY "{name}" ({columns}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _stage_name(table: Table) -> str:
    return f"staged_{table.name}"


@lru_cache
def _stage(table: Table) -> Select[Any]:
    return select(*(column(one.name, one.type) for one in table.columns)).select_from(
        named_table(_stage_name(table), *(column(one.name) for one in table.columns))
    )
