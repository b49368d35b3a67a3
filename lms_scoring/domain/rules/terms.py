"""Terms: how measures become points, in integers, for one card or a million."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms_scoring.domain.rules.rule import Measure, common_denominator


@dataclass(frozen=True, slots=True)
class CappedShare:
    """`most` points for `full` of a measure, less in proportion."""

    full: int
    most: Fraction

    @property
    def denominator(self) -> int:
        return self.full * self.most.denominator

    def column(self, measures: Sequence[Sequence[Measure]]) -> list[Measure]:
        full, factor = self.full, self.most.numerator
        top = full * factor
        (amounts,) = measures
        return [amount * factor if amount < full else top for amount in amounts]


@dataclass(frozen=True, slots=True)
class Counted:
    """So many points each, every kind under its own cap (None: none), together at most `most`."""

    values: tuple[Fraction, ...]
    caps: tuple[Fraction | None, ...]
    most: Fraction

    @property
    def denominator(self) -> int:
        return common_denominator(*self.values, *(cap for cap in self.caps if cap is not None), self.most)

    def column(self, measures: Sequence[Sequence[Measure]]) -> list[Measure]:
        unit = self.denominator
        top = int(self.most * unit)
        parts = []
        for counts, value, cap in zip(measures, self.values, self.caps, strict=True):
            worth = int(value * unit)
            part = [count * worth for count in counts] if worth != 1 else counts
            parts.append(part if cap is None else [min(points, int(cap * unit)) for points in part])
        sums = parts[0] if len(parts) == 1 else [sum(row) for row in zip(*parts, strict=True)]
        return [points if points < top else top for points in sums]


@dataclass(frozen=True, slots=True)
class Granted:
    """The measure is the points themselves, in `unit`s of a point, at most `most`."""

    unit: int
    most: Fraction

    @property
    def denominator(self) -> int:
        return self.unit * self.most.denominator

    def column(self, measures: Sequence[Sequence[Measure]]) -> list[Measure]:
        (granted,) = measures
        factor, top = self.most.denominator, self.most.numerator * self.unit
        return [min(points * factor, top) for points in granted]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """`most` points from `needed` on, none below."""

    needed: int
    most: Fraction

    @property
    def denominator(self) -> int:
        return self.most.denominator

    def column(self, measures: Sequence[Sequence[Measure]]) -> list[Measure]:
        (counts,) = measures
        needed, top = self.needed, self.most.numerator
        return [top if count >= needed else 0 for count in counts]


@dataclass(frozen=True, slots=True)
class Complete:
    """`most` points when everything of something is done; nothing to do is nothing done."""

    most: Fraction

    @property
    def denominator(self) -> int:
        return self.most.denominator

    def column(self, measures: Sequence[Sequence[Measure]]) -> list[Measure]:
        due, done = measures
        top = self.most.numerator
        return [top if count >= of > 0 else 0 for of, count in zip(due, done, strict=True)]
