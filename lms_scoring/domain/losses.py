"""Losses: how much may vanish at a source at once before somebody must confirm that it was really deleted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class LossState(StrEnum):
    """What became of a loss that was held."""

    WAITING = "waiting"
    """Nobody has said yet whether it was really deleted; all of it counts."""
    REFUSED = "refused"
    """Somebody signed that it was not deleted: all of it counts, until it is listed again."""
    CONFIRMED = "confirmed"
    """Somebody signed that it was really deleted."""
    OVER = "over"
    """It is listed again, or so little is missing by now that nobody need be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LossRules:
    """More than this share at once is held, from so many records on; all there is, from two on."""

    share: Fraction = Fraction(1, 5)
    at_least: int = 10

    def holds(self, missing: int, of: int) -> bool:
        """Whether so many of so many are too many to be taken for deleted by themselves."""
        return missing >= self.at_least and missing > self.share * of


USUAL_LOSSES = LossRules()
