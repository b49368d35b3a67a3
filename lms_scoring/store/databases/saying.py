"""Statements in the words of one kind of database, compiled once each."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Select, Table, UpdateBase
from sqlalchemy.dialects import postgresql, sqlite

Built = Select[Any] | UpdateBase
"""A statement that is built once, when its module is read, and asked or told often."""


class Said(NamedTuple):
    """A statement's text, the names of its parameters in their order, and those that are always the same."""

    text: str
    names: list[str]
    constants: dict[str, Any]


class Words:
    """What one kind of database is told; `dialect` writes parameters by their place."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._insert = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
        self.said = lru_cache(maxsize=1024)(self._said)
        self.adding = lru_cache(self._adding)
        self.filling = lru_cache(self._filling)
        self.putting = lru_cache(self._putting)

    def text(self, statement: Any) -> str:
        """The statement's text alone."""
        return str(statement.compile(dialect=self._dialect))

    def _said(self, statement: Built) -> Said:
        compiled = statement.compile(dialect=self._dialect)
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        return Said(str(compiled), list(getattr(compiled, "positiontup", None) or ()), constants)

    def _filling(self, table: Table) -> str:
        """Inserts rows, of which none may be there."""
        return self.text(self._insert(table))

    def _adding(self, table: Table, source: Select[Any] | None = None) -> str:
        """Inserts rows, or all of a source, but those whose key is there."""
        return self.text(self._from(table, source).on_conflict_do_nothing())

    def _putting(self, table: Table, source: Select[Any] | None = None) -> str:
        """Inserts rows, or all of a source; one whose key is there takes the new values."""
        statement = self._from(table, source)
        keys = [column.name for column in table.primary_key]
        names = [column.name for column in table.columns if column.name not in keys]
        if not names:
            return self._adding(table, source)
        changing = {name: statement.excluded[name] for name in names}
        return self.text(statement.on_conflict_do_update(index_elements=keys, set_=changing))

    def _from(self, table: Table, source: Select[Any] | None) -> Any:
        statement = self._insert(table)
        return statement if source is None else statement.from_select(table.columns.keys(), source)
