"""Presence: all the points for having something at all (a journal, a class bulletin), none without.

However often one journal is handed in, it is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import ClassVar

from lms_scoring.domain.dossier import Dossier
from lms_scoring.domain.evidence import Purpose, Task, Unknown
from lms_scoring.domain.figures import counted, plain
from lms_scoring.domain.intervals import Span
from lms_scoring.domain.rules.chances import Chances, Opening
from lms_scoring.domain.rules.deeds import Deed, DeedKind, Deeds, Why
from lms_scoring.domain.rules.handed_in import Late, Pieces, objection, order, untimely
from lms_scoring.domain.rules.posted import post_objection, post_order
from lms_scoring.domain.rules.reach import Reach
from lms_scoring.domain.rules.room import Room, amount_of
from lms_scoring.domain.rules.rule import Measured, points_of
from lms_scoring.domain.rules.terms import AtLeast
from lms_scoring.domain.scorecard import Figure, Finding, Reason, Verdict


class Thing(StrEnum):
    """What must be present."""

    JOURNAL = "journal"
    BULLETIN = "bulletin"


_CHINESE = {Thing.JOURNAL: "篇研修日志", Thing.BULLETIN: "期班级简报"}
_ENGLISH = {Thing.JOURNAL: "journal", Thing.BULLETIN: "class bulletin"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """At least `needed` of a thing. `late` matters to journals only: by default the window alone does."""

    kind: ClassVar[str] = "presence"
    needs_class_work: ClassVar[bool] = False
    measures: ClassVar[tuple[str, ...]] = ("pieces",)
    measured_by: ClassVar[frozenset[str]] = frozenset(("of", "late"))

    of: Thing
    needed: int = 1
    late: Late = Late.ACCEPT
    asked: int | None = None

    @property
    def purposes(self) -> frozenset[Purpose]:
        """Journals come from hand-ins, bulletins from a forum."""
        return frozenset({Purpose.JOURNAL if self.of is Thing.JOURNAL else Purpose.BULLETINS})

    def measure(self, dossier: Dossier, *, window: Span, most: Fraction) -> Measured:
        """How many there are."""
        judged = list(
            self._journals(dossier, window) if self.of is Thing.JOURNAL else _bulletins(dossier, window)
        )
        count = sum(finding.verdict is Verdict.COUNTED for finding in judged)
        share = most / self.needed if count >= self.needed else Fraction(0)
        findings, left = [], self.needed
        for finding in judged:
            points = Fraction(0)
            if finding.verdict is Verdict.COUNTED and left > 0:
                points, left = share, left - 1
            findings.append(replace(finding, points=points))
        return Measured(
            values=(count,),
            could_become=(count,),
            findings=tuple(findings),
            figures=(
                Figure(
                    name=self.of.value,
                    value=Fraction(count),
                    asked=self.needed if self.asked is None else self.asked,
                ),
            ),
        )

    def term(self, most: Fraction) -> AtLeast:
        """A count to points."""
        return AtLeast(needed=self.needed, most=most)

    def room(self, chances: Chances, *, most: Fraction) -> Room:
        """As many as are lacking, all at once: fewer earn nothing."""
        term = self.term(most)
        (count,) = self.measure(chances.at_end, window=chances.window, most=most).values
        lacking = int(self.needed - count)
        kind = DeedKind.JOURNAL if self.of is Thing.JOURNAL else DeedKind.BULLETINS
        openings = self._openings(chances, has_some=count > 0)[: max(lacking, 0)]

        def points(deeds: Deeds) -> Fraction:
            return points_of(term, [count + (amount_of(deeds, kind) if openings else 0)])

        if not openings:
            closed = Why.DEADLINE_PASSED if chances.is_open else chances.closed
            why = closed if lacking > 0 else None
            passed_by = chances.passed_by(Task.JOURNAL) if why is Why.DEADLINE_PASSED else None
            edges = self._edges(chances)
            return Room(points=points, at_best=points({}), why=why, due_basis=passed_by, edges=edges)
        return Room(
            points=points,
            at_best=most,
            ladders={kind: (Deed(amount=lacking),)},
            openings={kind: openings},
            edges=self._edges(chances),
        )

    def reach(self, dossier: Dossier, unread: Sequence[Unknown], *, window: Span, most: Fraction) -> Reach:
        """As many as are needed; one more takes nothing away."""
        known = self.measure(dossier, window=window, most=most).values
        return Reach(least=points_of(self.term(most), known), most=most)

    def sentence(self, language: str, most: Fraction) -> str:
        """In plain words."""
        one = self.needed == 1
        if language == "zh":
            late = "（须在截止时间前提交）" if self.late is Late.REJECT else ""
            less = "没有" if one else "不足"
            return f"至少 {self.needed} {_CHINESE[self.of]}{late}得 {plain(most)} 分，{less}不得分。"
        late = f" handed in by {'its' if one else 'their'} deadline" if self.late is Late.REJECT else ""
        earns, less = ("earns", "none earns") if one else ("earn", "fewer earn")
        things = counted(self.needed, _ENGLISH[self.of])
        return f"At least {things}{late} {earns} {counted(most, 'point')}, {less} nothing."

    def _openings(self, chances: Chances, *, has_some: bool) -> Sequence[Opening]:
        """Each journal where none is yet, as far as there are such activities. By default the window alone
        matters: then an activity's own dates are none."""
        if self.of is Thing.JOURNAL and self.late is not Late.ACCEPT:
            return chances.openings(Task.JOURNAL, self.late)
        again = self.of is Thing.JOURNAL and has_some
        return (replace(chances.anywhere, again=again),) if chances.is_open else ()

    def _edges(self, chances: Chances) -> tuple[int, ...]:
        dated = self.of is Thing.JOURNAL and self.late is not Late.ACCEPT
        return chances.edges(Task.JOURNAL) if dated else ()

    def _journals(self, dossier: Dossier, window: Span) -> Iterator[Finding]:
        pieces = Pieces()
        for submission in sorted(dossier.submissions, key=order):
            if submission.task is not Task.JOURNAL:
                continue
            reason = objection(submission, dossier, window=window)
            due_at = None if self.late is Late.ACCEPT else submission.due_at
            if reason is None and self.late is not Late.ACCEPT:
                reason = untimely(submission)
            if reason is None and not pieces.begins_one(submission):
                reason = Reason.ANOTHER_COUNTS
            yield Finding(
                kind="submission",
                id=submission.id,
                verdict=Verdict.COUNTED if reason is None else Verdict.REJECTED,
                reason=reason,
                activity=submission.activity,
                at=submission.submitted_at,
                due_at=due_at,
                due_basis=None if due_at is None else submission.due_basis,
            )


def _bulletins(dossier: Dossier, window: Span) -> Iterator[Finding]:
    for post in sorted(dossier.posts, key=post_order):
        if not post.bulletin or post.parent is not None:
            continue
        reason = post_objection(post, dossier, window=window)
        yield Finding(
            kind="post",
            id=post.id,
            verdict=Verdict.COUNTED if reason is None else Verdict.REJECTED,
            reason=reason,
            activity=post.forum,
            at=post.created_at,
        )
