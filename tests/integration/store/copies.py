"""Copies of databases, and what tells whether two are the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from lms_scoring.files.sealing_file import SealingFile
from lms_scoring.store import SqlStore
from lms_scoring.store.copies.copying import copy_database
from lms_scoring.store.databases.engine import open_engine
from lms_scoring.store.tables import metadata

EMPTY: Mapping[str, list[str]] = {table.name: [] for table in metadata.sorted_tables} | {
    "tenant": ["(1, '')"]
}
"""What is in a new database."""


def copied(old: str, new: str) -> Mapping[str, int]:
    """Copies it, and looks at nothing."""
    return copy_database(old, new, watching=lambda _: None)


def sealing(home: Path) -> SealingFile:
    """Of the life's own keys."""
    return SealingFile(path=home / "sealing.key")


@contextmanager
def opened(url: str, home: Path) -> Iterator[SqlStore]:
    """A store on it that can tell who was erased."""
    store = SqlStore(url, digest_keys=sealing(home).digest_keys)
    try:
        yield store
    finally:
        store.close()


def rows_of(url: str) -> dict[str, list[str]]:
    """All rows by table, with the kinds of their values, in an order that does not depend on the database."""
    engine = open_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            for table in metadata.sorted_tables
        }
    engine.dispose()
    return found


def change(url: str, *statements: str) -> None:
    """By another program."""
    engine = open_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()
