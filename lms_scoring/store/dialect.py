"""What every kind of database wants said in its own way: upserts, and lists of values. So far SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections import namedtuple
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, Table, UpdateBase, bindparam, func, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import Insert, insert

from lms_scoring.domain.errors import StoreError

Built = Select[Any] | UpdateBase
"""A statement that is built once, when its module is read, and asked or told often."""

DRIVER_ERRORS = (sqlite3.Error,)
"""What the driver raises where it is spoken to directly."""


def listed(values: Iterable[str | int]) -> Select[Any]:
    """The values as rows, for `IN`: one parameter however many there are, so that statements stay cached."""
    return _rows_of(bindparam(None, list_parameter(values)))


def listed_later(parameter: str) -> Select[Any]:
    """The same for a statement built beforehand: the parameter takes what `list_parameter` makes."""
    return _rows_of(bindparam(parameter))


def list_parameter(values: Iterable[str | int]) -> str:
    """Values as one parameter. Raises StoreError for a text with NUL, which SQLite would cut short there."""
    given = list(values)
    if not all(map(storable, given)):
        raise StoreError(
            "a text that holds a NUL cannot be stored, and nothing of this step was; "
            "whoever reads it in must refuse it"
        )
    return json.dumps(given)


def storable(value: str | int) -> bool:
    """Whether the value can be looked up again once it is stored."""
    return not (isinstance(value, str) and "\0" in value)


def writable(text: str) -> bool:
    """Whether the text can be written down and looked up again."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return storable(text)


def add(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> int:
    """Inserts rows in the order of the table's columns, but those whose key is there; how many were new.

    Straight to the driver's `executemany`, with a statement compiled once: rows come by the hundred
    thousand.
    """
    return _execute_many(connection, _adding(table), rows)


def put(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Inserts rows in the order of the table's columns; one whose key is there takes the new values."""
    _execute_many(connection, _putting(table), rows)


def ask(connection: Connection, question: Built, **asked: Any) -> list[tuple[Any, ...]]:
    """The driver's rows for a question built beforehand, with its parameters by name.

    For what every batch and every page asks: compiled once, it takes a fifth of the time of a statement
    that SQLAlchemy must first recognise.
    """
    text, names, constants = _compiled(question)
    cursor = connection.connection.cursor()
    try:
        given = constants | asked
        cursor.execute(text, [given[name] for name in names])
        return list(cursor.fetchall())
    finally:
        cursor.close()


def rows(connection: Connection, question: Built, **asked: Any) -> list[Any]:
    """As `ask`, each row with its columns by their names."""
    return [*map(_row_of(question)._make, ask(connection, question, **asked))]


def tell(connection: Connection, change: Built, **told: Any) -> None:
    """Changes rows by a statement built beforehand, as `ask` asks."""
    ask(connection, change, **told)


def _rows_of(parameter: BindParameter[Any]) -> Select[Any]:
    return select(func.json_each(parameter).table_valued("value").c.value)


def _execute_many(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> int:
    """How many rows were written. Not by way of SQLAlchemy: measured, that costs as much as the rows."""
    if not rows:
        return 0
    cursor = connection.connection.cursor()
    try:
        cursor.executemany(statement, rows)
    except (OverflowError, UnicodeEncodeError) as error:
        raise StoreError(
            "a number beyond 64 bits or a text that is no Unicode cannot be stored, and nothing of this step "
            f"was; whoever reads it in must refuse it ({type(error).__name__})"
        ) from error
    else:
        return int(cursor.rowcount)
    finally:
        cursor.close()


@lru_cache
def _adding(table: Table) -> str:
    return _text(insert(table).on_conflict_do_nothing())


@lru_cache
def _putting(table: Table) -> str:
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    changing = {name: statement.excluded[name] for name in table.columns.keys() if name not in keys}  # noqa: SIM118
    if not changing:
        return _adding(table)
    return _text(statement.on_conflict_do_update(index_elements=keys, set_=changing))


@lru_cache
def _compiled(statement: Built) -> tuple[str, list[str], dict[str, Any]]:
    compiled = statement.compile(dialect=sqlite.dialect(paramstyle="qmark"))
    constants = {name: value for name, value in compiled.params.items() if value is not None}
    return str(compiled), list(getattr(compiled, "positiontup", None) or ()), constants


@lru_cache
def _row_of(statement: Built) -> Any:
    names = [str(column.key) for column in statement.exported_columns]
    return namedtuple("Row", names)  # its names are not known before


def _text(statement: Insert) -> str:
    return str(statement.compile(dialect=sqlite.dialect(paramstyle="qmark")))
