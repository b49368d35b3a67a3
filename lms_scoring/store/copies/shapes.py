"""What kinds of values the rows of a table are made of: SQLite keeps whatever it is given, in any column."""

from __future__ import annotations

from collections.abc import Iterable
from types import NoneType

from sqlalchemy import Boolean, Column, Integer, LargeBinary, Table, Text

from lms_scoring.domain.errors import StoreError
from lms_scoring.store.databases.kind import Row

_KINDS: dict[type, frozenset[type]] = {
    Text: frozenset({str}),
    Boolean: frozenset({bool, int}),
    Integer: frozenset({int}),
    LargeBinary: frozenset({bytes}),
}
"""What drivers give for a column of that type; SQLite's has no other truth values than 0 and 1."""


class Shapes:
    """Those of one table's rows. They are few, so that each is looked at once however many rows have it."""

    def __init__(self, table: Table) -> None:
        self._columns = [(column.name, kinds_of(column)) for column in table.columns]
        self._known: set[tuple[type, ...]] = set()

    def check(self, rows: Iterable[Row]) -> None:
        """Raises StoreError where a value is not of the kind that its column is for."""
        for shape in {tuple(map(type, row)) for row in rows} - self._known:
            for (name, kinds), found in zip(self._columns, shape, strict=True):
                if found not in kinds:
                    wanted = " or ".join(sorted(one.__name__ for one in kinds))
                    raise StoreError(f"the column {name} has a value that is {found.__name__}, not {wanted}")
            self._known.add(shape)


def kinds_of(column: Column[object]) -> frozenset[type]:
    """What its values may be."""
    (found,) = (kinds for kind, kinds in _KINDS.items() if isinstance(column.type, kind))
    return found | {NoneType} if column.nullable else found
