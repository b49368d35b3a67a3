"""Some or none: all the points for at least one recommended work, none without; the share is only shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import ClassVar

from lms_scoring.domain.dossier import Dossier
from lms_scoring.domain.evidence import Purpose, Recommendation, Submission, Unknown
from lms_scoring.domain.figures import counted, plain
from lms_scoring.domain.intervals import Span
from lms_scoring.domain.rules.chances import Chances
from lms_scoring.domain.rules.deeds import Deed, DeedKind, Deeds, Why
from lms_scoring.domain.rules.handed_in import Work, class_works, objection, work_of
from lms_scoring.domain.rules.reach import Reach
from lms_scoring.domain.rules.room import Room, amount_of
from lms_scoring.domain.rules.rule import Measured, points_of
from lms_scoring.domain.rules.terms import AtLeast
from lms_scoring.domain.scorecard import Figure, Finding, Reason, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class SomeNone:
    """`advised_percent` of the works that others handed in is what the programme advises to recommend."""

    kind: ClassVar[str] = "some_none"
    purposes: ClassVar[frozenset[Purpose]] = frozenset()
    needs_class_work: ClassVar[bool] = False
    measures: ClassVar[tuple[str, ...]] = ("recommended",)
    measured_by: ClassVar[frozenset[str]] = frozenset()

    advised_percent: Fraction | None = None

    def measure(self, dossier: Dossier, *, window: Span, most: Fraction) -> Measured:
        """How many works of others in the class this tutor recommended."""
        works = _works(dossier)
        findings = list(_judged(dossier, works, window, most))
        count = sum(finding.verdict is Verdict.COUNTED for finding in findings)
        return Measured(
            values=(count,),
            could_become=(count,),
            findings=tuple(findings),
            figures=tuple(self._figures(count, len(_of_others(dossier, window)))),
        )

    def term(self, most: Fraction) -> AtLeast:
        """A count to points."""
        return AtLeast(needed=1, most=most)

    def room(self, chances: Chances, *, most: Fraction) -> Room:
        """One recommendation, once there is a work of somebody else; what nobody could read may be one."""
        term = self.term(most)
        (count,) = self.measure(chances.at_end, window=chances.window, most=most).values

        def points(deeds: Deeds) -> Fraction:
            return points_of(term, [count + amount_of(deeds, DeedKind.RECOMMEND)])

        is_there = bool(_of_others(chances.at_end, chances.window))
        objection, unread = chances.at_end.decisions.objection, chances.at_end.class_unknowns
        may_come = chances.others_may_hand_in or any(objection(one) is None for one in unread)
        possible = chances.is_active and (is_there or may_come)
        at_best = most if possible else points({})
        can_recommend = count == 0 and is_there and chances.is_active
        why = Why.NOTHING_THERE if chances.is_active else chances.closed
        return Room(
            points=points,
            at_best=at_best,
            why=why if at_best < most else None,
            ladders={DeedKind.RECOMMEND: (Deed(amount=1),)} if can_recommend else {},
        )

    def reach(self, dossier: Dossier, unread: Sequence[Unknown], *, window: Span, most: Fraction) -> Reach:
        """Works are recommended here, where everything is read."""
        known = self.measure(dossier, window=window, most=most).values
        return Reach.exactly(points_of(self.term(most), known))

    def sentence(self, language: str, most: Fraction) -> str:
        """In plain words."""
        percent = None if self.advised_percent is None else plain(self.advised_percent)
        if language == "zh":
            advice = "" if percent is None else f"（建议约占提交作品的 {percent}%）"
            return f"至少推优 1 件作品得 {plain(most)} 分，没有不得分{advice}。"
        advice = "" if percent is None else f" (advised: about {percent} % of the works handed in)"
        points = counted(most, "point")
        return f"At least one recommended work earns {points}, none earns nothing{advice}."

    def advised(self, works: int) -> int | None:
        """About how many of these works the programme advises to recommend; None: it advises nothing."""
        return None if self.advised_percent is None else ceil(works * self.advised_percent / 100)

    def _figures(self, recommended: int, works: int) -> Iterator[Figure]:
        """How many, of how many of others, and the share in percent where there are any."""
        advised = self.advised(works)
        yield Figure(
            name="recommended",
            value=Fraction(recommended),
            advised=None if advised is None else Fraction(advised),
        )
        yield Figure(name="works", value=Fraction(works))
        if works > 0:
            share = Fraction(100 * recommended, works)
            yield Figure(name="recommended_share", value=share, advised=self.advised_percent)


def recommended(dossier: Dossier, *, window: Span) -> dict[Work, Recommendation]:
    """The works whose recommendation by this tutor counts, each with the first that does."""
    works = _works(dossier)
    found: dict[Work, Recommendation] = {}
    for one in sorted(dossier.recommendations, key=lambda r: (r.at, r.id)):
        work = works.get(one.submission)
        if work is not None and _objection(one, work, dossier, window) is None:
            found.setdefault(work_of(work), one)
    return found


def is_own(work: Submission, tutor: str) -> bool:
    """Whether it is the tutor's own, who learns in the class too: nobody scores by praising that."""
    return work.person == tutor


def _of_others(dossier: Dossier, window: Span) -> list[Submission]:
    """The works of the class that this tutor may recommend: all that were handed in, without the own."""
    tutor = dossier.membership.person
    return [one for one in class_works(dossier, window=window).values() if not is_own(one, tutor)]


def _works(dossier: Dossier) -> dict[str, Submission]:
    """The class's hand-ins by id, whatever may be said against them."""
    return {one.id: one for one in dossier.class_submissions if one.task is not None}


def _judged(
    dossier: Dossier, works: dict[str, Submission], window: Span, most: Fraction
) -> Iterator[Finding]:
    seen: set[Work] = set()
    for recommendation in sorted(dossier.recommendations, key=lambda r: (r.at, r.id)):
        work = works.get(recommendation.submission)
        reason = _objection(recommendation, work, dossier, window)
        first = reason is None and not seen
        if work is not None and reason is None:
            reason = Reason.REPEATED if work_of(work) in seen else None
            seen.add(work_of(work))
        yield Finding(
            kind="recommendation",
            id=recommendation.id,
            verdict=Verdict.COUNTED if reason is None else Verdict.REJECTED,
            reason=reason,
            points=most if first else Fraction(0),
            activity=None if work is None else work.activity,
            at=recommendation.at,
            person=None if work is None else work.person,
        )


def _objection(
    recommendation: Recommendation, work: Submission | None, dossier: Dossier, window: Span
) -> Reason | None:
    refused = dossier.decisions.objection(recommendation)
    if refused is not None:
        return refused
    if work is None:
        return Reason.OTHER_CLASS
    if is_own(work, dossier.membership.person):
        return Reason.OWN_WORK
    return objection(work, dossier, window=window)
