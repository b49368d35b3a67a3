"""Study time: how much of a learner's watching and of platforms' totals counts, and why the rest does not.

Readings of domain rule A1: the same minute in two tabs counts once (wall clock), or each second of
content once, or only what the platform itself reports. Reported totals count for activities without
spans, at most as long as the attempt lasted inside the window.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from lms_scoring.domain.dossier import Dossier
from lms_scoring.domain.evidence import Action, ReportedTime, Watch
from lms_scoring.domain.instants import HOUR, SECOND
from lms_scoring.domain.intervals import Span, clip, length, union
from lms_scoring.domain.scorecard import Finding, Reason, Verdict

IMPLAUSIBLE_FROM = 8 * HOUR
_REMARKS = frozenset({Reason.IMPLAUSIBLE, Reason.CONFIRMED_LONG})
"""What is remarked of time that may count in full."""


class Counting(StrEnum):
    """What a minute of study time is."""

    WALL_CLOCK = "wall_clock"
    UNIQUE_CONTENT = "unique_content"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True)
class _Counted:
    """How much of one record counted, in milliseconds."""

    record: Watch | ReportedTime
    amount: Fraction
    reason: Reason | None


def study_time(
    dossier: Dossier, *, window: Span, counting: Counting, reported_cap: int | None = None
) -> list[Finding]:
    """One finding a span and a reported total, in the order of time; the amounts add up to the study time.

    `reported_cap` (ms) limits one reported total; without it one of which very much counts is flagged, until
    a person confirms it by restoring it.
    """
    counted = [
        *_watched(dossier, window, counting),
        *_reported(dossier, window, counting, reported_cap),
    ]
    return [_finding(one) for one in counted]


def _watched(dossier: Dossier, window: Span, counting: Counting) -> Iterator[_Counted]:
    watches = sorted(dossier.watches, key=lambda watch: (watch.start, watch.end, watch.id))
    until = min(window.end, dossier.as_of)
    clock = _WallClock() if counting is Counting.WALL_CLOCK else _Content()
    for watch in watches:
        objection = dossier.decisions.objection(watch)
        if objection is None and counting is Counting.REPORTED:
            objection = Reason.NOT_REPORTED
        if objection is not None:
            yield _Counted(watch, Fraction(0), objection)
            continue
        start, end = clip(watch.start, watch.end, low=window.start, high=until)
        if end == start:
            empty = watch.start == watch.end and window.holds(watch.start)
            yield _Counted(watch, Fraction(0), None if empty else Reason.OUTSIDE_WINDOW)
            continue
        amount, reason = clock.credit(watch, start, end)
        if reason is None and end - start < watch.end - watch.start:
            reason = Reason.OUTSIDE_WINDOW
        yield _Counted(watch, amount, reason)


class _WallClock:
    """Credits each moment once, whatever was watched in it; spans come in the order of their start."""

    def __init__(self) -> None:
        self._covered: int | None = None

    def credit(self, watch: Watch, start: int, end: int) -> tuple[Fraction, Reason | None]:
        """The part of the span that no earlier span covers."""
        del watch
        begin = start if self._covered is None else max(start, self._covered)
        self._covered = end if self._covered is None else max(end, self._covered)
        new = max(0, end - begin)
        return Fraction(new), Reason.OVERLAPS if new < end - start else None


class _Content:
    """Credits each second of an activity's content once."""

    def __init__(self) -> None:
        self._seen: dict[str, list[tuple[Fraction, Fraction]]] = {}

    def credit(self, watch: Watch, start: int, end: int) -> tuple[Fraction, Reason | None]:
        """The content of the span's part [start, end) that was not seen before.

        Content is spread evenly over the span, so a cut of the span cuts the content in proportion.
        """
        if not watch.segments:
            return Fraction(0), Reason.UNREADABLE
        shown = list(_segments_between(watch, start, end))
        before = self._seen.get(watch.activity, [])
        after = union([*before, *shown])
        self._seen[watch.activity] = after
        new = Fraction(length(after)) - Fraction(length(before))
        watched = sum((end - begin for begin, end in shown), Fraction(0))
        return new, Reason.REWATCHED if new < watched else None


def _segments_between(watch: Watch, start: int, end: int) -> Iterator[tuple[Fraction, Fraction]]:
    whole = sum(to - begin for begin, to in watch.segments)
    pace = Fraction(whole, watch.end - watch.start)
    low, high = pace * (start - watch.start), pace * (end - watch.start)
    passed = Fraction(0)
    for begin, to in watch.segments:
        first, last = max(low, passed), min(high, passed + to - begin)
        if first < last:
            yield begin + first - passed, begin + last - passed
        passed += to - begin


def _reported(
    dossier: Dossier, window: Span, counting: Counting, reported_cap: int | None
) -> Iterator[_Counted]:
    watched = set(_with_spans(dossier, window))
    until = min(window.end, dossier.as_of + SECOND)
    for total in sorted(dossier.reported, key=lambda total: (total.started_at, total.id)):
        objection = dossier.decisions.objection(total)
        if objection is None and counting is not Counting.REPORTED and total.activity in watched:
            objection = Reason.SPANS_KNOWN
        if objection is not None:
            yield _Counted(total, Fraction(0), objection)
            continue
        start, end = clip(total.started_at, total.ended_at + SECOND, low=window.start, high=until)
        if start == end:
            yield _Counted(total, Fraction(0), Reason.OUTSIDE_WINDOW)
            continue
        amount = min(total.duration, end - start)
        reason = _cut_by(total, window) if amount < total.duration else None
        if reported_cap is not None and amount > reported_cap:
            amount, reason = reported_cap, Reason.OVER_CAP
        elif amount > IMPLAUSIBLE_FROM:
            if dossier.decisions.action(total) is Action.RESTORE:
                reason = reason or Reason.CONFIRMED_LONG
            else:
                reason = Reason.IMPLAUSIBLE if reason is None else Reason.IMPLAUSIBLE_CUT
        yield _Counted(total, Fraction(amount), reason)


def _cut_by(total: ReportedTime, window: Span) -> Reason:
    """What leaves less of a total than it says: an edge of the window, or that its attempt was shorter."""
    lasted = total.ended_at + SECOND - total.started_at
    start, end = clip(total.started_at, total.ended_at + SECOND, low=window.start, high=window.end)
    inside = end - start
    return Reason.OUTSIDE_WINDOW if inside < min(total.duration, lasted) else Reason.LONGER_THAN_SPAN


def _with_spans(dossier: Dossier, window: Span) -> Iterator[str]:
    """The activities with a span that lies in the window in part; one that tells no time tells nothing."""
    until = min(window.end, dossier.as_of)
    for watch in dossier.watches:
        start, end = clip(watch.start, watch.end, low=window.start, high=until)
        if start < end and dossier.decisions.objection(watch) is None:
            yield watch.activity


def _finding(one: _Counted) -> Finding:
    record = one.record
    if isinstance(record, Watch):
        kind, at, of = "watch", record.start, record.end - record.start
    else:
        kind, at, of = "reported_time", record.started_at, record.duration
    if one.amount == 0 and one.reason is not None:
        verdict = Verdict.REJECTED
    elif one.reason is None or (one.reason in _REMARKS and one.amount == of):
        verdict = Verdict.COUNTED
    else:
        verdict = Verdict.PARTLY
    return Finding(
        kind=kind,
        id=record.id,
        verdict=verdict,
        reason=one.reason,
        activity=record.activity,
        at=at,
        amount=one.amount,
        of=of,
    )
