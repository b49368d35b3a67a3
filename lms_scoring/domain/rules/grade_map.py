"""Grade map: points for handing in on time, and more by the tutor's grade word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar

from lms_scoring.domain.dossier import Dossier
from lms_scoring.domain.evidence import Grade, Purpose, Submission, Task, Unknown
from lms_scoring.domain.figures import counted, plain
from lms_scoring.domain.intervals import Span
from lms_scoring.domain.rules.chances import Chances
from lms_scoring.domain.rules.deeds import Why
from lms_scoring.domain.rules.handed_in import Late, objection, order, untimely
from lms_scoring.domain.rules.more_homework import Handed, MoreHomework, Take
from lms_scoring.domain.rules.reach import Reach
from lms_scoring.domain.rules.room import Room
from lms_scoring.domain.rules.rule import Measure, Measured, common_denominator
from lms_scoring.domain.rules.terms import Granted
from lms_scoring.domain.scorecard import Figure, Finding, Reason, Verdict

_GRADE_WORDS = {
    Grade.EXCELLENT: {"zh": "优秀", "en": "excellent"},
    Grade.GOOD: {"zh": "良好", "en": "good"},
    Grade.PASS: {"zh": "合格", "en": "pass"},
    Grade.FAIL: {"zh": "不合格", "en": "fail"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """An attempt that counts: its points, what marking could make of them, and a remark."""

    submission: Submission
    points: Fraction
    could_become: Fraction
    remark: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeMap:
    """`on_time` points plus those of the grade. `cutoffs`: shares of the maximum from which marks in
    points mean a grade. Attempts are judged one by one, before `take`."""

    kind: ClassVar[str] = "grade_map"
    purposes: ClassVar[frozenset[Purpose]] = frozenset({Purpose.HOMEWORK})
    needs_class_work: ClassVar[bool] = False
    measures: ClassVar[tuple[str, ...]] = ("granted",)
    measured_by: ClassVar[frozenset[str]] = frozenset(("grades", "on_time", "late", "take", "cutoffs"))

    grades: Mapping[Grade, Fraction]
    on_time: Fraction = Fraction(0)
    late: Late = Late.REJECT
    take: Take = Take.BEST
    cutoffs: Mapping[Grade, Fraction] = field(default_factory=dict)

    def measure(self, dossier: Dossier, *, window: Span, most: Fraction) -> Measured:
        """The points granted, in units of the rule's own denominator."""
        findings, attempts = self._attempts(dossier, window)
        findings += _attempt_findings(attempts, self._taken(attempts), most)
        return Measured(
            values=(self._units(self._points(attempts)),),
            could_become=(self._units(self._best_outcome(attempts)),),
            findings=tuple(findings),
            figures=(Figure(name="attempts", value=Fraction(len(attempts))),),
        )

    def term(self, most: Fraction) -> Granted:
        """Units to points."""
        return Granted(unit=self._unit, most=most)

    def room(self, chances: Chances, *, most: Fraction) -> Room:
        """Marks for what lies handed in, and more hand-ins where an activity takes them."""
        _, attempts = self._attempts(chances.at_end, chances.window)
        more = MoreHomework(
            attempts=tuple(Handed(points=one.points, could_become=one.could_become) for one in attempts),
            opening=next(iter(chances.openings(Task.HOMEWORK, self.late)), None),
            on_time=self.on_time,
            grades=self.grades,
            take=self.take,
            most=most,
        )
        return more.room(
            closed=Why.DEADLINE_PASSED if chances.is_open else chances.closed,
            passed_by=chances.passed_by(Task.HOMEWORK),
            edges=chances.edges(Task.HOMEWORK),
        )

    def reach(self, dossier: Dossier, unread: Sequence[Unknown], *, window: Span, most: Fraction) -> Reach:
        """Hand-ins of any worth, the latest of all too. The best one takes nothing away; and of a mean ever
        more of them come close to their own worth, whatever counts so far."""
        _, attempts = self._attempts(dossier, window)
        known = self._points(attempts)
        worst = Fraction(0) if self.late is Late.FORFEIT_ON_TIME else self.on_time
        best = self.on_time + max(self.grades.values())
        diluted = self.take is Take.MEAN and any(one.could_become < best for one in attempts)
        return Reach(
            least=min(known if self.take is Take.BEST else min(known, worst), most),
            most=min(max(known, best), most),
            is_met=not diluted or best > most,
        )

    def sentence(self, language: str, most: Fraction) -> str:
        """In plain words."""
        words = [(_GRADE_WORDS[grade][language], plain(points)) for grade, points in self.grades.items()]
        if language == "zh":
            grades = "、".join(f"{word} {points} 分" for word, points in words)
            in_time = f"按时提交得 {plain(self.on_time)} 分，" if self.on_time > 0 else ""
            late = {
                Late.REJECT: "逾期提交不计分",
                Late.FORFEIT_ON_TIME: "逾期提交不得按时分",
                Late.ACCEPT: "不看截止时间",
            }[self.late]
            take = {Take.BEST: "取最高一次", Take.LATEST: "取最后一次", Take.MEAN: "取平均"}[self.take]
            return f"{in_time}评为{grades}；{late}；多次提交{take}；满分 {plain(most)} 分。"
        grades = ", ".join(f"{word} {points}" for word, points in words)
        in_time = f"{counted(self.on_time, 'point')} in time, and " if self.on_time > 0 else ""
        late = {
            Late.REJECT: "late work counts nothing",
            Late.FORFEIT_ON_TIME: "late work loses the points for being in time",
            Late.ACCEPT: "deadlines do not matter",
        }[self.late]
        take = {Take.BEST: "the best", Take.LATEST: "the latest", Take.MEAN: "the mean"}[self.take]
        return (
            f"{in_time}by grade: {grades}; {late}; of several attempts {take} counts; "
            f"at most {counted(most, 'point')}."
        )

    def _attempts(self, dossier: Dossier, window: Span) -> tuple[list[Finding], list[_Attempt]]:
        """What is refused, and the attempts that count, in the order of time."""
        refused: list[Finding] = []
        attempts: list[_Attempt] = []
        for submission in sorted(dossier.submissions, key=order):
            if submission.task is not Task.HOMEWORK:
                continue
            reason = objection(submission, dossier, window=window) or self._refusal(submission)
            if reason is not None:
                refused.append(_finding(submission, Verdict.REJECTED, reason, Fraction(0)))
            else:
                attempts.append(self._judged(submission))
        return refused, attempts

    @property
    def _unit(self) -> int:
        return common_denominator(self.on_time, *self.grades.values())

    def _units(self, points: Fraction) -> Measure:
        units = points * self._unit
        return units.numerator if units.denominator == 1 else units

    def _refusal(self, submission: Submission) -> Reason | None:
        """Work handed in before it was set is refused, whatever the setting says of late work."""
        reason = untimely(submission)
        return None if reason is Reason.LATE and self.late is not Late.REJECT else reason

    def _judged(self, submission: Submission) -> _Attempt:
        forfeited = self.late is Late.FORFEIT_ON_TIME and untimely(submission) is Reason.LATE
        in_time = Fraction(0) if forfeited else self.on_time
        grade = self._grade(submission)
        remark = Reason.LATE if forfeited else None
        if grade is not None:
            points = in_time + self.grades.get(grade, Fraction(0))
            return _Attempt(submission=submission, points=points, could_become=points, remark=remark)
        marked = submission.points is not None or submission.graded_at is not None
        return _Attempt(
            submission=submission,
            points=in_time,
            could_become=in_time + max(self.grades.values()),
            remark=Reason.NO_GRADE_MEANING if marked else Reason.UNMARKED,
        )

    def _grade(self, submission: Submission) -> Grade | None:
        if submission.grade is not None or submission.points is None or not self.cutoffs:
            return submission.grade
        if submission.max_points is None or submission.max_points == 0:
            return None
        share = submission.points / submission.max_points
        reached = [(cutoff, grade) for grade, cutoff in self.cutoffs.items() if share >= cutoff]
        if not reached:
            return Grade.FAIL
        return max(reached, key=lambda pair: (pair[0], self.grades.get(pair[1], Fraction(0))))[1]

    def _taken(self, attempts: Sequence[_Attempt]) -> list[Fraction]:
        """The share of each attempt's points that makes up the criterion; attempts come in order of time."""
        if not attempts:
            return []
        if self.take is Take.MEAN:
            return [Fraction(1, len(attempts))] * len(attempts)
        chosen = len(attempts) - 1
        if self.take is Take.BEST:
            chosen = max(
                range(len(attempts)), key=lambda i: (attempts[i].points, attempts[i].could_become, -i)
            )
        return [Fraction(int(i == chosen)) for i in range(len(attempts))]

    def _points(self, attempts: Sequence[_Attempt]) -> Fraction:
        """What the attempts earn together."""
        shares = self._taken(attempts)
        return sum((a.points * share for a, share in zip(attempts, shares, strict=True)), Fraction(0))

    def _best_outcome(self, attempts: Sequence[_Attempt]) -> Fraction:
        outcomes = [attempt.could_become for attempt in attempts]
        if not outcomes:
            return Fraction(0)
        if self.take is Take.MEAN:
            return sum(outcomes, Fraction(0)) / len(outcomes)
        return max(outcomes) if self.take is Take.BEST else outcomes[-1]


def _attempt_findings(
    attempts: Sequence[_Attempt], shares: Sequence[Fraction], most: Fraction
) -> list[Finding]:
    room = most
    findings = []
    for attempt, share in zip(attempts, shares, strict=True):
        points = min(attempt.points * share, room)
        room -= points
        if share == 0:
            findings.append(
                _finding(attempt.submission, Verdict.REJECTED, Reason.ANOTHER_COUNTS, Fraction(0))
            )
            continue
        verdict = Verdict.PARTLY if attempt.remark is Reason.LATE else Verdict.COUNTED
        findings.append(_finding(attempt.submission, verdict, attempt.remark, points))
    return findings


def _finding(submission: Submission, verdict: Verdict, reason: Reason | None, points: Fraction) -> Finding:
    return Finding(
        kind="submission",
        id=submission.id,
        verdict=verdict,
        reason=reason,
        points=points,
        activity=submission.activity,
        at=submission.submitted_at,
        grade=submission.grade,
        due_at=submission.due_at,
        due_basis=None if submission.due_at is None else submission.due_basis,
    )
