"""Scoreboards out: pages of lines, and what is counted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import exists, select, true

from lms_scoring.domain.board import (
    NAME,
    TAKING_PART,
    Chip,
    Line,
    LineBody,
    read_line,
)
from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.outlook import Standing, told_standing
from lms_scoring.domain.scorecard_json import card_of
from lms_scoring.ports import BoardAsk, BoardCards, BoardLines, BoardPart, CardRow
from lms_scoring.spelling import class_order, folded
from lms_scoring.store import tables
from lms_scoring.store.boards.asking import searched, walked
from lms_scoring.store.boards.line_numbers import chip_of, is_disputed, picked
from lms_scoring.store.boards.lines import renew_lines
from lms_scoring.store.boards.parts import IN_BOARD, branches_of, counts_in, lists_in, scopes_in
from lms_scoring.store.databases.dialect import ask, kind_of, list_parameter, rows
from lms_scoring.store.tenant_connection import TenantConnection

_SCOPE, _COUNT = tables.board_scope, tables.board_count
_BODIES = msgspec.json.Decoder(list[LineBody], strict=False)
"""A page's bodies at once, straight into what they are. Not strict: 0 and 1 are written for no and yes."""
_ALL = 1 << 31
"""More lines than any board has."""
_SOMEBODY = exists().where(_COUNT.c.tenant == _SCOPE.c.tenant, _COUNT.c.scope == _SCOPE.c.id, _COUNT.c.n > 0)
_CLASSES = select(_SCOPE.c["class"]).where(*IN_BOARD, _SCOPE.c.whole != true(), _SOMEBODY)


class Boards(TenantConnection):
    """The part of a transaction that shows boards."""

    def board_classes(self, course: str, role: Role) -> Sequence[str | None]:
        """The classes that anybody has a line in, by number and name; None is that of no class, the last."""
        renew_lines(self)
        found = ask(self.connection, _CLASSES, tenant_=self.tenant, course_=course, role_=role.value)
        return sorted((class_ or None for (class_,) in found), key=class_order)

    def board_version(self, part: BoardPart) -> int:
        """Another number whenever a line of the part is another, or is no more; 0 where none ever was."""
        version = 0
        for scope in scopes_in(self, part):
            version ^= scope.version
        return version

    def board_counts(self, part: BoardPart) -> Mapping[Chip, int]:
        """How many lines have each chip; chips of nobody are left out."""
        counted: Counter[Chip] = Counter()
        for number, n in counts_in(self, [scope.id for scope in scopes_in(self, part)]).items():
            counted[chip_of(number)] += n
            if is_disputed(number):
                counted[Chip.DISPUTED] += n
        return {chip: counted[chip] for chip in Chip if chip in counted}

    def board_lines(self, part: BoardPart, asked: BoardAsk) -> BoardLines:
        """The lines asked for, in order."""
        found, how_many = self._asked(part, asked, cards=False)
        bodies = _BODIES.decode(f"[{','.join([row.body for row in found])}]")
        return BoardLines(lines=[*map(_line, found, bodies)], found=how_many)

    def board_cards(self, part: BoardPart, asked: BoardAsk) -> BoardCards:
        """The same with their whole cards."""
        found, how_many = self._asked(part, asked, cards=True)
        return BoardCards(rows=[_card_row(row) for row in found], found=how_many)

    def _asked(self, part: BoardPart, asked: BoardAsk, *, cards: bool) -> tuple[list[Any], int]:
        if asked.search:
            return self._searched(part, asked, cards=cards)
        return self._walked(part, asked, cards=cards)

    def _walked(self, part: BoardPart, asked: BoardAsk, *, cards: bool) -> tuple[list[Any], int]:
        """Along the lists: as many rows are read as are shown."""
        scopes = [scope.id for scope in scopes_in(self, part)]
        counts = counts_in(self, scopes)
        numbers = picked(counts, _chips(asked), asked.told)
        found = sum(counts[number] for number in numbers)
        lists = _of_order(lists_in(self, scopes), asked.order)
        if not lists or not numbers:
            return [], 0
        branches = branches_of(lists, numbers)
        wanted = found if asked.rows is None else asked.rows
        lines = rows(
            self.connection,
            walked(
                branches.number,
                backwards=asked.backwards,
                cards=cards,
                limited=kind_of(self.connection).merges_whole_lists,
            ),
            tenant_=self.tenant,
            first_=asked.first,
            rows_=wanted,
            most_=asked.first + wanted,
            **branches.parameters,
        )
        return lines, found

    def _searched(self, part: BoardPart, asked: BoardAsk, *, cards: bool) -> tuple[list[Any], int]:
        """By their terms: those that are found are put in order."""
        scopes = [scope.id for scope in scopes_in(self, part)]
        lists = _of_order(lists_in(self, scopes), asked.order)
        if not lists:
            return [], 0
        [whole] = scopes_in(self, _whole(part))
        wanted = folded(asked.search)
        lines = rows(
            self.connection,
            searched(backwards=asked.backwards, cards=cards),
            tenant_=self.tenant,
            scope_=whole.id,
            from_=wanted,
            to_=wanted + b"\xff",
            lists_=list_parameter(lists),
            chips_=list_parameter(picked(counts_in(self, scopes), _chips(asked), asked.told)),
            first_=asked.first,
            rows_=_ALL if asked.rows is None else asked.rows,
        )
        if lines or asked.first == 0:
            return lines, lines[0].found if lines else 0
        return [], self._searched(part, replace(asked, first=0, rows=1), cards=cards)[1]


def _chips(asked: BoardAsk) -> tuple[Chip, ...]:
    if asked.chip is not None:
        return (asked.chip,)
    return (*TAKING_PART, Chip.WITHDRAWN) if asked.withdrawn else TAKING_PART


def _whole(part: BoardPart) -> BoardPart:
    """Everybody, whose lists and terms have all lines in them."""
    return BoardPart(course=part.course, role=part.role)


def _of_order(lists: Sequence[Any], order: str) -> list[int]:
    """The numbers of the lists of an order; of a criterion that nobody has, names are the order."""
    of_order = [one.id for one in lists if one.sorting == order]
    return of_order or [one.id for one in lists if one.sorting == NAME]


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
