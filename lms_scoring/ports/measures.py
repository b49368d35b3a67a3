"""Measures as they are kept with cards, and what other rules would make of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.measures import BulkRules, CardMeasures


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
