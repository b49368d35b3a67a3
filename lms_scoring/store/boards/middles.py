"""Medians worked out from the places in the middle: of several lists together, or of each of many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, select, true

from lms_scoring.domain.board import WITHOUT, Median, median_of
from lms_scoring.store import tables
from lms_scoring.store.boards.asking import middle
from lms_scoring.store.boards.parts import branches_of
from lms_scoring.store.databases.dialect import ask, list_parameter, listed_later
from lms_scoring.store.databases.kind import Row
from lms_scoring.store.tenant_connection import TENANT, TenantConnection

FEW = 1_000
"""Points in a list up to which those in the middle are found among all of them, of many lists at once; of a
longer one, in its order up to there."""
_PLACE = tables.board_place
_HAVE_POINTS = (
    _PLACE.c.tenant == TENANT,
    _PLACE.c.list.in_(listed_later("lists_")),
    _PLACE.c.chip.in_(listed_later("chips_")),
    _PLACE.c.place < bindparam("without_"),
)
_HOW_MANY: ColumnElement[Any] = func.count()
_UNREAD: ColumnElement[Any] = func.sum(case((_PLACE.c.unread == true(), 1), else_=0))
_WITH_POINTS = select(_HOW_MANY, _UNREAD).where(*_HAVE_POINTS)
_OF_EACH = select(_PLACE.c.list, _HOW_MANY, _UNREAD).where(*_HAVE_POINTS).group_by(_PLACE.c.list)
_RANKED = (
    select(
        _PLACE.c.list,
        _PLACE.c.place,
        func.row_number().over(partition_by=_PLACE.c.list, order_by=_PLACE.c.place).label("number"),
        func.count().over(partition_by=_PLACE.c.list).label("of"),
    )
    .where(*_HAVE_POINTS)
    .subquery()
)
_MIDDLES = select(_RANKED.c.list, _RANKED.c.place).where(
    2 * _RANKED.c.number >= _RANKED.c.of, 2 * _RANKED.c.number <= _RANKED.c.of + 2
)


def median_of_all(transaction: TenantConnection, lists: Sequence[int], chips: Sequence[int]) -> Median | None:
    """Of the lines with these numbers in any of the lists; None: none of them has points."""
    [(of, unread)] = _ask(transaction, _WITH_POINTS, lists, chips)
    if of == 0:
        return None
    return median_of(_middle(transaction, lists, chips, of=of), of=of, unread=int(unread))


def median_of_each(
    transaction: TenantConnection, lists: Sequence[int], chips: Sequence[int], *, few: int = FEW
) -> dict[int, Median]:
    """Of the lines with these numbers, by the list; none of a list in which none of them has points."""
    counted = {list_: (of, unread) for list_, of, unread in _ask(transaction, _OF_EACH, lists, chips)}
    short = [list_ for list_, (of, _) in counted.items() if of <= few]
    middles: dict[int, list[bytes]] = {}
    for list_, place in _ask(transaction, _MIDDLES, short, chips) if short else ():
        middles.setdefault(list_, []).append(bytes(place))
    for list_ in counted.keys() - middles.keys():
        middles[list_] = _middle(transaction, [list_], chips, of=counted[list_][0])
    return {
        list_: median_of(middles[list_], of=of, unread=int(unread)) for list_, (of, unread) in counted.items()
    }


def _middle(
    transaction: TenantConnection, lists: Sequence[int], chips: Sequence[int], *, of: int
) -> list[bytes]:
    """The one or two places in the middle of so many."""
    branches = branches_of(lists, chips)
    first, last = (of - 1) // 2, of // 2
    places = ask(
        transaction.connection,
        middle(branches.number),
        tenant_=transaction.tenant,
        first_=first,
        rows_=last - first + 1,
        most_=last + 1,
        **branches.parameters,
    )
    return [bytes(place) for (place,) in places]


def _ask(
    transaction: TenantConnection, question: Select[Any], lists: Sequence[int], chips: Sequence[int]
) -> list[Row]:
    return ask(
        transaction.connection,
        question,
        tenant_=transaction.tenant,
        lists_=list_parameter(lists),
        chips_=list_parameter(chips),
        without_=WITHOUT,
    )
