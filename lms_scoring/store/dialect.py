"""What every kind of database wants said in its own way: upserts, and lists of values. So far SQLite."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, Table, func, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import Insert, insert


def listed(values: Iterable[str | int]) -> Select[Any]:
    """The values as rows, for `IN`: one parameter however many there are, so that statements stay cached."""
    return select(func.json_each(json.dumps(list(values))).table_valued("value").c.value)


def add(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> int:
    """Inserts rows in the order of the table's columns, but those whose key is there; how many were new.

    Straight to the driver's `executemany`, with a statement compiled once: rows come by the hundred
    thousand.
    """
    if not rows:
        return 0
    return connection.exec_driver_sql(_adding(table), list(rows)).rowcount


def put(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Inserts rows in the order of the table's columns; one whose key is there takes the new values."""
    if rows:
        connection.exec_driver_sql(_putting(table), list(rows))


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


def _text(statement: Insert) -> str:
    return str(statement.compile(dialect=sqlite.dialect(paramstyle="qmark")))
