"""Reads cases and disputes with their steps; what says which of them are wanted is kept ready."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, bindparam, select, true

from lms_scoring.domain.evidence import RecordTarget, Role
from lms_scoring.domain.proceedings.dispute import Dispute
from lms_scoring.domain.proceedings.step import Step
from lms_scoring.domain.proceedings.steps_json import step_of
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import list_parameter, listed_later, rows
from lms_scoring.store.tenant_connection import TenantConnection

_TABLE, _STEP = tables.proceeding, tables.proceeding_step


class Sort(StrEnum):
    """What sort of proceeding it is."""

    CASE = "case"
    DISPUTE = "dispute"


@lru_cache
def _proceedings(of_numbers: bool, of_persons: bool, waiting: bool) -> Select[Any]:
    """Each form that the question has: the page of every card asks it."""
    names = ("number", "person", "family", "role", "criterion", "kind", "record", "waits")
    columns = (*(_TABLE.c[name] for name in names), _TABLE.c["class"].label("class_"))
    query = select(*columns).where(*of_sort(_TABLE)).order_by(_TABLE.c.number)
    if of_numbers:
        query = query.where(_TABLE.c.number.in_(listed_later("numbers_")))
    if of_persons:
        query = query.where(_TABLE.c.person.in_(listed_later("persons_")))
    return query.where(_TABLE.c.waits == true()) if waiting else query


def of_sort(table: Table) -> list[ColumnElement[bool]]:
    """Those of a course that are of a sort."""
    return [table.c[name] == bindparam(f"{name}_") for name in ("tenant", "course", "sort")]


_STEPS = (
    select(_STEP)
    .where(*of_sort(_STEP), _STEP.c.number.in_(listed_later("numbers_")))
    .order_by(_STEP.c.number, _STEP.c.step)
)


def disputes_of(
    transaction: TenantConnection,
    course: str,
    *,
    numbers: Collection[int] | None = None,
    persons: Collection[str] | None = None,
    waiting: bool = False,
) -> Sequence[Dispute]:
    """By number."""
    found = proceedings_of(
        transaction, course, Sort.DISPUTE, numbers=numbers, persons=persons, waiting=waiting
    )
    return [_dispute(row, steps) for row, steps in found]


def proceedings_of(
    transaction: TenantConnection,
    course: str,
    sort: Sort,
    *,
    numbers: Collection[int] | None,
    persons: Collection[str] | None,
    waiting: bool,
) -> list[tuple[Any, tuple[Step, ...]]]:
    """Rows with their steps, by number; all, or those that are named. Of one person all are read, and once: a
    page about somebody asks for those that wait, and for all."""
    if numbers is not None or persons is None or len(persons) != 1:
        return _with_steps(transaction, course, sort, numbers=numbers, persons=persons, waiting=waiting)
    (person,) = persons
    known, named = transaction.remembered.proceedings, (course, sort.value, person)
    if named not in known:
        known[named] = _with_steps(transaction, course, sort, numbers=None, persons=persons, waiting=False)
    return [(row, steps) for row, steps in known[named] if row.waits or not waiting]


def _with_steps(
    transaction: TenantConnection,
    course: str,
    sort: Sort,
    *,
    numbers: Collection[int] | None,
    persons: Collection[str] | None,
    waiting: bool,
) -> list[tuple[Any, tuple[Step, ...]]]:
    found = listed_proceedings(transaction, course, sort, numbers=numbers, persons=persons, waiting=waiting)
    wanted = list_parameter(row.number for row in found)
    told = proceeding_rows(transaction, _STEPS, course, sort, numbers_=wanted) if found else []
    steps = {number: tuple(map(_step, theirs)) for number, theirs in groupby(told, attrgetter("number"))}
    return [(row, steps[row.number]) for row in found]


def listed_proceedings(
    transaction: TenantConnection,
    course: str,
    sort: Sort,
    *,
    numbers: Collection[int] | None = None,
    persons: Collection[str] | None = None,
    waiting: bool = False,
) -> list[Any]:
    """The same without their steps."""
    query = _proceedings(numbers is not None, persons is not None, waiting)
    of = {"numbers_": list_parameter(numbers or ()), "persons_": list_parameter(persons or ())}
    return proceeding_rows(transaction, query, course, sort, **of)


def proceeding_rows(
    transaction: TenantConnection, query: Select[Any], course: str, sort: Sort, **asked: Any
) -> list[Any]:
    """What the question finds of a course and a sort."""
    whose = {"tenant_": transaction.tenant, "course_": course, "sort_": sort.value}
    return rows(transaction.connection, query, **whose, **asked)


def _dispute(row: Any, steps: tuple[Step, ...]) -> Dispute:
    return Dispute(
        number=row.number,
        person=row.person,
        role=Role(row.role),
        class_=row.class_,
        criterion=row.criterion,
        record=None if row.kind is None else RecordTarget(kind=row.kind, id=row.record),
        steps=steps,
    )


def _step(row: Any) -> Step:
    return step_of(json.loads(row.body), kind=row.kind, at=row.at, by=row.by)
