"""Complete ratio: all the points when every piece of the class's homework is marked, none before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from lms_scoring.domain.dossier import Dossier
from lms_scoring.domain.evidence import Purpose, Submission, Task, Unknown
from lms_scoring.domain.figures import counted, plain
from lms_scoring.domain.intervals import Span
from lms_scoring.domain.rules.chances import Chances
from lms_scoring.domain.rules.deeds import Deed, DeedKind, Deeds, Why
from lms_scoring.domain.rules.handed_in import class_works
from lms_scoring.domain.rules.reach import Reach
from lms_scoring.domain.rules.room import Room, amount_of
from lms_scoring.domain.rules.rule import Measured, points_of
from lms_scoring.domain.rules.terms import Complete
from lms_scoring.domain.scorecard import Figure, Finding, Reason, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteRatio:
    """The duty: the latest handed-in homework a learner and activity, of the class's active learners."""

    kind: ClassVar[str] = "complete_ratio"
    purposes: ClassVar[frozenset[Purpose]] = frozenset({Purpose.HOMEWORK})
    needs_class_work: ClassVar[bool] = True
    measures: ClassVar[tuple[str, ...]] = ("handed_in", "marked")
    measured_by: ClassVar[frozenset[str]] = frozenset()

    def measure(self, dossier: Dossier, *, window: Span, most: Fraction) -> Measured:
        """How many pieces were handed in, and how many of them are marked."""
        due = duty(dossier, window=window)
        marked = sum(is_marked(submission) for submission in due)
        complete = len(due) == marked and marked > 0
        share = most / len(due) if complete else Fraction(0)
        return Measured(
            values=(len(due), marked),
            could_become=(len(due), len(due)),
            findings=tuple(_finding(submission, share) for submission in due),
            figures=(
                Figure(name="handed_in", value=Fraction(len(due))),
                Figure(name="marked", value=Fraction(marked), asked=len(due)),
            ),
        )

    def term(self, most: Fraction) -> Complete:
        """Counts to points."""
        return Complete(most=most)

    def room(self, chances: Chances, *, most: Fraction) -> Room:
        """Marking all that is unmarked, whenever; while nothing is handed in, the class must act first."""
        term = self.term(most)
        due, marked = self.measure(chances.at_end, window=chances.window, most=most).values
        unmarked = int(due - marked)

        def points(deeds: Deeds) -> Fraction:
            return points_of(term, [due, marked + amount_of(deeds, DeedKind.MARK)])

        possible = unmarked > 0 or chances.class_may_hand_in
        at_best = most if possible else points({})
        can_mark = unmarked > 0 and chances.is_active
        return Room(
            points=points,
            at_best=at_best,
            why=Why.NOTHING_THERE if at_best < most else None,
            ladders={DeedKind.MARK: (Deed(amount=unmarked),)} if can_mark else {},
        )

    def reach(self, dossier: Dossier, unread: Sequence[Unknown], *, window: Span, most: Fraction) -> Reach:
        """What a learner of the class handed in and nobody can read may be unmarked; or marked, in place of
        an unmarked attempt of the same activity too."""
        due = duty(dossier, window=window)
        known = points_of(self.term(most), (len(due), sum(map(is_marked, due))))
        places = {(one.person, one.source, one.activity) for one in unread if one.person in dossier.active}
        if not places:
            return Reach.exactly(known)
        unmarked = ((one.person, one.source, one.activity) for one in due if not is_marked(one))
        lacking = any(place not in places for place in unmarked)
        return Reach(least=Fraction(0), most=known if lacking else most)

    def sentence(self, language: str, most: Fraction) -> str:
        """In plain words."""
        if language == "zh":
            return (
                f"本班学员提交的作业全部批改（100%）得 {plain(most)} 分，否则不得分；尚无作业提交时为 0 分。"
            )
        points = counted(most, "point")
        return (
            f"Every piece of homework the class handed in is marked: {points}, otherwise none; "
            "nothing handed in yet is 0."
        )


def duty(dossier: Dossier, *, window: Span) -> list[Submission]:
    """The homework that the class's tutors must mark, in the order in which it was handed in."""
    works = class_works(dossier, window=window).values()
    return [one for one in works if one.task is Task.HOMEWORK and one.person in dossier.active]


def is_marked(submission: Submission) -> bool:
    """Whether somebody marked it; a mark that means nothing to the scheme is one: the work was done."""
    marks = (submission.grade, submission.points, submission.graded_at)
    return any(mark is not None for mark in marks)


def _finding(submission: Submission, share: Fraction) -> Finding:
    marked = is_marked(submission)
    return Finding(
        kind="submission",
        id=submission.id,
        verdict=Verdict.COUNTED if marked else Verdict.REJECTED,
        reason=None if marked else Reason.UNMARKED,
        points=share if marked else Fraction(0),
        activity=submission.activity,
        at=submission.submitted_at,
        person=submission.person,
    )
