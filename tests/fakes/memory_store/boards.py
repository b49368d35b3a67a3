"""Scoreboards of the memory store: made anew whenever they are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from statistics import median
from zlib import crc32

from lms_scoring.domain.board import (
    NAME,
    TAKING_PART,
    TOTAL,
    Chip,
    Line,
    Median,
    by_criterion,
    line_of,
    place_without,
    places,
)
from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.outlook import has_begun
from lms_scoring.domain.proceedings.dispute import contested_places
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.ports import BoardAsk, BoardCards, BoardLines, BoardPart, CardRow
from lms_scoring.spelling import class_key, class_order, folded, person_key, terms
from tests.fakes.memory_store.area import Area
from tests.fakes.memory_store.card_rows import latest_row
from tests.fakes.memory_store.roll import members_then


@dataclass(frozen=True, slots=True)
class Made:
    """A line, and what it was made of."""

    line: Line
    disputed: bool
    row: CardRow
    at: Mapping[str, bytes]

    @property
    def chips(self) -> Sequence[Chip]:
        return (self.line.chip, Chip.DISPUTED) if self.disputed else (self.line.chip,)

    def place(self, order: str) -> bytes:
        return self.at.get(order, place_without(self.at[NAME]))


class Boards(Area):
    """Boards out of cards, names and memberships."""

    def board_classes(self, course: str, role: Role) -> Sequence[str | None]:
        return sorted(
            {one.line.class_ for one in self._made(BoardPart(course=course, role=role))}, key=class_order
        )

    def board_version(self, part: BoardPart) -> int:
        made = [(one.line, one.disputed, sorted(one.at.items())) for one in self._made(part)]
        return crc32(repr(made).encode()) + 1 if made else 0

    def board_counts(self, part: BoardPart) -> Mapping[Chip, int]:
        counted = Counter(chip for one in self._made(part) for chip in one.chips)
        return {chip: counted[chip] for chip in Chip if chip in counted}

    def board_medians(self, part: BoardPart) -> Mapping[str, Median]:
        return _medians([one.row.card for one in self._made(part) if one.line.chip in TAKING_PART])

    def board_lines(self, part: BoardPart, asked: BoardAsk) -> BoardLines:
        found = self._ordered(part, asked)
        return BoardLines(lines=[one.line for one in _page(found, asked)], found=len(found))

    def board_cards(self, part: BoardPart, asked: BoardAsk) -> BoardCards:
        found = self._ordered(part, asked)
        return BoardCards(rows=[one.row for one in _page(found, asked)], found=len(found))

    def settle_boards(self, course: str) -> None:
        pass

    def _ordered(self, part: BoardPart, asked: BoardAsk) -> list[Made]:
        made = [*self._made(part)]
        found = [one for one in made if _fits(one, asked)]
        known = {order for one in made for order in one.at}
        order = asked.order if asked.order in known else NAME
        ordered = sorted(found, key=lambda one: one.place(order))
        return ordered[::-1] if asked.backwards else ordered

    def _made(self, part: BoardPart) -> Iterator[Made]:
        members = {(owner, m.role.value, m.class_) for owner, m in members_then(self.state, part.course)}
        for course, person, role, class_ in self.state.cards:
            if (course, role) != (part.course, part.role.value) or (person, role, class_) not in members:
                continue
            if part.classes is None or class_ in part.classes:
                row = latest_row(self.state, (course, person, role, class_))
                status = MembershipStatus(row.status)
                disputed = self._is_disputed(course, row.card)
                line = line_of(
                    row.card,
                    row.name,
                    status,
                    standing=row.standing,
                    missing=row.missing,
                    disputed=disputed,
                )
                if not line.shows_begun:
                    whole = self.state.cards[course, person, role, class_][-1].card
                    line = line._replace(only_begun=has_begun(whole))
                at = places(row.card, line, name=person_key(row.name, person), class_=class_key(class_))
                yield Made(line, disputed, replace(row, standing=line.standing), at)

    def _is_disputed(self, course: str, card: Scorecard) -> bool:
        places = [
            replace(m, person=owner) for owner, m in members_then(self.state, course) if owner == card.person
        ]
        waiting = [
            one
            for one in self.state.disputes.get(course, {}).values()
            if one.person == card.person and one.waits
        ]
        return (card.person, card.role, card.class_) in contested_places(waiting, places)


def _fits(one: Made, asked: BoardAsk) -> bool:
    line = one.line
    chips = (asked.chip,) if asked.chip else Chip if asked.withdrawn else TAKING_PART
    found = any(term.startswith(folded(asked.search)) for term in terms(line.name, line.person))
    picked = any(chip in chips for chip in one.chips) and (not asked.told or line.told in asked.told)
    return picked and (not asked.search or found)


def _page(found: list[Made], asked: BoardAsk) -> list[Made]:
    return found[asked.first :] if asked.rows is None else found[asked.first : asked.first + asked.rows]


def _medians(cards: Sequence[Scorecard]) -> dict[str, Median]:
    criteria = {result.id for card in cards for result in card.criteria}
    medians = {by_criterion(id_): _median(cards, id_) for id_ in criteria}
    return {TOTAL: _median(cards, None), **medians} if cards else {}


def _median(cards: Sequence[Scorecard], criterion: str | None) -> Median:
    points, unread = [], False
    for card in cards:
        if criterion is None:
            points.append(card.total)
            unread |= card.is_at_least
        for result in card.criteria:
            if result.id == criterion:
                points.append(result.points)
                unread |= result.is_at_least
    return Median(points=Fraction(median(points)), of=len(points), is_at_least=unread)
