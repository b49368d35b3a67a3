"""Capped proportion: points in proportion to study time, all of them from a set number of minutes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import ClassVar

from lms_scoring.domain.dossier import Dossier
from lms_scoring.domain.evidence import Purpose, Unknown
from lms_scoring.domain.figures import counted, plain
from lms_scoring.domain.instants import HOUR, MINUTE
from lms_scoring.domain.intervals import Span
from lms_scoring.domain.rules.chances import Chances, Pace
from lms_scoring.domain.rules.deeds import DeedKind, Deeds, Why
from lms_scoring.domain.rules.reach import Reach
from lms_scoring.domain.rules.room import Room, Rungs, amount_of
from lms_scoring.domain.rules.rule import Measured, parts_under, points_of
from lms_scoring.domain.rules.terms import CappedShare
from lms_scoring.domain.scorecard import Figure, Finding, Reason, Verdict
from lms_scoring.domain.study_time import Counting, study_time

_COUNTING = {
    Counting.WALL_CLOCK: {
        "zh": "同一时刻只计一次",
        "en": "a moment counts once, however many videos run",
    },
    Counting.UNIQUE_CONTENT: {
        "zh": "每秒内容只计一次，重看不计",
        "en": "each second of content counts once, watching again does not",
    },
    Counting.REPORTED: {"zh": "以平台自报的总时长为准", "en": "the platform's own totals count"},
}

_PACE = {
    Counting.WALL_CLOCK: Pace.UNWATCHED,
    Counting.UNIQUE_CONTENT: Pace.DOUBLE_SPEED,
    Counting.REPORTED: Pace.PLAIN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CappedProportion:
    """`full` is the study time (ms) that earns every point; `reported_cap` (ms) limits one reported total."""

    kind: ClassVar[str] = "capped_proportion"
    purposes: ClassVar[frozenset[Purpose]] = frozenset({Purpose.STUDY_TIME})
    needs_class_work: ClassVar[bool] = False
    measures: ClassVar[tuple[str, ...]] = ("study_time",)
    measured_by: ClassVar[frozenset[str]] = frozenset(("counting", "reported_cap"))

    full: int
    counting: Counting = Counting.WALL_CLOCK
    reported_cap: int | None = None

    def measure(self, dossier: Dossier, *, window: Span, most: Fraction) -> Measured:
        """The study time in milliseconds, and what became of each span and total."""
        findings = study_time(dossier, window=window, counting=self.counting, reported_cap=self.reported_cap)
        amounts = [Fraction(0) if finding.amount is None else finding.amount for finding in findings]
        credited = parts_under(amounts, Fraction(self.full))
        worth = most / self.full
        total = sum(amounts, Fraction(0))
        value = total.numerator if total.denominator == 1 else total
        return Measured(
            values=(value,),
            could_become=(value,),
            findings=tuple(
                _with_points(finding, part * worth, whole=part == amount)
                for finding, amount, part in zip(findings, amounts, credited, strict=True)
            ),
            figures=(Figure(name="study_time", value=total, asked=self.full),),
        )

    def term(self, most: Fraction) -> CappedShare:
        """Milliseconds to points."""
        return CappedShare(full=self.full, most=most)

    def room(self, chances: Chances, *, most: Fraction) -> Room:
        """Whole minutes up to the full time, as far as the time that is left allows."""
        term, pace = self.term(most), _PACE[self.counting]
        (known,) = self.measure(chances.at_end, window=chances.window, most=most).values
        left = chances.time_left(pace)
        lacking = max(0, ceil(self.full - known))

        def points(deeds: Deeds) -> Fraction:
            return points_of(term, [known + min(amount_of(deeds, DeedKind.STUDY), left)])

        too_short = Why.TIME_TOO_SHORT if chances.is_open else chances.closed
        return Room(
            points=points,
            at_best=points_of(term, [known + left]),
            why=too_short if left < lacking else None,
            ladders={DeedKind.STUDY: Rungs(min(lacking, left), MINUTE)},
            openings={DeedKind.STUDY: (chances.anywhere,)},
            pace=pace,
        )

    def reach(self, dossier: Dossier, unread: Sequence[Unknown], *, window: Span, most: Fraction) -> Reach:
        """Any time there may be. An activity tells its time in one way (its source is named), so what is
        unreadable beside totals is no span that would put them out of count."""
        known = points_of(self.term(most), self.measure(dossier, window=window, most=most).values)
        return Reach(least=known, most=most)

    def sentence(self, language: str, most: Fraction) -> str:
        """In plain words."""
        minutes = Fraction(self.full, MINUTE)
        counting = _COUNTING[self.counting][language]
        cap = "" if self.reported_cap is None else _cap_words(self.reported_cap, language)
        if language == "zh":
            return f"学习满 {plain(minutes)} 分钟得 {plain(most)} 分，不足按比例计；{counting}{cap}。"
        earn = "earns" if minutes == 1 else "earn"
        return (
            f"{counted(minutes, 'minute')} of study {earn} {counted(most, 'point')}, less in proportion; "
            f"{counting}{cap}."
        )


def _with_points(finding: Finding, points: Fraction, *, whole: bool) -> Finding:
    """The finding with its points; what the cap cuts says so, unless it has its reason already."""
    if whole:
        return replace(finding, points=points)
    reason = Reason.OVER_CAP if finding.reason is None else finding.reason
    return replace(finding, points=points, reason=reason, verdict=Verdict.PARTLY)


def _cap_words(cap: int, language: str) -> str:
    hours = Fraction(cap, HOUR)
    if language == "zh":
        return f"；单次自报时长最多计 {plain(hours)} 小时"
    return f"; one reported total counts up to {counted(hours, 'hour')}"
