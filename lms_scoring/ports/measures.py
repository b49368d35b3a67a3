"""Measures as they are kept with cards, and what other rules would make of them, or do once adopted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.foretold import Foretold
from lms_scoring.domain.measures import BulkRules, CardMeasures
from lms_scoring.domain.scorecard import CardState
from lms_scoring.ports.boards import BoardPart


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeseenCard:
    """What other rules would make of a latest card, as far as its measures say it.

    `total` and `could_become` are numerators over the other plan's denominator; `changed`: the total would
    be another.
    """

    person: str
    role: Role
    class_: str | None
    total: int
    could_become: int
    changed: bool


class Measures(Protocol):
    """The part of a transaction about measures."""

    def keep_measures(self, course: str, cards: Sequence[CardMeasures]) -> None:
        """In place of what was kept of these cards."""

    def foreseen(self, course: str, before: BulkRules, after: BulkRules) -> Iterable[ForeseenCard]:
        """Of every card that was measured last for the rules before, and whose measures say what the rules
        after need, in no order; nothing where no database holds the totals. To be read once."""

    def measured_cards(self, course: str) -> int:
        """How many cards of the course are measured; 0 where any of them is not."""

    def foretell(
        self,
        course: str,
        changes: Sequence[tuple[BulkRules, BulkRules]],
        *,
        due: Collection[str],
        is_open: bool,
    ) -> None:
        """Of every card of these roles, by the rules before and after: it is awaited from now on, and so much
        its measures say of it. Of persons who are `due` to be scored anyway, and of cards whose measures do
        not say it, it is only awaited. `is_open`: the window is. Grades of whom a card is awaited are held
        back: the result is not known any more.

        What was foretold of the course before is forgotten.
        """

    def foretold(
        self, course: str, rules: BulkRules, *, persons: Collection[str]
    ) -> Mapping[tuple[str, str | None], Foretold | None]:
        """The awaited cards of these persons in the role of the rules, which are those adopted last: what is
        foretold of each, by person and class."""

    def foretold_counts(self, part: BoardPart) -> Mapping[CardState | None, int]:
        """How many cards are awaited, by the state that is foretold; None: nothing is. States of nobody are
        left out."""
