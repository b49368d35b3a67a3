"""Lists of values as one parameter of a statement, however many they are, so that statements stay cached."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Dialect, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.roles import InElementRole
from sqlalchemy.types import UserDefinedType


class Listing(str):
    """Values as the JSON that SQLite takes apart; a database that knows arrays is handed `values`."""

    __slots__ = ("values",)

    values: list[str | int]

    def __new__(cls, values: Iterable[str | int]) -> Listing:
        """Of texts, or of numbers."""
        given = list(values)
        listing = super().__new__(cls, json.dumps(given))
        listing.values = given
        return listing


class ListingType(UserDefinedType[Listing]):
    """How SQLAlchemy hands a listing to the driver."""

    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Listing | None], Any] | None:
        """SQLite takes it as it is."""
        return None if dialect.name == "sqlite" else values_of


class Listed(InElementRole, FunctionElement[Any]):
    """The values of a listing as rows, for `IN` and `NOT IN`."""

    name = "listed"
    inherit_cache = True


def listed_in(parameter: str) -> Listed:
    """Of a parameter that will be given."""
    return Listed(bindparam(parameter, type_=ListingType()))


def listed_now(listing: Listing) -> Listed:
    """Of a listing that is there already."""
    return Listed(bindparam(None, listing, type_=ListingType()))


def values_of(value: Any) -> Any:
    """A listing's values, without texts that no database could hold; anything else as it is."""
    if type(value) is not Listing:
        return value
    try:
        "".join(map(str, value.values)).encode()
    except UnicodeEncodeError:
        return [one for one in value.values if _is_unicode(str(one))]
    return value.values


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


@compiles(Listed, "sqlite")
def _as_json(element: Listed, compiler: SQLCompiler, **kw: Any) -> str:
    values = compiler.process(element.clause_expr, **kw)
    return f"(SELECT json_each.value FROM json_each{values})"  # noqa: S608  # a parameter's place
