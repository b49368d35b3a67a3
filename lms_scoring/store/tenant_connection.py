"""A connection inside one transaction, the tenant whose rows it works on, and the numbers of its texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import count
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Table,
    bindparam,
    func,
    select,
)

from lms_scoring.store.databases.dialect import add, ask, list_parameter, listed_later, put
from lms_scoring.store.remembered import Remembered
from lms_scoring.store.stale import Stale
from lms_scoring.store.tables import account, activity_key

TENANT: BindParameter[int] = bindparam("tenant_", type_=Integer)
"""The tenant in a statement that is built once: its value is given at each asking."""


class Numbers:
    """The short numbers that stand for long texts in one table (tenant, id, text, …); made when first met."""

    def __init__(self, connection: Connection, tenant: int, table: Table) -> None:
        self._connection = connection
        self._tenant = tenant
        self._table = table
        self._known: dict[str, int] = {}
        self.texts: Mapping[int, str] = _Texts(connection, tenant, table)

    def of(self, texts: Iterable[str]) -> Mapping[str, int]:
        """A mapping that holds the number of each of the texts, and of others met before."""
        missing = set(texts).difference(self._known)
        if missing:
            self._look_up(missing)
            missing.difference_update(self._known)
        if missing:
            self._make(sorted(missing))
        return self._known

    def known(self, texts: Iterable[str]) -> Mapping[str, int]:
        """As `of`, without making numbers for texts that nobody met yet."""
        missing = set(texts).difference(self._known)
        if missing:
            self._look_up(missing)
        return self._known

    def forget(self) -> None:
        """Texts, or whose numbers they have, are others."""
        self._known.clear()
        self.texts = _Texts(self._connection, self._tenant, self._table)

    def _look_up(self, texts: Iterable[str]) -> None:
        wanted = list_parameter(texts)
        found = ask(self._connection, _by_text(self._table), of_tenant=self._tenant, texts=wanted)
        self._known.update((text, number) for text, number in found)

    def _make(self, texts: Sequence[str]) -> None:
        ((first,),) = ask(self._connection, _next(self._table), of_tenant=self._tenant)
        others = (None,) * (len(self._table.columns) - 3)
        numbers = {text: number for number, text in enumerate(texts, start=first)}
        rows = [(self._tenant, number, text, *others) for text, number in numbers.items()]
        add(self._connection, self._table, rows)
        self._known.update(numbers)


class _Texts(dict[int, str]):
    """Texts by number, looked up when first asked for; a plain dictionary ever after."""

    def __init__(self, connection: Connection, tenant: int, table: Table) -> None:
        super().__init__()
        self._connection = connection
        self._tenant = tenant
        self._table = table

    def __missing__(self, number: int) -> str:
        ((text,),) = ask(self._connection, _by_number(self._table), of_tenant=self._tenant, number=number)
        self[number] = text
        return str(text)


@lru_cache
def _by_text(table: Table) -> Select[Any]:
    return select(table.c.text, table.c.id).where(
        table.c.tenant == bindparam("of_tenant"), table.c.text.in_(listed_later("texts"))
    )


@lru_cache
def _by_number(table: Table) -> Select[Any]:
    return select(table.c.text).where(
        table.c.tenant == bindparam("of_tenant"), table.c.id == bindparam("number")
    )


@lru_cache
def _next(table: Table) -> Select[Any]:
    return _after_highest(table.c.id).where(table.c.tenant == bindparam("of_tenant"))


def next_number(connection: Connection, column: ColumnElement[int], *where: ColumnElement[bool]) -> int:
    """The number after the highest; safe because a writer has the database to itself."""
    return int(connection.execute(_after_highest(column).where(*where)).scalar_one())


def _after_highest(column: ColumnElement[int]) -> Select[Any]:
    return select(func.coalesce(func.max(column), 0) + 1)


class TenantConnection:
    """What the areas of a transaction share. No area knows another; what several of them ask of the same rows
    are functions that take one of these.

    `remembered`: what was read already. `stale`: whose lines on boards are to be renewed. `questions`:
    numbers for questions under way.
    """

    def __init__(self, connection: Connection, tenant: int) -> None:
        self.connection = connection
        self.tenant = tenant
        self.remembered = Remembered()
        self.stale = Stale()
        self.questions = count(1)

    @cached_property
    def accounts(self) -> Numbers:
        """The numbers of accounts."""
        return Numbers(self.connection, self.tenant, account)

    @cached_property
    def activities_met(self) -> Numbers:
        """The numbers of activities."""
        return Numbers(self.connection, self.tenant, activity_key)

    def add(self, table: Table, rows: Iterable[tuple[Any, ...]]) -> int:
        """Inserts rows (without the tenant) unless their key is there; how many were new."""
        return add(self.connection, table, [(self.tenant, *row) for row in rows])

    def add_named(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> int:
        """As `add`, with values by the names of their columns; what is not named is NULL."""
        return self.add(table, _in_order(table, rows))

    def put_named(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        """As `put`, with values by the names of their columns; what is not named is NULL."""
        self.put(table, _in_order(table, rows))

    def put(self, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
        """Inserts rows (without the tenant), or changes those whose key is there."""
        put(self.connection, table, [(self.tenant, *row) for row in rows])


def _in_order(table: Table, rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """Where rows are few: a name costs more than its place in a tuple, and cannot be mistaken."""
    columns = [column.name for column in table.columns][1:]
    for row in rows:
        if unknown := row.keys() - set(columns):
            raise KeyError(f"{table.name} has no column {sorted(unknown)}")
        yield tuple(row.get(name) for name in columns)
