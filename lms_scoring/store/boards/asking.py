"""The statements that boards are read by, built once for each form that a question can have."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    UnaryExpression,
    and_,
    bindparam,
    func,
    select,
    union_all,
)

from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import listed_later, unindexed
from lms_scoring.store.tenant_connection import TENANT

_LINE, _PLACE, _TERM, _CARD = tables.board_line, tables.board_place, tables.board_term, tables.scorecard
_SHOWN = (
    *(_LINE.c[name] for name in ("person", "name", "chip", "body")),
    _LINE.c["class"].label("class_"),
)
_WHOLE = (
    *(_LINE.c[name] for name in ("person", "name", "chip")),
    *(_CARD.c[name] for name in ("card", "as_of", "version", "scored_at", "standing", "missing")),
)


@lru_cache(maxsize=256)
def middle(branches: int) -> Select[Any]:
    """The places of lines of several lists and chips, merged in their order."""
    merged = _merged(branches, backwards=False, limited=True)
    return select(merged.c.place).order_by(merged.c.place, merged.c.line)


@lru_cache(maxsize=256)
def walked(branches: int, *, backwards: bool, cards: bool, limited: bool) -> Select[Any]:
    """Lines of several lists and chips, merged in their order; `list_0`, `chip_0` … name them, or
    `lists_` and `chips_` where the branches are 0.

    `limited`: of each no more is read than is passed over and wanted, which `most_` says.
    """
    merged = _merged(branches, backwards=backwards, limited=limited)
    return _lines_at(merged, backwards=backwards, cards=cards)


@lru_cache(maxsize=4)
def searched(*, backwards: bool, cards: bool) -> Select[Any]:
    """Lines of the lists `lists_` and the numbers `chips_` that a search finds, in their order, each with how
    many there are in all."""
    sought = _sought()
    found = (
        select(_PLACE.c.place, _PLACE.c.line, func.count().over().label("found"))
        .join_from(sought, _PLACE, _PLACE.c.line == sought.c.line)
        .where(
            _PLACE.c.tenant == TENANT,
            _PLACE.c.list.in_(listed_later("lists_")),
            unindexed(_PLACE.c.chip).in_(listed_later("chips_")),
        )
    )
    some = _some_of(found.subquery(), backwards=backwards)
    return _lines_at(some, backwards=backwards, cards=cards).add_columns(some.c.found)


def _sought() -> FromClause:
    """The lines with a term that begins with what is sought; terms are kept of the scope of everybody."""
    terms = select(unindexed(_TERM.c.line).label("line")).where(
        _TERM.c.tenant == TENANT,
        _TERM.c.scope == bindparam("scope_"),
        _TERM.c.term >= bindparam("from_"),
        _TERM.c.term < bindparam("to_"),
    )
    return terms.distinct().subquery()


def _merged(branches: int, *, backwards: bool, limited: bool) -> FromClause:
    parts = [_branch(number, backwards=backwards, limited=limited) for number in range(branches)]
    together = union_all(*parts) if branches > 1 else parts[0] if branches else _gathered()
    return _some_of(together.subquery(), backwards=backwards)


def _gathered() -> Select[Any]:
    """The lines of `lists_` that have one of the numbers `chips_`."""
    return select(_PLACE.c.place, _PLACE.c.line).where(
        _PLACE.c.tenant == TENANT,
        _PLACE.c.list.in_(listed_later("lists_")),
        _PLACE.c.chip.in_(listed_later("chips_")),
    )


def _branch(number: int, *, backwards: bool, limited: bool) -> Select[Any]:
    part = select(_PLACE.c.place, _PLACE.c.line).where(
        _PLACE.c.tenant == TENANT,
        _PLACE.c.list == bindparam(f"list_{number}"),
        _PLACE.c.chip == bindparam(f"chip_{number}"),
    )
    if not limited:
        return part
    order = _order(_PLACE.c.place, _PLACE.c.line, backwards=backwards)
    return select(part.order_by(*order).limit(bindparam("most_")).subquery())


def _some_of(places: FromClause, *, backwards: bool) -> FromClause:
    """`rows_` of these places from `first_` on."""
    order = _order(places.c.place, places.c.line, backwards=backwards)
    return select(places).order_by(*order).limit(bindparam("rows_")).offset(bindparam("first_")).subquery()


def _lines_at(places: FromClause, *, backwards: bool, cards: bool) -> Select[Any]:
    """The lines at these places, in their order."""
    of_line = (_LINE.c.tenant == TENANT) & (_LINE.c.id == places.c.line)
    query = _columns(select(places).join(_LINE, of_line), cards=cards)
    return query.order_by(*_order(places.c.place, places.c.line, backwards=backwards))


def _order(
    place: ColumnElement[bytes], line: ColumnElement[int], *, backwards: bool
) -> tuple[UnaryExpression[Any], ...]:
    return (place.desc(), line.desc()) if backwards else (place.asc(), line.asc())


def _columns(query: Select[Any], *, cards: bool) -> Select[Any]:
    if not cards:
        return query.with_only_columns(*_SHOWN, maintain_column_froms=True)
    whose = (_CARD.c[name] == _LINE.c[name] for name in ("tenant", "course", "person", "role", "class"))
    joined = query.join(_CARD, and_(*whose))
    return joined.with_only_columns(*_WHOLE, maintain_column_froms=True)
