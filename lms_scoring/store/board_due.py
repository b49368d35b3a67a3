"""What a line of a board should be, beside what is stored of it, and what of it must be written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from lms_scoring.domain.board import (
    TOTAL,
    Chip,
    Line,
    by_criterion,
    line_fields,
    places,
)
from lms_scoring.domain.canonical import canonical
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.spelling import class_key

CHIPS = {
    Chip.NOT_KNOWN: 0,
    Chip.TO_CHECK: 1,
    Chip.PASSED: 2,
    Chip.WAITING_FOR_MARKING: 3,
    Chip.UNREACHABLE: 4,
    Chip.NOT_STARTED: 5,
    Chip.ONE_ITEM_SHORT: 6,
    Chip.FAR: 7,
    Chip.WITHDRAWN: 8,
}
"""The numbers by which the store knows chips; one that was given is never given to another."""
DISPUTED = 16
"""What is added to the number of a line's chip where a dispute about its card waits for an answer: so such
lines are counted, ordered and merged like any others, with no list of their own."""
_CHIP_OF = {number: chip for chip, number in CHIPS.items()}


def chip_of(number: int) -> Chip:
    """How somebody stands whose line has that number."""
    return _CHIP_OF[number % DISPUTED]


def is_disputed(number: int) -> bool:
    """Whether a dispute about the card of such a line waits for an answer."""
    return number >= DISPUTED


def numbers_of(chips: Iterable[Chip]) -> list[int]:
    """The numbers that lines of any of these chips can have."""
    wanted = set(chips)
    return [
        number + more
        for chip, number in CHIPS.items()
        for more in (0, DISPUTED)
        if chip in wanted or (more and Chip.DISPUTED in wanted)
    ]


class LineKey(NamedTuple):
    """Whose line it is, as the store has it."""

    person: str
    role: str
    class_: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLine:
    """A line that is stored."""

    id: int
    name: str
    name_key: bytes
    chip: int
    ordered: bytes
    body: str


@dataclass(frozen=True, kw_only=True)
class DueLine:
    """A line as it should be stored, with its places by order; `unread` are the orders in which it may be
    more than is known."""

    name: str
    name_key: bytes
    chip: int
    state: str
    body: str
    places: Mapping[str, bytes]
    unread: frozenset[str]

    @cached_property
    def ordered(self) -> bytes:
        """What tells whether its places are those that are stored."""
        written = [f"{order} {place.hex()} {order in self.unread}" for order, place in self.places.items()]
        return hashlib.sha256("\n".join(sorted(written)).encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A line that is not as it should be: None before it is first stored, and when it is no more."""

    key: LineKey
    former: KeptLine | None
    line: DueLine | None

    @property
    def is_one(self) -> bool:
        """Whether anything of it is to be written."""
        if self.former is None or self.line is None:
            return not (self.former is None and self.line is None)
        return self.moves or (self.former.name, self.former.body) != (self.line.name, self.line.body)

    @property
    def moves(self) -> bool:
        """Whether it is counted or ordered otherwise."""
        if self.former is None or self.line is None:
            return True
        return (self.former.chip, self.former.ordered) != (self.line.chip, self.line.ordered)

    @property
    def renames(self) -> bool:
        """Whether it is found by other terms."""
        return self.former is None or self.line is None or self.former.name != self.line.name


def due_line(card: Scorecard, line: Line, *, name_key: bytes, disputed: bool) -> DueLine:
    """What is to be stored of a line; `disputed`: a dispute about the card waits for an answer."""
    unread = {by_criterion(one.id) for one in card.criteria if one.is_at_least}
    return DueLine(
        name=line.name,
        name_key=name_key,
        chip=CHIPS[line.chip] + (DISPUTED if disputed else 0),
        state=line.told.value,
        body=canonical(line_fields(line)).decode(),
        places=places(card, line, name=name_key, class_=class_key(line.class_)),
        unread=frozenset(unread | ({TOTAL} if card.is_at_least else set())),
    )
