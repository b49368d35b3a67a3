"""Grades on their way, in the memory store."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lms_scoring.domain.gradebook import LONGEST_WAIT
from lms_scoring.domain.instants import SECOND
from lms_scoring.ports import (
    GradebookReading,
    GradeStep,
    HeldGrades,
    Hold,
    OutgoingGrade,
    Passback,
    RefusedGrades,
    SendState,
    WaitingGrades,
)
from tests.fakes.memory_store.area import Area


class Outbox(Area):
    """What courses send, and how far it got."""

    def passback(self, course: str) -> Passback | None:
        return self.state.passbacks.get(course)

    def keep_passback(self, course: str, passback: Passback | None) -> None:
        self.state.passbacks.pop(course, None)
        if passback is not None:
            self.state.passbacks[course] = passback

    def keep_outgoing(self, grade: OutgoingGrade) -> None:
        self.state.outgoing[grade.course, grade.person] = grade

    def keep_sending(self, grade: OutgoingGrade, *, instead_of: OutgoingGrade) -> bool:
        key = (grade.course, grade.person)
        row = self.state.outgoing.get(key)
        if row is None or _got(row) != _got(instead_of):
            return False
        self.state.outgoing[key] = grade
        return True

    def forget_outgoing(self, course: str, person: str) -> None:
        self.state.outgoing.pop((course, person), None)

    def outgoing(self, course: str, *, persons: Sequence[str] | None = None) -> Sequence[OutgoingGrade]:
        found = [self.state.outgoing[key] for key in sorted(self.state.outgoing) if key[0] == course]
        return [grade for grade in found if persons is None or grade.person in persons]

    def outgoing_due(self, *, at: int) -> Sequence[OutgoingGrade]:
        due = [
            grade
            for grade in self.state.outgoing.values()
            if _waits(grade) and not at < grade.try_at <= at + LONGEST_WAIT
        ]
        return sorted(due, key=lambda grade: (grade.at, grade.course, grade.person))

    def waiting_grades(self) -> Sequence[WaitingGrades]:
        waiting = [one for one in self.state.outgoing.values() if _waits(one)]
        return [
            WaitingGrades(
                course=course,
                count=sum(one.course == course for one in waiting),
                since=min(one.at for one in waiting if one.course == course) * SECOND,
            )
            for course in sorted({one.course for one in waiting})
        ]

    def held_for(self, course: str, why: Hold) -> Sequence[str]:
        return [one.person for one in self.outgoing(course) if one.held is why]

    def is_held_for(self, course: str, why: Hold, *, but: Collection[str] = ()) -> bool:
        return any(person not in but for person in self.held_for(course, why))

    def worded(self, course: str, beginning: str) -> Sequence[str]:
        return [one.person for one in self.outgoing(course) if one.comment.startswith(beginning)]

    def held_grades(self) -> Sequence[HeldGrades]:
        held: dict[tuple[str, Hold], list[int]] = {}
        for one in self.state.outgoing.values():
            if one.is_held and one.held is not None:
                held.setdefault((one.course, one.held), []).append(one.at)
        return [
            HeldGrades(course=course, why=why, count=len(times), since=min(times) * SECOND)
            for (course, why), times in sorted(held.items())
        ]

    def refused_grades(self) -> Sequence[RefusedGrades]:
        refused: dict[str, list[int]] = {}
        for one in self.state.outgoing.values():
            if one.state is SendState.REFUSED and one.held is None:
                refused.setdefault(one.course, []).append(one.at)
        return [
            RefusedGrades(course=course, count=len(times), since=min(times) * SECOND)
            for course, times in sorted(refused.items())
        ]

    def keep_grade_step(self, course: str, person: str, step: GradeStep) -> None:
        self.state.grade_steps.setdefault((course, person), []).append(step)

    def grade_steps(self, course: str, person: str) -> Sequence[GradeStep]:
        return list(self.state.grade_steps.get((course, person), ()))

    def keep_gradebook_reading(self, reading: GradebookReading) -> None:
        self.state.gradebook_readings[reading.registration, reading.context] = reading

    def gradebook_reading(self, registration: int, context: str) -> GradebookReading:
        never = GradebookReading(registration=registration, context=context)
        return self.state.gradebook_readings.get((registration, context), never)

    def begin_sending(self, course: str, sender: str, *, at: int, until: int) -> bool:
        holder, its_until = self.state.sending.get(course, (sender, 0))
        if holder != sender and at < its_until <= 2 * until - at:
            return False
        self.state.sending[course] = (sender, until)
        return True

    def end_sending(self, course: str, sender: str) -> None:
        if self.state.sending.get(course, ("", 0))[0] == sender:
            del self.state.sending[course]


def _waits(grade: OutgoingGrade) -> bool:
    return grade.state is SendState.WAITING and grade.held is None


def _got(grade: OutgoingGrade) -> tuple[object, ...]:
    return grade.at, grade.given, grade.comment, grade.tried, grade.sent, grade.held
