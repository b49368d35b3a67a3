"""Minutes a day: the study time that counted, day by day, for a small chart beside what is advised.

The sums are those of the ledger's days (`ledger.py`), made without opening the ledger: a page that shows
the chart reads no finding whole.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from lms_scoring.domain.instants import MINUTE, days_between
from lms_scoring.domain.intervals import Span, clip
from lms_scoring.domain.kept_findings import Timed, timed
from lms_scoring.domain.scorecard import Finding
from lms_scoring.web.card.ledger import credited

_HEAD_ROOM = Fraction(11, 10)
_HEIGHT, _WIDTH = 10_000, 5
"""What the chart is high, and each day is wide, in the chart's own units."""
_BAR = 4
"""How much of a day's width its bar takes."""


class StudyDay(NamedTuple):
    """A day of the window that has begun, by its first instant, and the milliseconds that counted on it."""

    at: int
    counted: Fraction | int


@dataclass(frozen=True, kw_only=True)
class Minutes:
    """Every day from the window's first to its last, or to that of the card; `advised` in milliseconds.

    `undated` counted too, but of none of these days: nobody knows when it was studied.
    """

    days: Sequence[StudyDay]
    undated: Fraction | int
    advised: int | None

    @cached_property
    def most(self) -> Fraction:
        """What counted on the day with most."""
        return Fraction(max((day.counted for day in self.studied), default=0))

    @property
    def counted(self) -> Fraction:
        """All that counted; the study time."""
        return Fraction(sum(day.counted for day in self.days) + self.undated)

    @cached_property
    def studied(self) -> Sequence[StudyDay]:
        """The days on which anything counted."""
        return [day for day in self.days if day.counted > 0]

    @property
    def enough(self) -> int:
        """On how many days as much counted as is advised."""
        return sum(self.is_enough(day) for day in self.studied)

    @cached_property
    def top(self) -> Fraction:
        """What the chart's height stands for; never 0."""
        return max(self.most, Fraction(self.advised or MINUTE)) * _HEAD_ROOM

    @property
    def box(self) -> str:
        """The units in which the bars are drawn, as SVG names them."""
        return f"0 0 {len(self.days) * _WIDTH} {_HEIGHT}"

    def drawn(self, *, enough: bool) -> str:
        """The bars of the days with enough, or of the others with any, as one path of SVG: each stands on the
        ground at the place of its day. A drawing of its own for each bar was a tenth of the page."""
        bars = [
            f"M{place * _WIDTH} {_HEIGHT}V{self._from_top(day)}h{_BAR}V{_HEIGHT}z"
            for place, day in enumerate(self.days)
            if day.counted > 0 and self.is_enough(day) is enough
        ]
        return "".join(bars)

    def is_enough(self, day: StudyDay) -> bool:
        """Whether as much counted as is advised; anything, where nothing is."""
        return day.counted > 0 and day.counted >= (self.advised or 0)

    def _from_top(self, day: StudyDay) -> int:
        """Where its bar ends, cut so that less than the advised never reaches the line of the advice."""
        top, counted = self.top, day.counted
        share = _HEIGHT * counted.numerator * top.denominator // (counted.denominator * top.numerator)
        return _HEIGHT - share


def minutes_of(
    findings: Sequence[Finding], zone: ZoneInfo, *, counting: Span, daily: int | None
) -> Minutes | None:
    """The days of a criterion of study time; None before the window. `daily` is advised, in minutes."""
    starts = _starts(counting, zone)
    if not starts:
        return None
    # Nearly all amounts are whole milliseconds, and whole numbers are added up ten times as fast.
    sums: list[Fraction | int] = [0] * len(starts)
    undated: Fraction | int = 0
    for one in timed(findings):
        whole = _whole_day(one, starts, counting)
        if whole is not None and one.amount is not None:
            sums[whole] += one.amount
            continue
        for at, amount in _dated(one, zone, counting):
            if at is None or not counting.start <= at < counting.end:
                undated += amount
            else:
                sums[bisect_right(starts, at) - 1] += amount
    return Minutes(
        days=[*map(StudyDay, starts, sums)],
        undated=undated,
        advised=None if daily is None else daily * MINUTE,
    )


@lru_cache(maxsize=64)
def _starts(counting: Span, zone: ZoneInfo) -> tuple[int, ...]:
    """The first instants of the days; everybody of a programme whose window is over has the same."""
    return tuple(start for _, start, _ in days_between(counting.start, counting.end, zone))


def _whole_day(one: Timed, starts: Sequence[int], counting: Span) -> int | None:
    """The place of the day on which all of it falls; None where that is none, or it has several."""
    if one.at is None or one.at >= counting.end:
        return None
    after = bisect_right(starts, one.at)
    is_over = one.kind == "watch" and (after == len(starts) or one.at + one.of > starts[after])
    return None if after == 0 or is_over else after - 1


def _dated(one: Timed, zone: ZoneInfo, counting: Span) -> Iterator[tuple[int | None, Fraction | int]]:
    """What counted, with an instant of the day that it falls on; of a span over midnight each part."""
    if one.amount is None or one.amount == 0:
        return
    if one.at is None or one.kind != "watch":
        yield one.at, one.amount
        return
    first, last = credited(one.at, one.at + one.of, Fraction(one.amount), one.reason, counting)
    for _, start, end in days_between(one.at, one.at + one.of, zone):
        low, high = clip(start, end, low=first, high=last)
        yield max(start, low), one.amount * Fraction(high - low, last - first)
