"""The outbox: which courses send grades to their platform, and every grade with how far it got."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, or_, select, update

from lms_scoring.domain.gradebook import LONGEST_WAIT
from lms_scoring.domain.instants import SECOND
from lms_scoring.ports import (
    GradebookReading,
    GradeStep,
    GradeStepKind,
    HeldGrades,
    Hold,
    OutgoingGrade,
    Passback,
    RefusedGrades,
    SendState,
    WaitingGrades,
)
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import ask, list_parameter, listed_later, rows
from lms_scoring.store.tenant_connection import TenantConnection

_PASSBACK = select(tables.passback.c.passback).where(
    tables.passback.c.tenant == bindparam("tenant_"), tables.passback.c.course == bindparam("course_")
)
_GRADES = (
    select(tables.outgoing_grade)
    .where(
        tables.outgoing_grade.c.tenant == bindparam("tenant_"),
        tables.outgoing_grade.c.course == bindparam("course_"),
    )
    .order_by(tables.outgoing_grade.c.person)
)
_GRADES_OF = _GRADES.where(tables.outgoing_grade.c.person.in_(listed_later("persons_")))
_HELD = (
    select(tables.outgoing_grade.c.person)
    .where(
        tables.outgoing_grade.c.tenant == bindparam("tenant_"),
        tables.outgoing_grade.c.course == bindparam("course_"),
        tables.outgoing_grade.c.held == bindparam("held_"),
    )
    .order_by(tables.outgoing_grade.c.person)
)
_ANY_HELD = _HELD.limit(1)
_ANY_HELD_BUT = _ANY_HELD.where(tables.outgoing_grade.c.person.not_in(listed_later("persons_")))
_WORDED = (
    select(tables.outgoing_grade.c.person)
    .where(
        tables.outgoing_grade.c.tenant == bindparam("tenant_"),
        tables.outgoing_grade.c.course == bindparam("course_"),
        func.substr(tables.outgoing_grade.c.comment, 1, bindparam("length_")) == bindparam("beginning_"),
    )
    .order_by(tables.outgoing_grade.c.person)
)
_STEPS = (
    select(tables.grade_step)
    .where(
        tables.grade_step.c.tenant == bindparam("tenant_"),
        tables.grade_step.c.course == bindparam("course_"),
        tables.grade_step.c.person == bindparam("person_"),
    )
    .order_by(tables.grade_step.c.number)
)
_READING = select(tables.gradebook_reading.c.read_at, tables.gradebook_reading.c.try_at).where(
    tables.gradebook_reading.c.tenant == bindparam("tenant_"),
    tables.gradebook_reading.c.registration == bindparam("registration_"),
    tables.gradebook_reading.c.context == bindparam("context_"),
)


class Outbox(TenantConnection):
    """The part of a transaction about grades on their way."""

    def passback(self, course: str) -> Passback | None:
        """What the course sends; None: nothing."""
        kept = ask(self.connection, _PASSBACK, tenant_=self.tenant, course_=course)
        return Passback(kept[0][0]) if kept else None

    def keep_passback(self, course: str, passback: Passback | None) -> None:
        """From now on."""
        table = tables.passback
        if passback is None:
            self.connection.execute(
                delete(table).where(table.c.tenant == self.tenant, table.c.course == course)
            )
        else:
            self.put(table, [(course, passback.value)])

    def keep_outgoing(self, grade: OutgoingGrade) -> None:
        """What should stand in the gradebook from now on."""
        columns = _columns(grade)
        self.put(tables.outgoing_grade, [(grade.course, grade.person, *columns.values())])

    def keep_sending(self, grade: OutgoingGrade, *, instead_of: OutgoingGrade) -> bool:
        """How far a grade got; one statement decides whether the row is still the one that was sent."""
        table = tables.outgoing_grade
        kept = self.connection.execute(
            update(table)
            .where(
                table.c.tenant == self.tenant,
                table.c.course == grade.course,
                table.c.person == grade.person,
                table.c.at == instead_of.at,
                table.c.given == _text(instead_of.given),
                table.c.comment == instead_of.comment,
                table.c.tried.is_not_distinct_from(_text(instead_of.tried)),
                table.c.sent.is_not_distinct_from(_text(instead_of.sent)),
                table.c.held.is_not_distinct_from(_value(instead_of.held)),
            )
            .values(_columns(grade))
        )
        return kept.rowcount == 1

    def forget_outgoing(self, course: str, person: str) -> None:
        """Nothing of ours should stand there."""
        table = tables.outgoing_grade
        self.connection.execute(
            delete(table).where(
                table.c.tenant == self.tenant, table.c.course == course, table.c.person == person
            )
        )

    def outgoing(self, course: str, *, persons: Sequence[str] | None = None) -> Sequence[OutgoingGrade]:
        """All of a course, or those of some persons, by person."""
        query = _GRADES if persons is None else _GRADES_OF
        wanted = list_parameter(persons or ())
        found = rows(self.connection, query, tenant_=self.tenant, course_=course, persons_=wanted)
        return [_grade(row) for row in found]

    def outgoing_due(self, *, at: int) -> Sequence[OutgoingGrade]:
        """Those that wait, are not held back and may be tried, the oldest first; a time too far ahead is of a
        wrong clock."""
        table = tables.outgoing_grade
        may_be_tried = or_(table.c.try_at <= at, table.c.try_at > at + LONGEST_WAIT)
        query = (
            self._grades().where(*_waits(), may_be_tried).order_by(table.c.at, table.c.course, table.c.person)
        )
        return [_grade(row) for row in self.connection.execute(query)]

    def waiting_grades(self) -> Sequence[WaitingGrades]:
        """Of every course that has any, by course."""
        table = tables.outgoing_grade
        query = (
            select(table.c.course, func.count().label("count"), func.min(table.c.at).label("since"))
            .where(table.c.tenant == self.tenant, *_waits())
            .group_by(table.c.course)
            .order_by(table.c.course)
        )
        return [
            WaitingGrades(course=row.course, count=row[1], since=row.since * SECOND)
            for row in self.connection.execute(query)
        ]

    def held_grades(self) -> Sequence[HeldGrades]:
        """Of every course that has any, by course and reason."""
        table = tables.outgoing_grade
        query = (
            select(table.c.course, table.c.held, func.count(), func.min(table.c.at).label("since"))
            .where(
                table.c.tenant == self.tenant,
                table.c.state == SendState.WAITING.value,
                table.c.held.is_not(None),
            )
            .group_by(table.c.course, table.c.held)
            .order_by(table.c.course, table.c.held)
        )
        return [
            HeldGrades(course=row.course, why=Hold(row.held), count=row[2], since=row.since * SECOND)
            for row in self.connection.execute(query)
        ]

    def held_for(self, course: str, why: Hold) -> Sequence[str]:
        """By id, however far they got."""
        found = ask(self.connection, _HELD, tenant_=self.tenant, course_=course, held_=why.value)
        return [person for (person,) in found]

    def is_held_for(self, course: str, why: Hold, *, but: Collection[str] = ()) -> bool:
        """Asked often, and found at the first one."""
        asked = {"tenant_": self.tenant, "course_": course, "held_": why.value}
        if not but:
            return bool(ask(self.connection, _ANY_HELD, **asked))
        return bool(ask(self.connection, _ANY_HELD_BUT, **asked, persons_=list_parameter(but)))

    def worded(self, course: str, beginning: str) -> Sequence[str]:
        """By id, however far they got."""
        asked = {"tenant_": self.tenant, "course_": course, "beginning_": beginning}
        found = ask(self.connection, _WORDED, length_=len(beginning), **asked)
        return [person for (person,) in found]

    def refused_grades(self) -> Sequence[RefusedGrades]:
        """Of every course that has any, by course; none that is held back besides."""
        table = tables.outgoing_grade
        query = (
            select(table.c.course, func.count(), func.min(table.c.at).label("since"))
            .where(
                table.c.tenant == self.tenant,
                table.c.state == SendState.REFUSED.value,
                table.c.held.is_(None),
            )
            .group_by(table.c.course)
            .order_by(table.c.course)
        )
        return [
            RefusedGrades(course=row.course, count=row[1], since=row.since * SECOND)
            for row in self.connection.execute(query)
        ]

    def keep_grade_step(self, course: str, person: str, step: GradeStep) -> None:
        """One step more; none is ever changed."""
        table = tables.grade_step
        counted = select(func.count()).where(
            table.c.tenant == self.tenant, table.c.course == course, table.c.person == person
        )
        number = self.connection.execute(counted).scalar_one() + 1
        kept = (course, person, number, step.at, step.kind.value, _text(step.value), step.by)
        self.add(table, [kept])

    def grade_steps(self, course: str, person: str) -> Sequence[GradeStep]:
        """The history of one person's grade, the first step first."""
        found = rows(self.connection, _STEPS, tenant_=self.tenant, course_=course, person_=person)
        return [
            GradeStep(at=row.at, kind=GradeStepKind(row.kind), value=_fraction(row.value), by=row.by)
            for row in found
        ]

    def keep_gradebook_reading(self, reading: GradebookReading) -> None:
        """In place of the one before."""
        kept = (reading.registration, reading.context, reading.read_at, reading.try_at)
        self.put(tables.gradebook_reading, [kept])

    def gradebook_reading(self, registration: int, context: str) -> GradebookReading:
        """Of a gradebook that was never read too."""
        asked = {"tenant_": self.tenant, "registration_": registration, "context_": context}
        ((read_at, try_at),) = ask(self.connection, _READING, **asked) or [(None, 0)]
        return GradebookReading(registration=registration, context=context, read_at=read_at, try_at=try_at)

    def begin_sending(self, course: str, sender: str, *, at: int, until: int) -> bool:
        """Whether the sender has the course's grades to itself; the key of the row decides of many who
        race."""
        table = tables.sending
        over = or_(table.c.sender == sender, table.c.until <= at, table.c.until > 2 * until - at)
        mine = (table.c.tenant == self.tenant, table.c.course == course)
        self.connection.execute(delete(table).where(*mine, over))
        return self.add(table, [(course, sender, until)]) == 1

    def end_sending(self, course: str, sender: str) -> None:
        """Others may send; nothing happens where another has taken over."""
        table = tables.sending
        mine = (table.c.tenant == self.tenant, table.c.course == course, table.c.sender == sender)
        self.connection.execute(delete(table).where(*mine))

    def _grades(self) -> Select[Any]:
        table = tables.outgoing_grade
        return select(table).where(table.c.tenant == self.tenant)


def _waits() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    table = tables.outgoing_grade
    return table.c.state == SendState.WAITING.value, table.c.held.is_(None)


def _columns(grade: OutgoingGrade) -> dict[str, Any]:
    """In the order of the table's columns."""
    return {
        "given": str(grade.given),
        "comment": grade.comment,
        "at": grade.at,
        "state": grade.state.value,
        "tries": grade.tries,
        "try_at": grade.try_at,
        "tried": _text(grade.tried),
        "sent": _text(grade.sent),
        "sent_at": grade.sent_at,
        "reason": grade.reason,
        "forced": grade.forced,
        "line_item": grade.line_item,
        "found": _text(grade.found),
        "held": _value(grade.held),
    }


def _grade(row: Any) -> OutgoingGrade:
    return OutgoingGrade(
        course=row.course,
        person=row.person,
        given=Fraction(row.given),
        comment=row.comment,
        at=row.at,
        state=SendState(row.state),
        tries=row.tries,
        try_at=row.try_at,
        tried=_fraction(row.tried),
        sent=_fraction(row.sent),
        sent_at=row.sent_at,
        reason=row.reason,
        forced=bool(row.forced),
        line_item=row.line_item,
        found=_fraction(row.found),
        held=None if row.held is None else Hold(row.held),
    )


def _value(hold: Hold | None) -> str | None:
    return None if hold is None else hold.value


def _text(number: Fraction | None) -> str | None:
    return None if number is None else str(number)


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
