"""What every question about boards begins with: the scopes of a part, their counts and their lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, Text, bindparam, func, select, true

from lms_scoring.ports import BoardPart
from lms_scoring.store import tables
from lms_scoring.store.boards.lines import renew_lines
from lms_scoring.store.databases.dialect import ask, list_parameter, listed_later, rows
from lms_scoring.store.tables.metadata import NOTHING
from lms_scoring.store.tenant_connection import TENANT, TenantConnection

_SCOPE, _LIST, _COUNT = tables.board_scope, tables.board_list, tables.board_count
_MOST_MERGED = 200
"""Branches of one question: SQLite takes 500, and PostgreSQL plans each of them."""
IN_BOARD = (
    _SCOPE.c.tenant == TENANT,
    _SCOPE.c.course == bindparam("course_"),
    _SCOPE.c.role == bindparam("role_"),
)
"""What the scopes of one role's board have in common."""
_SCOPES = select(_SCOPE.c.id, _SCOPE.c.version, _SCOPE.c.settled).where(*IN_BOARD).order_by(_SCOPE.c.id)
_WHOLE = _SCOPES.where(_SCOPE.c.whole == true())
_OF_CLASSES = _SCOPES.where(_SCOPE.c.whole != true(), _SCOPE.c["class"].in_(listed_later("classes_")))
_FEW = 8
"""As many classes as people guide: named one by one, for a list takes longer than what it finds."""
_COUNTS = (
    select(_COUNT.c.chip, func.sum(_COUNT.c.n))
    .where(_COUNT.c.tenant == TENANT, _COUNT.c.scope.in_(listed_later("scopes_")))
    .group_by(_COUNT.c.chip)
)
_LISTS = (
    select(*(_LIST.c[name] for name in ("id", "scope", "sorting", "median", "of", "unread")))
    .where(_LIST.c.tenant == TENANT, _LIST.c.scope.in_(listed_later("scopes_")))
    .order_by(_LIST.c.id)
)


def scopes_in(transaction: TenantConnection, part: BoardPart) -> list[Any]:
    """The scopes that the part is made of: id, version, and whether its medians are settled. Read once for a
    page, which asks for them four times."""
    renew_lines(transaction)
    known = transaction.remembered.scopes
    found = known.get(part)
    if found is None:
        found = known[part] = _scopes(transaction, part)
    return found


def counts_in(transaction: TenantConnection, scopes: Sequence[int]) -> Mapping[int, int]:
    """How many lines of the scopes have each number."""
    known, named = transaction.remembered.counts, tuple(scopes)
    if named not in known:
        wanted = list_parameter(scopes)
        found = ask(transaction.connection, _COUNTS, tenant_=transaction.tenant, scopes_=wanted)
        known[named] = {number: int(n) for number, n in found if n > 0}
    return known[named]


def lists_in(transaction: TenantConnection, scopes: Sequence[int]) -> Sequence[Any]:
    """The lists of the scopes: id, scope, order, and its median as it was kept."""
    known, named = transaction.remembered.lists, tuple(scopes)
    if named not in known:
        wanted = list_parameter(scopes)
        known[named] = rows(transaction.connection, _LISTS, tenant_=transaction.tenant, scopes_=wanted)
    return known[named]


def _scopes(transaction: TenantConnection, part: BoardPart) -> list[Any]:
    board = {"tenant_": transaction.tenant, "course_": part.course, "role_": part.role.value}
    if part.classes is None:
        return rows(transaction.connection, _WHOLE, **board)
    classes = sorted(class_ or NOTHING for class_ in part.classes)
    if not 1 <= len(classes) <= _FEW:
        return rows(transaction.connection, _OF_CLASSES, **board, classes_=list_parameter(classes))
    named = {f"class_{place}": class_ for place, class_ in enumerate(classes)}
    return rows(transaction.connection, _of_few(len(classes)), **board, **named)


@lru_cache
def _of_few(many: int) -> Select[Any]:
    """The scopes of so many classes."""
    classes = [bindparam(f"class_{place}", type_=Text) for place in range(many)]
    return _SCOPES.where(_SCOPE.c.whole != true(), _SCOPE.c["class"].in_(classes))


class Branches(NamedTuple):
    """Each of some lists with each of some numbers. `number` of them are merged one by one, which the other
    parameters name; 0: they are so many that they are gathered at once."""

    number: int
    parameters: dict[str, Any]


def branches_of(lists: Sequence[int], numbers: Sequence[int]) -> Branches:
    """How the lines of these lists with these numbers are asked for."""
    pairs = [(list_, number) for list_ in lists for number in numbers]
    if len(pairs) > _MOST_MERGED:
        return Branches(0, {"lists_": list_parameter(lists), "chips_": list_parameter(numbers)})
    named = {f"list_{place}": list_ for place, (list_, _) in enumerate(pairs)}
    named |= {f"chip_{place}": number for place, (_, number) in enumerate(pairs)}
    return Branches(len(pairs), named)
