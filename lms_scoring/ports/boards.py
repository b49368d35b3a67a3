"""Scoreboards as they are kept: every card's line, counted and in every order.

So a page of a board costs the same whether the course has fifty people or twenty thousand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lms_scoring.domain.board import TOTAL, Chip, Line, Median
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.outlook import ToldState
from lms_scoring.ports.cards import CardRow


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPart:
    """Whose lines are meant: everybody's of a role in a course, or of some classes (None: of no class)."""

    course: str
    role: Role
    classes: frozenset[str | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardAsk:
    """Which of these lines, in which order.

    A former place is no line: a card is on a board as long as a membership, be it withdrawn, is its own.
    """

    chip: Chip | None = None
    """Only these; None: all who take part. Whoever is disputed may have withdrawn."""
    withdrawn: bool = False
    """With `chip` None: who withdrew as well."""
    told: frozenset[ToldState] = frozenset()
    """Only results that are told as one of these; empty: any."""
    search: str = ""
    """What a word of the name, its pinyin or their initials, or the id begins with."""
    order: str = TOTAL
    """As `domain.board` names orders: points from the most, words from the first, equal ones by name."""
    backwards: bool = False
    """The same from the last one on."""
    first: int = 0
    """How many lines of the order are passed over."""
    rows: int | None = None
    """How many are wanted at most; None: all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLines:
    """Some lines of a board, and how many there are in all."""

    lines: Sequence[Line]
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardCards:
    """The same lines with their whole cards, without findings."""

    rows: Sequence[CardRow]
    found: int


class Boards(Protocol):
    """Shows boards. Whoever keeps cards, names, memberships and disputes keeps their lines, in the same
    transaction."""

    def board_classes(self, course: str, role: Role) -> Sequence[str | None]:
        """The classes that anybody has a line in, by number and name; None is that of no class, the last."""

    def board_version(self, part: BoardPart) -> int:
        """Another number whenever a line of the part is another, or is no more; 0 where none ever was."""

    def board_counts(self, part: BoardPart) -> Mapping[Chip, int]:
        """How many lines have each chip; chips of nobody are left out. A line that is disputed has two."""

    def board_medians(self, part: BoardPart) -> Mapping[str, Median]:
        """Of who takes part, by the order: the total, and each criterion that anybody has on the card."""

    def board_lines(self, part: BoardPart, asked: BoardAsk) -> BoardLines: ...

    def board_cards(self, part: BoardPart, asked: BoardAsk) -> BoardCards: ...

    def settle_boards(self, course: str) -> None:
        """Works the medians out again, as far as they are not those of the lines any more, and keeps them.

        To be called when a course has been scored; until then a board works them out whenever it is shown.
        """
