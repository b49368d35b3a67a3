"""Medians of boards: worked out from the places in the middle, and kept until a line is another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, delete, func, select, true, update

from lms_scoring.domain.board import CLASS, NAME, STANDING, STATE, TAKING_PART, WITHOUT, Median, median_of
from lms_scoring.ports import BoardPart
from lms_scoring.store import tables
from lms_scoring.store.boards.asking import middle
from lms_scoring.store.boards.line_numbers import picked
from lms_scoring.store.boards.lines import renew_lines
from lms_scoring.store.boards.parts import branches_of, counts_in, lists_in, scopes_in
from lms_scoring.store.databases.dialect import ask, list_parameter, listed_later, tell
from lms_scoring.store.tenant_connection import TENANT, TenantConnection

_SCOPE, _LIST, _PLACE = tables.board_scope, tables.board_list, tables.board_place
_BY_WORDS = (NAME, CLASS, STATE, STANDING)
"""Orders that have no median."""
_KEPT: dict[tuple[int, ...], Mapping[str, Median]] = {}
"""Medians of several classes together, by the versions of these: a version is drawn anew whenever a line is
another, and drawn by nobody twice."""
_MOST_KEPT = 1_024
_HOW_MANY: ColumnElement[Any] = func.count()
_UNREAD: ColumnElement[Any] = func.sum(case((_PLACE.c.unread == true(), 1), else_=0))
_WITH_POINTS = select(_HOW_MANY, _UNREAD).where(
    _PLACE.c.tenant == TENANT,
    _PLACE.c.list.in_(listed_later("lists_")),
    _PLACE.c.chip.in_(listed_later("chips_")),
    _PLACE.c.place < bindparam("without_"),
)
_UNSETTLED = (
    select(_SCOPE.c.id)
    .where(_SCOPE.c.tenant == TENANT, _SCOPE.c.course == bindparam("course_"), _SCOPE.c.settled != true())
    .order_by(_SCOPE.c.id)
)
_SETTLED = (
    update(_SCOPE).where(_SCOPE.c.tenant == TENANT, _SCOPE.c.id == bindparam("scope_")).values(settled=true())
)
_MEDIAN = (
    update(_LIST)
    .where(_LIST.c.tenant == TENANT, _LIST.c.id == bindparam("list_"))
    .values(median=bindparam("median_"), of=bindparam("of_"), unread=bindparam("unread_"))
)
_FORGET_LIST = delete(_LIST).where(_LIST.c.tenant == TENANT, _LIST.c.id == bindparam("list_"))
_FORGET_PLACES = delete(_PLACE).where(_PLACE.c.tenant == TENANT, _PLACE.c.list == bindparam("list_"))


class BoardMedians(TenantConnection):
    """The part of a transaction that tells medians."""

    def board_medians(self, part: BoardPart) -> Mapping[str, Median]:
        """Of who takes part, by the order: the total, and each criterion that anybody has on the card."""
        scopes = scopes_in(self, part)
        numbers = [scope.id for scope in scopes]
        lists = lists_in(self, numbers)
        if len(scopes) == 1 and scopes[0].settled:
            kept = (one for one in lists if one.median is not None)
            return {one.sorting: _median(one.median, one.of, one.unread) for one in kept}
        versions = tuple(scope.version for scope in scopes)
        if versions not in _KEPT:
            if len(_KEPT) >= _MOST_KEPT:
                _KEPT.clear()
            _KEPT[versions] = self._medians(lists, picked(counts_in(self, numbers), TAKING_PART))
        return _KEPT[versions]

    def settle_boards(self, course: str) -> None:
        """Works the medians out again, as far as they are not those of the lines any more, and keeps them.

        The list of a criterion that no card has any more is given up.
        """
        renew_lines(self)
        for (scope,) in ask(self.connection, _UNSETTLED, tenant_=self.tenant, course_=course):
            lists = lists_in(self, [scope])
            medians = self._medians(lists, picked(counts_in(self, [scope]), TAKING_PART))
            for one in lists:
                if one.sorting not in _BY_WORDS:
                    self._keep_median(one.id, medians.get(one.sorting))
            tell(self.connection, _SETTLED, tenant_=self.tenant, scope_=scope)
        self.remembered.forget_boards()

    def _medians(self, lists: Sequence[Any], chips: Sequence[int]) -> dict[str, Median]:
        by_order: dict[str, list[int]] = {}
        for one in lists:
            if one.sorting not in _BY_WORDS:
                by_order.setdefault(one.sorting, []).append(one.id)
        worked_out = {order: self._median_of(numbers, chips) for order, numbers in by_order.items()}
        return {order: median for order, median in worked_out.items() if median is not None}

    def _median_of(self, lists: Sequence[int], chips: Sequence[int]) -> Median | None:
        [(of, unread)] = ask(
            self.connection,
            _WITH_POINTS,
            tenant_=self.tenant,
            lists_=list_parameter(lists),
            chips_=list_parameter(chips),
            without_=WITHOUT,
        )
        if of == 0:
            return None
        branches = branches_of(lists, chips)
        first, last = (of - 1) // 2, of // 2
        places = ask(
            self.connection,
            middle(branches.number),
            tenant_=self.tenant,
            first_=first,
            rows_=last - first + 1,
            most_=last + 1,
            **branches.parameters,
        )
        return median_of([bytes(place) for (place,) in places], of=of, unread=int(unread))

    def _keep_median(self, list_: int, median: Median | None) -> None:
        if median is None:
            tell(self.connection, _FORGET_PLACES, tenant_=self.tenant, list_=list_)
            tell(self.connection, _FORGET_LIST, tenant_=self.tenant, list_=list_)
            return
        tell(
            self.connection,
            _MEDIAN,
            tenant_=self.tenant,
            list_=list_,
            median_=str(median.points),
            of_=median.of,
            unread_=int(median.is_at_least),
        )


@lru_cache(maxsize=4_096)
def _median(points: str, of: int, unread: int) -> Median:
    """As it was kept; every page of a board reads those of its columns."""
    return Median(points=Fraction(points), of=of, is_at_least=unread > 0)
