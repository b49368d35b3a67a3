"""Medians of boards: kept with their lists until a line is another, and worked out again then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, delete, select, true, update

from lms_scoring.domain.board import CLASS, NAME, STANDING, STATE, TAKING_PART, Median
from lms_scoring.ports import BoardPart
from lms_scoring.store import tables
from lms_scoring.store.boards.line_numbers import picked
from lms_scoring.store.boards.lines import renew_lines
from lms_scoring.store.boards.middles import median_of_all, median_of_each
from lms_scoring.store.boards.parts import counts_in, lists_in, scopes_in
from lms_scoring.store.databases.dialect import ask, list_parameter, listed_later, tell
from lms_scoring.store.tenant_connection import TENANT, TenantConnection

_SCOPE, _LIST, _PLACE = tables.board_scope, tables.board_list, tables.board_place
_BY_WORDS = (NAME, CLASS, STATE, STANDING)
"""Orders that have no median."""
_KEPT: dict[tuple[int, ...], Mapping[str, Median]] = {}
"""Medians of several classes together, by the versions of these: a version is drawn anew whenever a line is
another, and drawn by nobody twice."""
_MOST_KEPT = 1_024
_TOGETHER = 100
"""Scopes that are settled by the same questions: whoever settles a course keeps all other writers waiting."""
_UNSETTLED = (
    select(_SCOPE.c.id)
    .where(_SCOPE.c.tenant == TENANT, _SCOPE.c.course == bindparam("course_"), _SCOPE.c.settled != true())
    .order_by(_SCOPE.c.id)
)
_SETTLED = (
    update(_SCOPE)
    .where(_SCOPE.c.tenant == TENANT, _SCOPE.c.id.in_(listed_later("scopes_")))
    .values(settled=true())
)
_FORGET_LISTS = delete(_LIST).where(_LIST.c.tenant == TENANT, _LIST.c.id.in_(listed_later("lists_")))
_FORGET_PLACES = delete(_PLACE).where(_PLACE.c.tenant == TENANT, _PLACE.c.list.in_(listed_later("lists_")))


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
        found = _KEPT.get(versions)
        if found is None:
            if len(_KEPT) >= _MOST_KEPT:
                _KEPT.clear()  # by this thread or another one, at any time
            found = _KEPT[versions] = self._medians(lists, picked(counts_in(self, numbers), TAKING_PART))
        return found

    def settle_boards(self, course: str) -> None:
        """Works the medians out again, as far as they are not those of the lines any more, and keeps them.

        The list of a criterion that no card has any more is given up.
        """
        renew_lines(self)
        scopes = [scope for (scope,) in ask(self.connection, _UNSETTLED, tenant_=self.tenant, course_=course)]
        for begin in range(0, len(scopes), _TOGETHER):
            self._settle_scopes(scopes[begin : begin + _TOGETHER])
        self.remembered.forget_boards()

    def _settle_scopes(self, scopes: Sequence[int]) -> None:
        lists = [one for one in lists_in(self, scopes) if one.sorting not in _BY_WORDS]
        chips = picked(counts_in(self, scopes), TAKING_PART)
        medians = median_of_each(self, [one.id for one in lists], chips)
        self.put_named(_LIST, [_kept(one, medians[one.id]) for one in lists if one.id in medians])
        self._forget_lists([one.id for one in lists if one.id not in medians])
        tell(self.connection, _SETTLED, tenant_=self.tenant, scopes_=list_parameter(scopes))

    def _forget_lists(self, lists: Sequence[int]) -> None:
        for forgetting in (_FORGET_PLACES, _FORGET_LISTS) if lists else ():
            tell(self.connection, forgetting, tenant_=self.tenant, lists_=list_parameter(lists))

    def _medians(self, lists: Sequence[Any], chips: Sequence[int]) -> dict[str, Median]:
        by_order: dict[str, list[int]] = {}
        for one in lists:
            if one.sorting not in _BY_WORDS:
                by_order.setdefault(one.sorting, []).append(one.id)
        worked_out = {order: median_of_all(self, numbers, chips) for order, numbers in by_order.items()}
        return {order: median for order, median in worked_out.items() if median is not None}


def _kept(list_: Any, median: Median) -> dict[str, Any]:
    """A list's row, with its median."""
    return {
        "id": list_.id,
        "scope": list_.scope,
        "sorting": list_.sorting,
        "median": str(median.points),
        "of": median.of,
        "unread": int(median.is_at_least),
    }


@lru_cache(maxsize=4_096)
def _median(points: str, of: int, unread: int) -> Median:
    """As it was kept; every page of a board reads those of its columns."""
    return Median(points=Fraction(points), of=of, is_at_least=unread > 0)
