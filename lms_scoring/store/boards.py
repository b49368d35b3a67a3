"""Scoreboards out: pages of lines, what is counted, and medians."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, bindparam, case, delete, func, select, true, update

from lms_scoring.domain.board import (
    CLASS,
    NAME,
    STANDING,
    STATE,
    TAKING_PART,
    WITHOUT,
    Chip,
    Line,
    LineBody,
    Median,
    median_of,
    read_line,
)
from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.outlook import Standing, told_standing
from lms_scoring.domain.scorecard_json import card_of
from lms_scoring.ports import BoardAsk, BoardCards, BoardLines, BoardPart, CardRow
from lms_scoring.spelling import class_key, folded
from lms_scoring.store import tables
from lms_scoring.store.board_asking import PLACES, Sieve, middle, sifted, sifted_count, sifted_lines, walked
from lms_scoring.store.board_due import chip_of, is_disputed, numbers_of
from lms_scoring.store.board_lines import renew_lines
from lms_scoring.store.dialect import ask, kind_of, list_parameter, listed_later, rows, tell
from lms_scoring.store.tables.metadata import NOTHING
from lms_scoring.store.tenant_connection import TENANT, TenantConnection

_SCOPE, _LIST, _COUNT, _PLACE = tables.board_scope, tables.board_list, tables.board_count, tables.board_place
_BODIES = msgspec.json.Decoder(list[LineBody], strict=False)
"""A page's bodies at once, straight into what they are. Not strict: 0 and 1 are written for no and yes."""
_BY_WORDS = (NAME, CLASS, STATE, STANDING)
_ENROLLED = frozenset(numbers_of(TAKING_PART))
"""The numbers of the chips of who takes part."""
_IN_BOARD = (
    _SCOPE.c.tenant == TENANT,
    _SCOPE.c.course == bindparam("course_"),
    _SCOPE.c.role == bindparam("role_"),
)
_CLASSES = (
    select(_SCOPE.c["class"])
    .join(_COUNT, (_COUNT.c.tenant == _SCOPE.c.tenant) & (_COUNT.c.scope == _SCOPE.c.id))
    .where(*_IN_BOARD, _SCOPE.c.whole != true())
    .group_by(_SCOPE.c["class"])
    .having(func.sum(_COUNT.c.n) > 0)
)
_SCOPES = select(_SCOPE.c.id, _SCOPE.c.version, _SCOPE.c.settled).where(*_IN_BOARD).order_by(_SCOPE.c.id)
_WHOLE = _SCOPES.where(_SCOPE.c.whole == true())
_OF_CLASSES = _SCOPES.where(_SCOPE.c.whole != true(), _SCOPE.c["class"].in_(listed_later("classes_")))
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


class Boards(TenantConnection):
    """The part of a transaction that shows boards."""

    def board_classes(self, course: str, role: Role) -> Sequence[str | None]:
        """The classes that anybody has a line in, by number and name; None is that of no class, the last."""
        renew_lines(self)
        found = ask(self.connection, _CLASSES, tenant_=self.tenant, course_=course, role_=role.value)
        return sorted((class_ or None for (class_,) in found), key=class_key)

    def board_version(self, part: BoardPart) -> int:
        """Another number whenever a line of the part is another, or is no more; 0 where none ever was."""
        version = 0
        for scope in self._scopes(part):
            version ^= scope.version
        return version

    def board_counts(self, part: BoardPart) -> Mapping[Chip, int]:
        """How many lines have each chip; chips of nobody are left out."""
        counted: Counter[Chip] = Counter()
        for number, n in self._counts([scope.id for scope in self._scopes(part)]).items():
            counted[chip_of(number)] += n
            if is_disputed(number):
                counted[Chip.DISPUTED] += n
        return {chip: counted[chip] for chip in Chip if chip in counted}

    def board_medians(self, part: BoardPart) -> Mapping[str, Median]:
        """Of who takes part, by the order: the total, and each criterion that anybody has on the card."""
        scopes = self._scopes(part)
        numbers = [scope.id for scope in scopes]
        lists = self._lists(numbers)
        if len(scopes) == 1 and scopes[0].settled:
            return {one.sorting: _median(one) for one in lists if one.median is not None}
        return self._medians(lists, self._chips(numbers, TAKING_PART))

    def found_medians(self, part: BoardPart, asked: BoardAsk) -> Mapping[str, Median]:
        """The same of those among all lines that are asked for, whichever page of them."""
        scopes = [scope.id for scope in self._scopes(_whole(part))]
        lists = {one.id: one.sorting for one in self._lists(scopes) if one.sorting not in _BY_WORDS}
        if not lists:
            return {}
        sieve, let = self._sieve(part, asked, scopes)
        let["chips_"] = list_parameter(_ENROLLED.intersection(numbers_of(_chips(asked))))
        lines = list_parameter(line for (line,) in ask(self.connection, sifted_lines(sieve), **let))
        among = {"lines_": lines, "lists_": list_parameter(lists), "without_": WITHOUT}
        places: dict[str, list[tuple[bytes, bool]]] = {}
        for list_, place, unread in ask(self.connection, PLACES, tenant_=self.tenant, **among):
            places.setdefault(lists[list_], []).append((bytes(place), bool(unread)))
        return {order: _median_among(found) for order, found in places.items()}

    def board_lines(self, part: BoardPart, asked: BoardAsk) -> BoardLines:
        """The lines asked for, in order."""
        found, how_many = self._asked(part, asked, cards=False)
        bodies = _BODIES.decode(f"[{','.join([row.body for row in found])}]")
        return BoardLines(lines=[*map(_line, found, bodies)], found=how_many)

    def board_cards(self, part: BoardPart, asked: BoardAsk) -> BoardCards:
        """The same with their whole cards."""
        found, how_many = self._asked(part, asked, cards=True)
        return BoardCards(rows=[_card_row(row) for row in found], found=how_many)

    def settle_boards(self, course: str) -> None:
        """Works the medians out again, as far as they are not those of the lines any more, and keeps them.

        The list of a criterion that no card has any more is given up.
        """
        renew_lines(self)
        for (scope,) in ask(self.connection, _UNSETTLED, tenant_=self.tenant, course_=course):
            lists = self._lists([scope])
            medians = self._medians(lists, self._chips([scope], TAKING_PART))
            for one in lists:
                if one.sorting not in _BY_WORDS:
                    self._keep_median(one.id, medians.get(one.sorting))
            tell(self.connection, _SETTLED, tenant_=self.tenant, scope_=scope)

    def _scopes(self, part: BoardPart) -> list[Any]:
        renew_lines(self)
        board = {"tenant_": self.tenant, "course_": part.course, "role_": part.role.value}
        if part.classes is None:
            return rows(self.connection, _WHOLE, **board)
        return rows(self.connection, _OF_CLASSES, **board, classes_=_classes(part))

    def _counts(self, scopes: Sequence[int]) -> dict[int, int]:
        """How many lines have each number of a chip."""
        found = ask(self.connection, _COUNTS, tenant_=self.tenant, scopes_=list_parameter(scopes))
        return {chip: int(n) for chip, n in found if n > 0}

    def _chips(self, scopes: Sequence[int], chips: Iterable[Chip]) -> list[int]:
        """Those of the chips' numbers that lines of these scopes have."""
        counts = self._counts(scopes)
        return [number for number in numbers_of(chips) if number in counts]

    def _lists(self, scopes: Sequence[int]) -> list[Any]:
        return rows(self.connection, _LISTS, tenant_=self.tenant, scopes_=list_parameter(scopes))

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
        branches = _branches(lists, chips)
        first, last = (of - 1) // 2, of // 2
        places = ask(
            self.connection,
            middle(len(branches) // 2),
            tenant_=self.tenant,
            first_=first,
            rows_=last - first + 1,
            most_=last + 1,
            **branches,
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

    def _asked(self, part: BoardPart, asked: BoardAsk, *, cards: bool) -> tuple[list[Any], int]:
        if asked.search or asked.told:
            return self._sifted(part, asked, cards=cards)
        return self._walked(part, asked, cards=cards)

    def _walked(self, part: BoardPart, asked: BoardAsk, *, cards: bool) -> tuple[list[Any], int]:
        """Along the lists: as many rows are read as are shown."""
        scopes = [scope.id for scope in self._scopes(part)]
        counts = self._counts(scopes)
        chips = [number for number in numbers_of(_chips(asked)) if number in counts]
        found = sum(counts[chip] for chip in chips)
        lists = _of_order(self._lists(scopes), asked.order)
        branches = _branches(lists, chips)
        if not branches:
            return [], 0
        wanted = found if asked.rows is None else asked.rows
        lines = rows(
            self.connection,
            walked(
                len(branches) // 2,
                backwards=asked.backwards,
                cards=cards,
                limited=kind_of(self.connection).merges_whole_lists,
            ),
            tenant_=self.tenant,
            first_=asked.first,
            rows_=wanted,
            most_=asked.first + wanted,
            **branches,
        )
        return lines, found

    def _sifted(self, part: BoardPart, asked: BoardAsk, *, cards: bool) -> tuple[list[Any], int]:
        """Through a sieve: those that it lets through are read, and put in order."""
        scopes = [scope.id for scope in self._scopes(_whole(part))]
        lists = _of_order(self._lists(scopes), asked.order)
        if not lists:
            return [], 0
        sieve, let = self._sieve(part, asked, scopes)
        [(found,)] = ask(self.connection, sifted_count(sieve), **let)
        lines = rows(
            self.connection,
            sifted(sieve, backwards=asked.backwards, cards=cards),
            list_=lists[0],
            first_=asked.first,
            rows_=found if asked.rows is None else asked.rows,
            **let,
        )
        return lines, int(found)

    def _sieve(self, part: BoardPart, asked: BoardAsk, scopes: Sequence[int]) -> tuple[Sieve, dict[str, Any]]:
        """What lets the lines through that are asked for, and its parameters; `scopes`: that of everybody."""
        sieve = Sieve(part.classes is not None, bool(asked.told), bool(asked.search))
        let: dict[str, Any] = {"tenant_": self.tenant, "course_": part.course, "role_": part.role.value}
        let["chips_"] = list_parameter(numbers_of(_chips(asked)))
        if part.classes is not None:
            let["classes_"] = _classes(part)
        if asked.told:
            let["states_"] = list_parameter(sorted(one.value for one in asked.told))
        if asked.search:
            wanted = folded(asked.search)
            let |= {"scope_": scopes[0], "from_": wanted, "to_": wanted + b"\xff"}
        return sieve, let


def _chips(asked: BoardAsk) -> tuple[Chip, ...]:
    if asked.chip is not None:
        return (asked.chip,)
    return (*TAKING_PART, Chip.WITHDRAWN) if asked.withdrawn else TAKING_PART


def _whole(part: BoardPart) -> BoardPart:
    """Everybody, whose lists and terms have all lines in them."""
    return BoardPart(course=part.course, role=part.role)


def _classes(part: BoardPart) -> Any:
    return list_parameter(sorted(class_ or NOTHING for class_ in part.classes or ()))


def _of_order(lists: Sequence[Any], order: str) -> list[int]:
    """The numbers of the lists of an order; of a criterion that nobody has, names are the order."""
    of_order = [one.id for one in lists if one.sorting == order]
    return of_order or [one.id for one in lists if one.sorting == NAME]


def _branches(lists: Sequence[int], chips: Sequence[int]) -> dict[str, int]:
    pairs = [(list_, chip) for list_ in lists for chip in chips]
    numbered = {f"list_{place}": list_ for place, (list_, _) in enumerate(pairs)}
    return numbered | {f"chip_{place}": chip for place, (_, chip) in enumerate(pairs)}


def _median_among(places: list[tuple[bytes, bool]]) -> Median:
    """That of places, each with whether there may be more points."""
    places.sort()
    of = len(places)
    middle = [place for place, _ in places[(of - 1) // 2 : of // 2 + 1]]
    return median_of(middle, of=of, unread=sum(unread for _, unread in places))


def _median(row: Any) -> Median:
    return Median(points=Fraction(row.median), of=row.of, is_at_least=row.unread > 0)


def _line(row: Any, body: LineBody) -> Line:
    return read_line(
        body, person=row.person, class_=row.class_ or None, name=row.name, chip=chip_of(row.chip)
    )


def _card_row(row: Any) -> CardRow:
    withdrawn = chip_of(row.chip) is Chip.WITHDRAWN
    card = card_of({**json.loads(row.card), "as_of": row.as_of})
    standing = None if row.standing is None else Standing(row.standing)
    return CardRow(
        name=row.name,
        status=MembershipStatus.WITHDRAWN if withdrawn else MembershipStatus.ACTIVE,
        card=card,
        version=row.version,
        scored_at=row.scored_at,
        standing=told_standing(standing, card.state, disputed=is_disputed(row.chip)),
        missing=row.missing,
    )
