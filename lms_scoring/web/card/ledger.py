"""A criterion's evidence as a ledger: day by day, with sums that are those of the card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import groupby
from zoneinfo import ZoneInfo

from lms_scoring.domain.instants import day_of, days_between
from lms_scoring.domain.intervals import Span, clip
from lms_scoring.domain.kept_findings import timed
from lms_scoring.domain.scorecard import Finding, Reason

SHORT = 12
"""Up to so many pieces of evidence stand open on the page; a longer ledger is folded by days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The evidence of one day of the programme's zone; `at` is any instant of it (None: day unknown).

    Of a span over midnight each day has its part.
    """

    at: int | None
    findings: Sequence[Finding]

    @property
    def points(self) -> Fraction:
        """What the day earned."""
        return points_of(self.findings)

    @property
    def amount(self) -> Fraction | None:
        """The time that counted; None where no time was measured."""
        return amount_of(self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """How much time did not count for one reason, in milliseconds."""

    reason: Reason
    duration: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """The ledger of a criterion of time, in milliseconds: what was recorded and what became of it."""

    recorded: int
    counted: Fraction
    left_out: Sequence[LeftOut]


def days(findings: Sequence[Finding], zone: ZoneInfo, *, counting: Span) -> list[Day]:
    """The findings by day, in the order of time; what has no time comes first, it wants a look.

    `counting` are the instants in which the card counts time: up to the window's end, or to its own instant.
    """
    parts = [part for finding in findings for part in _parts(finding, zone, counting)]
    return [
        Day(at=group[0].at, findings=group)
        for _, found in groupby(in_order(parts), key=lambda finding: _day(finding, zone))
        if (group := list(found))
    ]


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in the order of time, what has no time first."""
    return sorted(findings, key=lambda finding: -1 if finding.at is None else finding.at)


def points_of(findings: Iterable[Finding]) -> Fraction:
    """The sum of the parts."""
    return sum((finding.points for finding in findings), Fraction(0))


def amount_of(findings: Iterable[Finding]) -> Fraction | None:
    """The time that counted; None where no time was measured."""
    amounts = [finding.amount for finding in findings if finding.amount is not None]
    return sum(amounts, Fraction(0)) if amounts else None


def time_of(findings: Sequence[Finding]) -> Time | None:
    """What became of recorded time; None where nothing recorded any."""
    if not (times := timed(findings)):
        return None
    missing: dict[Reason, Fraction | int] = {}
    for one in times:
        if one.reason is not None and one.amount is not None and one.of > one.amount:
            missing[one.reason] = missing.get(one.reason, 0) + one.of - one.amount
    ordered = sorted(missing.items(), key=lambda item: (-item[1], item[0]))
    return Time(
        recorded=sum(one.of for one in times),
        counted=Fraction(sum(one.amount for one in times if one.amount is not None)),
        left_out=[LeftOut(reason=reason, duration=Fraction(duration)) for reason, duration in ordered],
    )


def _parts(finding: Finding, zone: ZoneInfo, counting: Span) -> Iterator[Finding]:
    """A span of watching day by day; anything else as it is: nobody knows when reported time was spent.

    What counted of a span lies in `credited`, evenly; its points go with it.
    """
    at, of, amount = finding.at, finding.of, finding.amount
    if finding.kind != "watch" or at is None or of is None or amount is None:
        yield finding
        return
    pieces = list(days_between(at, at + of, zone))
    if len(pieces) < 2:
        yield finding
        return
    first, last = credited(at, at + of, amount, finding.reason, counting)
    for _, start, end in pieces:
        low, high = clip(start, end, low=first, high=last)
        share = Fraction(high - low, last - first)
        yield replace(finding, at=start, of=end - start, amount=amount * share, points=finding.points * share)


def credited(
    start: int, end: int, amount: Fraction, reason: Reason | None, counting: Span
) -> tuple[int, int]:
    """Where in the span the counted time lies: inside the window, and after what it overlaps.

    The whole span where the card was scored by another window.
    """
    low, high = clip(start, end, low=counting.start, high=counting.end)
    if low == high:
        return start, end
    if reason is Reason.OVERLAPS and 0 < amount < high - low:
        return int(high - amount), high
    return low, high


def _day(finding: Finding, zone: ZoneInfo) -> date | None:
    return None if finding.at is None else day_of(finding.at, zone)
