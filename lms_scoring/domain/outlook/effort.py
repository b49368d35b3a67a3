"""Effort: the weighing by which ways are ordered, the cheapest first. Nothing is scored by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lms_scoring.domain.evidence import Grade
from lms_scoring.domain.instants import MINUTE
from lms_scoring.domain.rules.deeds import Deed, DeedKind, Deeds

_MINUTES_EACH = {
    DeedKind.STUDY: 1,
    DeedKind.HOMEWORK: 120,
    DeedKind.GET_MARKED: 0,
    DeedKind.JOURNAL: 60,
    DeedKind.TOPICS: 15,
    DeedKind.REPLIES: 10,
    DeedKind.BULLETINS: 60,
    DeedKind.MARK: 15,
    DeedKind.RECOMMEND: 10,
}
_FOR_THE_MARK = {Grade.FAIL: 0, Grade.PASS: 0, Grade.GOOD: 60, Grade.EXCELLENT: 150}


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """About how many minutes a unit of each kind takes, and how many more a hand-in for its mark.

    A post that the programme does not even ask for weighs `unasked` times as much, where it asks for any.
    """

    each: Mapping[DeedKind, int] = field(default_factory=lambda: _MINUTES_EACH)
    for_the_mark: Mapping[Grade, int] = field(default_factory=lambda: _FOR_THE_MARK)
    unasked: int = 2

    def of(self, deeds: Deeds, *, asked: Mapping[DeedKind, int]) -> int:
        """The weight of all the deeds together; `asked` is how many more of a kind are asked for."""
        return sum(self._of(kind, deed, asked.get(kind)) for kind, deed in deeds.items())

    def _of(self, kind: DeedKind, deed: Deed, asked: int | None) -> int:
        each = self.each[kind]
        if deed.grade is not None:
            each += self.for_the_mark[deed.grade]
        units = units_of(kind, deed)
        if asked is not None and units > asked:
            units = asked + (units - asked) * self.unasked
        return units * each


def units_of(kind: DeedKind, deed: Deed) -> int:
    """The amount in whole units: of study the minutes, a begun one as a whole."""
    return -(-deed.amount // MINUTE) if kind is DeedKind.STUDY else deed.amount
