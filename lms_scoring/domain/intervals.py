"""Half-open intervals [start, end) of integers or rationals: union, clipping, length.

The union is commutative, associative and idempotent, so the order and repetition of evidence cannot
change a sum of time (xAPI facts, section 2.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

Number = TypeVar("Number", int, Fraction)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The instants in which evidence counts: [start, end)."""

    start: int
    end: int

    def holds(self, instant: int) -> bool:
        """Whether the instant lies inside."""
        return self.start <= instant < self.end


def union(intervals: Iterable[tuple[Number, Number]]) -> list[tuple[Number, Number]]:
    """The same points as disjoint intervals in order; empty intervals vanish."""
    merged: list[tuple[Number, Number]] = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def clip(start: int, end: int, *, low: int, high: int) -> tuple[int, int]:
    """The part of [start, end) inside [low, high); where there is none, an empty interval."""
    start, end = max(start, low), min(end, high)
    return (start, end) if start < end else (start, start)


def length(disjoint: Iterable[tuple[Number, Number]]) -> Number | int:
    """The sum of the lengths; exact for the disjoint intervals that `union` returns."""
    return sum(end - start for start, end in disjoint)
