"""How far grades are on their way to the platform's gradebook, for whoever may know it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms_scoring.domain.evidence import Membership, Role
from lms_scoring.domain.figures import cut
from lms_scoring.ports import (
    GradeStep,
    GradeStepKind,
    OutgoingGrade,
    Passback,
    PlatformCourse,
    SendState,
    Transaction,
)
from lms_scoring.services.gradebook.grade_steps import best_cards
from lms_scoring.services.gradebook.publish import subjects_there


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeStatus:
    """One learner's grade. `unknown`: it waits because no platform named the learner to us yet. `seen_at`:
    when it was last seen that this is what stands there (ms). `steps` are its history."""

    grade: OutgoingGrade
    passback: Passback
    unknown: bool = False
    seen_at: int | None = None
    steps: Sequence[GradeStep] = ()

    @property
    def was_changed(self) -> bool:
        """Whether anybody but us ever wrote there, as far as we saw."""
        return any(step.kind is GradeStepKind.FOUND for step in self.steps)

    def is_cut_of(self, total: Fraction) -> bool:
        """Whether the grade is that total with what is beyond two decimals cut off."""
        return self.grade.given < total and cut(total) == cut(self.grade.given)

    @property
    def is_kept_there(self) -> bool:
        """Whether ours was sent over somebody else's, and theirs stands there all the same."""
        last = [step.kind for step in self.steps[-2:]]
        return self.grade.state is SendState.OVERRIDDEN and last == [
            GradeStepKind.CONFIRMED,
            GradeStepKind.FOUND,
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseGrades:
    """All grades of a course that sends any. `unknown`: persons whose grades have nowhere to go yet."""

    passback: Passback
    grades: Sequence[OutgoingGrade]
    unknown: frozenset[str]
    reachable: bool
    """Whether any course of a platform takes its grades."""
    read_at: int | None = None
    """When the gradebook was last read (ms); of several the one that was read longest ago. None: never."""

    def of(self, state: SendState) -> Sequence[OutgoingGrade]:
        """Those in a state, without the unknown and those that are held back."""
        known = (one for one in self.grades if one.person not in self.unknown)
        return [one for one in known if one.state is state and not one.is_held]

    @property
    def held(self) -> Sequence[OutgoingGrade]:
        """Those that would go out, and must not yet."""
        return [one for one in self.grades if one.is_held]


def grades_of(transaction: Transaction, course: str) -> CourseGrades | None:
    """None: the course sends none."""
    passback = transaction.passback(course)
    if passback is None:
        return None
    grades = transaction.outgoing(course)
    waiting = [one.person for one in grades if one.state is SendState.WAITING and not one.is_held]
    places = subjects_there(transaction, course, waiting)
    named = {person for subjects in places.values() for person in subjects}
    unknown = frozenset(waiting) - named
    return CourseGrades(
        passback=passback,
        grades=grades,
        unknown=unknown,
        reachable=bool(places),
        read_at=_read_at(transaction, [place for place in places if place.line_item is not None]),
    )


def grade_of(
    transaction: Transaction, course: str, membership: Membership, own: Sequence[Membership]
) -> GradeStatus | None:
    """The grade that comes from the card of this membership; `own` are all of that person.

    A gradebook has one place for a person, so the grade of who learns in two classes comes from one card:
    who may see the other one only must not learn from it what this one says.
    """
    passback = transaction.passback(course)
    if passback is None or not _is_graded(transaction, course, membership, own):
        return None
    for grade in transaction.outgoing(course, persons=[membership.person]):
        return GradeStatus(
            grade=grade,
            passback=passback,
            unknown=_is_unknown(transaction, grade),
            seen_at=_seen_at(transaction, grade),
            steps=transaction.grade_steps(course, grade.person),
        )
    return None


def _seen_at(transaction: Transaction, grade: OutgoingGrade) -> int | None:
    """The latest of the readings that showed it: an accepted grade is as good as seen."""
    if grade.line_item is None or grade.state not in (SendState.SENT, SendState.OVERRIDDEN):
        return None
    places = transaction.platform_courses(grade.course)
    read_at = _read_at(transaction, [place for place in places if place.line_item == grade.line_item])
    known = [at for at in (read_at, grade.sent_at) if at is not None]
    return max(known, default=None)


def _read_at(transaction: Transaction, places: Sequence[PlatformCourse]) -> int | None:
    readings = [transaction.gradebook_reading(place.registration, place.context) for place in places]
    return min((one.read_at for one in readings if one.read_at is not None), default=None)


def _is_graded(
    transaction: Transaction, course: str, membership: Membership, own: Sequence[Membership]
) -> bool:
    learning = [one for one in own if one.role is Role.LEARNER]
    today = [one for one in learning if one.is_active] or learning
    if membership not in today:
        return False
    found = [
        transaction.scorecard(course, one.person, role=one.role, class_=one.class_)
        for one in today
        if len(today) > 1
    ]
    best = best_cards(card for card in found if card is not None).get(membership.person)
    return best is None or best.class_ == membership.class_


def _is_unknown(transaction: Transaction, grade: OutgoingGrade) -> bool:
    if grade.state is not SendState.WAITING or grade.is_held:
        return False
    places = subjects_there(transaction, grade.course, [grade.person])
    return not any(grade.person in subjects for subjects in places.values())
