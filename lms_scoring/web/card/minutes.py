"""Minutes a day: the study time that counted, day by day, for a small chart beside what is advised.

The sums are those of the ledger's days (`ledger.py`), made without opening the ledger: a page that shows
the chart reads no finding whole.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

from lms_scoring.domain.figures import cut_percent
from lms_scoring.domain.instants import MINUTE, days_between
from lms_scoring.domain.intervals import Span, clip
from lms_scoring.domain.kept_findings import Timed, timed
from lms_scoring.domain.scorecard import Finding
from lms_scoring.web.card.ledger import credited

_HEAD_ROOM = Fraction(11, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyDay:
    """A day of the window that has begun, by its first instant, and the milliseconds that counted on it."""

    at: int
    counted: Fraction | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A day of the chart, in percent of its width and height from the left and the top."""

    enough: bool
    left: str
    top: str
    tall: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """Every day from the window's first to its last, or to that of the card; `advised` in milliseconds.

    `undated` counted too, but of none of these days: nobody knows when it was studied.
    """

    days: Sequence[StudyDay]
    undated: Fraction | int
    advised: int | None

    @property
    def most(self) -> Fraction:
        """What counted on the day with most."""
        return Fraction(max((day.counted for day in self.days), default=0))

    @property
    def counted(self) -> Fraction:
        """All that counted; the study time."""
        return Fraction(sum(day.counted for day in self.days) + self.undated)

    @property
    def studied(self) -> Sequence[StudyDay]:
        """The days on which anything counted."""
        return [day for day in self.days if day.counted > 0]

    @property
    def enough(self) -> int:
        """On how many days as much counted as is advised."""
        return sum(self.is_enough(day) for day in self.days)

    @property
    def top(self) -> Fraction:
        """What the chart's height stands for; never 0."""
        return max(self.most, Fraction(self.advised or MINUTE)) * _HEAD_ROOM

    def bars(self) -> Sequence[Bar]:
        """The days on which anything counted, as they are drawn. A template that asks for each of their
        numbers takes ten times as long."""
        top, days = self.top, len(self.days)
        return [
            Bar(
                enough=self.is_enough(day),
                left=cut_percent(place, days),
                top=cut_percent(top - day.counted, top),
                tall=cut_percent(day.counted, top),
            )
            for place, day in enumerate(self.days)
            if day.counted > 0
        ]

    def is_enough(self, day: StudyDay) -> bool:
        """Whether as much counted as is advised; anything, where nothing is."""
        return day.counted > 0 and day.counted >= (self.advised or 0)


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
        for at, amount in _dated(one, starts, zone, counting):
            if at is None or not counting.start <= at < counting.end:
                undated += amount
            else:
                sums[bisect_right(starts, at) - 1] += amount
    return Minutes(
        days=[StudyDay(at=at, counted=counted) for at, counted in zip(starts, sums, strict=True)],
        undated=undated,
        advised=None if daily is None else daily * MINUTE,
    )


@lru_cache(maxsize=64)
def _starts(counting: Span, zone: ZoneInfo) -> tuple[int, ...]:
    """The first instants of the days; everybody of a programme whose window is over has the same."""
    return tuple(start for _, start, _ in days_between(counting.start, counting.end, zone))


def _dated(
    one: Timed, starts: Sequence[int], zone: ZoneInfo, counting: Span
) -> Iterator[tuple[int | None, Fraction | int]]:
    """What counted, with an instant of the day that it falls on; of a span over midnight each part."""
    if one.amount is None or one.amount == 0:
        return
    if one.at is None or one.kind != "watch" or _is_of_one_day(one.at, one.at + one.of, starts):
        yield one.at, one.amount
        return
    first, last = credited(one.at, one.at + one.of, Fraction(one.amount), one.reason, counting)
    for _, start, end in days_between(one.at, one.at + one.of, zone):
        low, high = clip(start, end, low=first, high=last)
        yield max(start, low), one.amount * Fraction(high - low, last - first)


def _is_of_one_day(start: int, end: int, starts: Sequence[int]) -> bool:
    place = bisect_right(starts, start)
    return place > 0 and (place < len(starts) and end <= starts[place])
