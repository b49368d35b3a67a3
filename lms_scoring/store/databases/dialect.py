"""What every kind of database wants said in its own way: upserts, lists of values. The connection decides."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Engine, Table, literal_column

from lms_scoring.domain.errors import StoreError
from lms_scoring.store.databases.kind import Kind, Row
from lms_scoring.store.databases.listing import Listed, Listing, listed_in, listed_now
from lms_scoring.store.databases.postgres import Postgres
from lms_scoring.store.databases.saying import Built
from lms_scoring.store.databases.sqlite import Sqlite

_Value = TypeVar("_Value", int, str)
_NOTHING = {int: "0", str: "''"}
"""What changes no value that it is added to."""

KINDS: dict[str, Kind] = {"sqlite": Sqlite(), "postgresql": Postgres()}
"""By the name that SQLAlchemy has for them."""


def kind_of(connection: Connection | Engine) -> Kind:
    """The kind of database that is at the other end."""
    return KINDS[connection.dialect.name]


def listed(values: Iterable[str | int]) -> Listed:
    """The values as rows, for `IN`: one parameter however many there are, so that statements stay cached."""
    return listed_now(list_parameter(values))


def unindexed(column: ColumnElement[_Value]) -> ColumnElement[_Value]:
    """What the column holds, told in a way for which no index is looked into: SQLite, which does not know how
    many rows there are, takes one that serves the column before one that finds the few rows."""
    return column + literal_column(_NOTHING[column.type.python_type])


def listed_later(parameter: str) -> Listed:
    """The same for a statement built beforehand: the parameter takes what `list_parameter` makes."""
    return listed_in(parameter)


def list_parameter(values: Iterable[str | int]) -> Listing:
    """Values as one parameter. Raises StoreError for a text with NUL, which no database could find again."""
    given = list(values)
    if not all(map(storable, given)):
        raise StoreError(
            "a text that holds a NUL cannot be stored, and nothing of this step was; "
            "whoever reads it in must refuse it"
        )
    return Listing(given)


def storable(value: str | int) -> bool:
    """Whether the value can be looked up again once it is stored."""
    return not (isinstance(value, str) and "\0" in value)


def add(connection: Connection, table: Table, rows: Sequence[Row]) -> int:
    """Inserts rows in the order of the table's columns, but those whose key is there; how many were new.

    Straight to the driver, with a statement compiled once: rows come by the hundred thousand.
    """
    if not rows:
        return 0
    try:
        return kind_of(connection).add(connection, table, rows)
    except (OverflowError, UnicodeEncodeError) as error:
        raise _not_storable(error) from error


def put(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts rows in the order of the table's columns; one whose key is there takes the new values."""
    if not rows:
        return
    try:
        kind_of(connection).put(connection, table, rows)
    except (OverflowError, UnicodeEncodeError) as error:
        raise _not_storable(error) from error


def ask(connection: Connection, question: Built, **asked: Any) -> list[Row]:
    """The driver's rows for a question built beforehand, with its parameters by name.

    For what every batch and every page asks: compiled once, it takes a fifth of the time of a statement
    that SQLAlchemy must first recognise.
    """
    text, values = _said(connection, question, asked)
    cursor = connection.connection.cursor()
    try:
        cursor.execute(text, values)
        return list(cursor.fetchall()) if cursor.description else []
    finally:
        cursor.close()


def rows(connection: Connection, question: Built, **asked: Any) -> list[Any]:
    """As `ask`, each row with its columns by their names."""
    return [*map(_row_of(question)._make, ask(connection, question, **asked))]


def tell(connection: Connection, change: Built, **told: Any) -> None:
    """Changes rows by a statement built beforehand, as `ask` asks."""
    ask(connection, change, **told)


def stream(connection: Connection, question: Built, **asked: Any) -> Iterable[Row]:
    """As `ask`, but rows come as they are asked for, so that memory never holds all of them."""
    text, values = _said(connection, question, asked)
    return kind_of(connection).stream(connection, text, values)


def stream_rows(connection: Connection, question: Built, **asked: Any) -> Iterable[Any]:
    """As `stream`, each row with its columns by their names."""
    return map(_row_of(question)._make, stream(connection, question, **asked))


def _said(connection: Connection, statement: Built, asked: dict[str, Any]) -> tuple[str, list[Any]]:
    """The statement in the words of the connection's database, and its parameters in their order."""
    kind = kind_of(connection)
    text, names, constants = kind.words.said(statement)
    given = constants | asked if constants else asked
    return text, kind.given([given[name] for name in names])


def _not_storable(error: Exception) -> StoreError:
    return StoreError(
        "a number beyond 64 bits or a text that is no Unicode cannot be stored, and nothing of this step "
        f"was; whoever reads it in must refuse it ({type(error).__name__})"
    )


@lru_cache(maxsize=1024)
def _row_of(statement: Built) -> Any:
    names = [str(column.key) for column in statement.exported_columns]
    return namedtuple("Row", names)  # its names are not known before
