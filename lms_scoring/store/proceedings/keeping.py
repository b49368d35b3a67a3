"""Cases and disputes: kept step by step, and never changed but by an erasure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, select, update

from lms_scoring.domain.canonical import canonical
from lms_scoring.domain.doubts.doubt import Family
from lms_scoring.domain.errors import StoreError
from lms_scoring.domain.proceedings.case import Case
from lms_scoring.domain.proceedings.dispute import Dispute
from lms_scoring.domain.proceedings.step import Step
from lms_scoring.domain.proceedings.steps_json import step_fields
from lms_scoring.ports import CaseText, CaseTexts
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import listed
from lms_scoring.store.proceedings.reading import (
    Sort,
    disputes_of,
    listed_proceedings,
    proceedings_of,
)
from lms_scoring.store.tenant_connection import TenantConnection, next_number

_TABLE, _STEP, _TEXT, _RULES = (
    tables.proceeding,
    tables.proceeding_step,
    tables.case_text,
    tables.doubt_rules,
)


class Proceedings(TenantConnection):
    """The part of a transaction about cases and disputes."""

    def keep_case(self, course: str, case: Case) -> Case:
        """A new one, or one with new steps; with its number."""
        (kept,) = self.keep_cases(course, [case])
        return kept

    def keep_cases(self, course: str, cases: Sequence[Case]) -> Sequence[Case]:
        """The same of many."""
        about = [{"family": case.family.value, "kind": case.kind, "record": case.name} for case in cases]
        numbers = self._keep_proceedings(course, Sort.CASE, cases, about)
        return [replace(case, number=number) for case, number in zip(cases, numbers, strict=True)]

    def cases(
        self,
        course: str,
        *,
        numbers: Collection[int] | None = None,
        persons: Collection[str] | None = None,
        waiting: bool = False,
    ) -> Sequence[Case]:
        """By number."""
        found = proceedings_of(self, course, Sort.CASE, numbers=numbers, persons=persons, waiting=waiting)
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
        return {
            row.number: row.person
            for row in listed_proceedings(self, course, Sort.CASE, persons=persons, waiting=True)
        }

    def keep_case_texts(self, course: str, texts: Mapping[int, CaseTexts]) -> None:
        """In place of what was kept."""
        self.connection.execute(delete(_TEXT).where(*self._of_cases(course, texts)))
        self.put(
            _TEXT,
            [
                (course, number, side, text.course, text.name, text.person, text.text)
                for number, theirs in texts.items()
                for side, text in (("own", theirs.own), ("other", theirs.other))
                if text is not None
            ],
        )

    def case_texts(self, course: str, number: int) -> CaseTexts:
        """What lies side by side."""
        query = select(_TEXT).where(*self._of_cases(course, [number]))
        sides = {
            row.side: CaseText(course=row.of_course, name=row.name, person=row.person, text=row.text)
            for row in self.connection.execute(query)
        }
        return CaseTexts(**sides)

    def keep_dispute(self, course: str, dispute: Dispute) -> Dispute:
        """A new one, or one with new steps; with its number."""
        self.stale.card(course, dispute.person)
        record = dispute.record
        about = {
            "role": dispute.role.value,
            "class": dispute.class_,
            "criterion": dispute.criterion,
            "kind": None if record is None else record.kind,
            "record": None if record is None else record.id,
        }
        (number,) = self._keep_proceedings(course, Sort.DISPUTE, [dispute], [about])
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
        return disputes_of(self, course, numbers=numbers, persons=persons, waiting=waiting)

    def forget_proceedings(self, person: str) -> int:
        """Erases a person's, and the person's texts in others'."""
        self.remembered.proceedings.clear()
        theirs = (_TABLE.c.tenant == self.tenant, _TABLE.c.person == person)
        query = select(_TABLE.c.course, _TABLE.c.sort, _TABLE.c.number).where(*theirs)
        found = list(self.connection.execute(query))
        for row in found:
            self.stale.card(row.course, person)
            if row.sort == Sort.CASE:
                self.connection.execute(delete(_TEXT).where(*self._of_cases(row.course, [row.number])))
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

    def _keep_proceedings(
        self,
        course: str,
        sort: Sort,
        kept: Sequence[Case | Dispute],
        about: Sequence[dict[str, Any]],
    ) -> list[int]:
        """Their numbers; `about` says of each what no other sort has."""
        self.remembered.proceedings.clear()
        theirs = (_TABLE.c.tenant == self.tenant, _TABLE.c.course == course, _TABLE.c.sort == sort.value)
        if all(one.number for one in kept):
            numbers = [one.number for one in kept]
        else:
            following = count(next_number(self.connection, _TABLE.c.number, *theirs))
            numbers = [one.number or next(following) for one in kept]
        rows = [
            {"course": course, "sort": sort.value, "number": number, "person": one.person}
            | _standing(one)
            | more
            for one, number, more in zip(kept, numbers, about, strict=True)
            if one.number == 0
        ]
        self.add_named(_TABLE, rows)
        former = [one for one in kept if one.number]
        known = self._known_steps(course, sort, [one.number for one in former])
        if former:
            changed = [{"number_": one.number} | _standing(one) for one in former]
            this = (*theirs, _TABLE.c.number == bindparam("number_"))
            self.connection.execute(update(_TABLE).where(*this), changed)
        for one, number in zip(kept, numbers, strict=True):
            if len(one.steps) <= known.get(number, 0):
                raise StoreError(f"{sort} {number} was changed meanwhile; look at it again")
        self._add_steps(
            course, sort, {n: one.steps for n, one in zip(numbers, kept, strict=True)}, known=known
        )
        return numbers

    def _known_steps(self, course: str, sort: Sort, numbers: Collection[int]) -> Mapping[int, int]:
        """How many steps of each are kept."""
        if not numbers:
            return {}
        query = (
            select(_STEP.c.number, func.max(_STEP.c.step).label("steps"))
            .where(
                _STEP.c.tenant == self.tenant,
                _STEP.c.course == course,
                _STEP.c.sort == sort.value,
                _STEP.c.number.in_(listed(numbers)),
            )
            .group_by(_STEP.c.number)
        )
        return {row.number: row.steps for row in self.connection.execute(query)}

    def _add_steps(
        self, course: str, sort: Sort, steps: Mapping[int, Sequence[Step]], *, known: Mapping[int, int]
    ) -> None:
        self.add(
            _STEP,
            [
                (course, sort.value, number, place, step.kind.value, step.at, step.by, _body(step))
                for number, theirs in steps.items()
                for place, step in enumerate(theirs, start=1)
                if place > known.get(number, 0)
            ],
        )

    def _of_cases(self, course: str, numbers: Iterable[int]) -> list[ColumnElement[bool]]:
        return [_TEXT.c.tenant == self.tenant, _TEXT.c.course == course, _TEXT.c.number.in_(listed(numbers))]


def _standing(one: Case | Dispute) -> dict[str, Any]:
    """What lists ask of it."""
    due_at = one.due_at if isinstance(one, Dispute) else None
    return {"waits": one.waits, "due_at": due_at, "told_at": one.steps[-1].at}


def _body(step: Step) -> str:
    return canonical(step_fields(step)).decode()
