"""The statements that boards are read by, built once for each form that a question can have."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

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
from lms_scoring.store.dialect import listed_later
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


class Sieve(NamedTuple):
    """What lines are picked by besides their chips."""

    classes: bool
    state: bool
    search: bool


@lru_cache(maxsize=256)
def middle(branches: int) -> Select[Any]:
    """The places of lines of several lists and chips, merged in their order."""
    merged = _merged(branches, backwards=False, limited=True)
    return select(merged.c.place).order_by(merged.c.place, merged.c.line)


@lru_cache(maxsize=256)
def walked(branches: int, *, backwards: bool, cards: bool, limited: bool) -> Select[Any]:
    """Lines of several lists and chips, merged in their order; `list_0`, `chip_0` … name them.

    `limited`: of each no more is read than is passed over and wanted, which `most_` says.
    """
    merged = _merged(branches, backwards=backwards, limited=limited)
    lines = (_LINE.c.tenant == TENANT) & (_LINE.c.id == merged.c.line)
    query = _columns(select(merged.c.place, merged.c.line).join(_LINE, lines), cards=cards)
    return query.order_by(*_order(merged.c.place, merged.c.line, backwards=backwards))


@lru_cache(maxsize=32)
def sifted(sieve: Sieve, *, backwards: bool, cards: bool) -> Select[Any]:
    """Lines that a sieve lets through, in the order of the list `list_`."""
    query = select(_PLACE.c.place, _PLACE.c.line).select_from(_LINE)
    places = (_PLACE.c.tenant == _LINE.c.tenant) & (_PLACE.c.line == _LINE.c.id)
    query = query.join(_PLACE, places & (_PLACE.c.list == bindparam("list_"))).where(*_let_through(sieve))
    ordered = query.order_by(*_order(_PLACE.c.place, _PLACE.c.line, backwards=backwards))
    return _columns(ordered.limit(bindparam("rows_")).offset(bindparam("first_")), cards=cards)


@lru_cache(maxsize=8)
def sifted_count(sieve: Sieve) -> Select[Any]:
    """How many lines a sieve lets through."""
    return select(func.count()).select_from(_LINE).where(*_let_through(sieve))


@lru_cache(maxsize=8)
def sifted_lines(sieve: Sieve) -> Select[Any]:
    """The numbers of the lines that a sieve lets through."""
    return select(_LINE.c.id).where(*_let_through(sieve))


_FOUND, _SAME = _PLACE.alias("found"), _PLACE.alias("same")
PLACES = (
    select(_FOUND.c.list, _FOUND.c.place, _SAME.c.unread)
    .join(
        _SAME,
        and_(*(_SAME.c[name] == _FOUND.c[name] for name in ("tenant", "list", "chip", "place", "line"))),
    )
    .where(
        _FOUND.c.tenant == TENANT,
        _FOUND.c.list.in_(listed_later("lists_")),
        _FOUND.c.line.in_(listed_later("lines_")),
        _FOUND.c.place < bindparam("without_"),
    )
)
"""Where lines stand in some lists, as far as they have points there.

Joined to itself: the lines' index lacks one column, and for that SQLite would read the lists through.
"""


def _merged(branches: int, *, backwards: bool, limited: bool) -> FromClause:
    parts = [_branch(number, backwards=backwards, limited=limited) for number in range(branches)]
    together = (union_all(*parts) if branches > 1 else parts[0]).subquery()
    order = _order(together.c.place, together.c.line, backwards=backwards)
    page = select(together).order_by(*order).limit(bindparam("rows_")).offset(bindparam("first_"))
    return page.subquery()


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


def _let_through(sieve: Sieve) -> list[ColumnElement[bool]]:
    let = [_LINE.c.tenant == TENANT, _LINE.c.chip.in_(listed_later("chips_"))]
    if not sieve.search:  # what is found by a scope's terms is of its course and role
        let += [_LINE.c.course == bindparam("course_"), _LINE.c.role == bindparam("role_")]
    if sieve.classes:
        let.append(_LINE.c["class"].in_(listed_later("classes_")))
    if sieve.state:
        let.append(_LINE.c.state.in_(listed_later("states_")))
    if sieve.search:
        found = select(_TERM.c.line).where(
            _TERM.c.tenant == TENANT,
            _TERM.c.scope == bindparam("scope_"),
            _TERM.c.term >= bindparam("from_"),
            _TERM.c.term < bindparam("to_"),
        )
        let.append(_LINE.c.id.in_(found))
    return let
