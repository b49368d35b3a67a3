"""Cases and disputes: kept step by step, and never changed but by an erasure."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, delete, select, true, update

from lms_scoring.domain.doubts.doubt import Family
from lms_scoring.domain.errors import StoreError
from lms_scoring.domain.evidence import RecordTarget, Role
from lms_scoring.domain.evidence_json import canonical
from lms_scoring.domain.proceedings.case import Case
from lms_scoring.domain.proceedings.dispute import Dispute
from lms_scoring.domain.proceedings.step import Step
from lms_scoring.domain.proceedings.steps_json import step_fields, step_of
from lms_scoring.ports import CaseText, CaseTexts
from lms_scoring.store import tables
from lms_scoring.store.dialect import listed
from lms_scoring.store.tenant_connection import TenantConnection, next_number

_TABLE, _STEP, _TEXT, _RULES = (
    tables.proceeding,
    tables.proceeding_step,
    tables.case_text,
    tables.doubt_rules,
)


class _Sort(StrEnum):
    CASE = "case"
    DISPUTE = "dispute"


class Proceedings(TenantConnection):
    """The part of a transaction about cases and disputes."""

    def keep_case(self, course: str, case: Case) -> Case:
        """A new one, or one with new steps; with its number."""
        about = {"family": case.family.value, "kind": case.kind, "record": case.name}
        number = self._keep_proceeding(course, _Sort.CASE, case, about)
        return replace(case, number=number)

    def cases(
        self,
        course: str,
        *,
        numbers: Collection[int] | None = None,
        persons: Collection[str] | None = None,
        waiting: bool = False,
    ) -> Sequence[Case]:
        """By number."""
        found = self._proceedings(course, _Sort.CASE, numbers=numbers, persons=persons, waiting=waiting)
        return [
            Case(
                number=row.number,
                person=row.person,
                family=Family(row.family),
                kind=row.kind,
                name=row.record,
                steps=steps,
            )
            for row, steps in found
        ]

    def waiting_cases(self, course: str, *, persons: Collection[str] | None = None) -> Mapping[int, str]:
        """Number and person, by number."""
        where = self._of_sort(course, _Sort.CASE, numbers=None, persons=persons, waiting=True)
        query = select(_TABLE.c.number, _TABLE.c.person).where(*where).order_by(_TABLE.c.number)
        return {row.number: row.person for row in self.connection.execute(query)}

    def keep_case_texts(self, course: str, number: int, texts: CaseTexts) -> None:
        """In place of what was kept."""
        self.connection.execute(delete(_TEXT).where(*self._of_case(course, number)))
        sides = {"own": texts.own, "other": texts.other}
        kept = [(side, text) for side, text in sides.items() if text is not None]
        self.put(
            _TEXT,
            [(course, number, side, text.course, text.name, text.person, text.text) for side, text in kept],
        )

    def case_texts(self, course: str, number: int) -> CaseTexts:
        """What lies side by side."""
        query = select(_TEXT).where(*self._of_case(course, number))
        sides = {
            row.side: CaseText(course=row.of_course, name=row.name, person=row.person, text=row.text)
            for row in self.connection.execute(query)
        }
        return CaseTexts(**sides)

    def keep_dispute(self, course: str, dispute: Dispute) -> Dispute:
        """A new one, or one with new steps; with its number."""
        record = dispute.record
        about = {
            "role": dispute.role.value,
            "class": dispute.class_,
            "criterion": dispute.criterion,
            "kind": None if record is None else record.kind,
            "record": None if record is None else record.id,
        }
        number = self._keep_proceeding(course, _Sort.DISPUTE, dispute, about)
        return replace(dispute, number=number)

    def disputes(
        self,
        course: str,
        *,
        numbers: Collection[int] | None = None,
        persons: Collection[str] | None = None,
        waiting: bool = False,
    ) -> Sequence[Dispute]:
        """By number."""
        found = self._proceedings(course, _Sort.DISPUTE, numbers=numbers, persons=persons, waiting=waiting)
        return [
            Dispute(
                number=row.number,
                person=row.person,
                role=Role(row.role),
                class_=row._mapping["class"],
                criterion=row.criterion,
                record=None if row.kind is None else RecordTarget(kind=row.kind, id=row.record),
                steps=steps,
            )
            for row, steps in found
        ]

    def forget_proceedings(self, person: str) -> int:
        """Erases a person's, and the person's texts in others'."""
        theirs = (_TABLE.c.tenant == self.tenant, _TABLE.c.person == person)
        query = select(_TABLE.c.course, _TABLE.c.sort, _TABLE.c.number).where(*theirs)
        found = list(self.connection.execute(query))
        for row in found:
            if row.sort == _Sort.CASE:
                self.connection.execute(delete(_TEXT).where(*self._of_case(row.course, row.number)))
            self.connection.execute(
                delete(_STEP).where(
                    _STEP.c.tenant == self.tenant,
                    _STEP.c.course == row.course,
                    _STEP.c.sort == row.sort,
                    _STEP.c.number == row.number,
                )
            )
        self.connection.execute(delete(_TABLE).where(*theirs))
        self.connection.execute(delete(_TEXT).where(_TEXT.c.tenant == self.tenant, _TEXT.c.person == person))
        return len(found)

    def doubt_rules(self, course: str) -> str | None:
        """The fingerprint that was kept last."""
        query = select(_RULES.c.fingerprint).where(_RULES.c.tenant == self.tenant, _RULES.c.course == course)
        return self.connection.execute(query).scalar_one_or_none()

    def keep_doubt_rules(self, course: str, fingerprint: str) -> None:
        """In place of the one before."""
        self.put_named(_RULES, [{"course": course, "fingerprint": fingerprint}])

    def _keep_proceeding(
        self, course: str, sort: _Sort, one: Case | Dispute, about: Mapping[str, Any]
    ) -> int:
        number, known = one.number, 0
        if number == 0:
            of_sort = (_TABLE.c.tenant == self.tenant, _TABLE.c.course == course, _TABLE.c.sort == sort.value)
            number = next_number(self.connection, _TABLE.c.number, *of_sort)
            row = {"course": course, "sort": sort.value, "number": number, "person": one.person}
            self.add_named(_TABLE, [{**row, "waits": one.waits, **about}])
        else:
            known = self._known_steps(course, sort, number)
            self.connection.execute(
                update(_TABLE)
                .where(*self._of_sort(course, sort, numbers=[number], persons=None, waiting=False))
                .values(waits=one.waits)
            )
        self._add_steps(course, sort, number, one.steps, known=known)
        return number

    def _known_steps(self, course: str, sort: _Sort, number: int) -> int:
        following = next_number(
            self.connection,
            _STEP.c.step,
            _STEP.c.tenant == self.tenant,
            _STEP.c.course == course,
            _STEP.c.sort == sort.value,
            _STEP.c.number == number,
        )
        return following - 1

    def _add_steps(self, course: str, sort: _Sort, number: int, steps: Sequence[Step], *, known: int) -> None:
        rows = [
            (course, sort.value, number, place, step.kind.value, step.at, step.by, _body(step))
            for place, step in enumerate(steps, start=1)
            if place > known
        ]
        if self.add(_STEP, rows) < 1:
            raise StoreError(f"{sort} {number} was changed meanwhile; look at it again")

    def _proceedings(
        self,
        course: str,
        sort: _Sort,
        *,
        numbers: Collection[int] | None,
        persons: Collection[str] | None,
        waiting: bool,
    ) -> list[tuple[Any, tuple[Step, ...]]]:
        where = self._of_sort(course, sort, numbers=numbers, persons=persons, waiting=waiting)
        rows = list(self.connection.execute(select(_TABLE).where(*where).order_by(_TABLE.c.number)))
        query = (
            select(_STEP)
            .where(
                _STEP.c.tenant == self.tenant,
                _STEP.c.course == course,
                _STEP.c.sort == sort.value,
                _STEP.c.number.in_(listed(row.number for row in rows)),
            )
            .order_by(_STEP.c.number, _STEP.c.step)
        )
        steps = {
            number: tuple(map(_step, told))
            for number, told in groupby(self.connection.execute(query), key=lambda row: row.number)
        }
        return [(row, steps[row.number]) for row in rows]

    def _of_sort(
        self,
        course: str,
        sort: _Sort,
        *,
        numbers: Collection[int] | None,
        persons: Collection[str] | None,
        waiting: bool,
    ) -> list[ColumnElement[bool]]:
        where: list[ColumnElement[bool]] = [
            _TABLE.c.tenant == self.tenant,
            _TABLE.c.course == course,
            _TABLE.c.sort == sort.value,
        ]
        if numbers is not None:
            where.append(_TABLE.c.number.in_(listed(numbers)))
        if persons is not None:
            where.append(_TABLE.c.person.in_(listed(persons)))
        if waiting:
            where.append(_TABLE.c.waits == true())
        return where

    def _of_case(self, course: str, number: int) -> list[ColumnElement[bool]]:
        return [_TEXT.c.tenant == self.tenant, _TEXT.c.course == course, _TEXT.c.number == number]


def _body(step: Step) -> str:
    return canonical(step_fields(step)).decode()


def _step(row: Any) -> Step:
    return step_of(json.loads(row.body), kind=row.kind, at=row.at, by=row.by)
