"""What a line of a board should be, beside what is stored of it, and what of it must be written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from lms_scoring.domain.board import TOTAL, Line, by_criterion, line_fields, places
from lms_scoring.domain.canonical import canonical
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.spelling import class_key
from lms_scoring.store.boards.line_numbers import number_of


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
        chip=number_of(line.chip, line.told, disputed=disputed),
        body=canonical(line_fields(line)).decode(),
        places=places(card, line, name=name_key, class_=class_key(line.class_)),
        unread=frozenset(unread | ({TOTAL} if card.is_at_least else set())),
    )
