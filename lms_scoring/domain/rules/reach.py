"""Reach: between which points a criterion lies once what could not be read is, whatever it turns out to be.

What cannot be read is anything of its person in its activity that the settings of the rule allow: one record
or several beside those that are known, or the mark of one that has none. What was read stays what it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The fewest and the most points. `is_met`: a reading makes the most; else ever more records only come
    close to it, as a mean of attempts does."""

    least: Fraction
    most: Fraction
    is_met: bool = True

    @classmethod
    def exactly(cls, points: Fraction) -> Self:
        """Nothing changes the points."""
        return cls(least=points, most=points)

    @property
    def is_open(self) -> bool:
        """Whether reading could change the points."""
        return self.least < self.most


def widest(reaches: Iterable[Reach]) -> Reach:
    """What any of them allows; there is one at least."""
    found = list(reaches)
    top = max(found, key=lambda one: (one.most, one.is_met))
    return Reach(least=min(one.least for one in found), most=top.most, is_met=top.is_met)
