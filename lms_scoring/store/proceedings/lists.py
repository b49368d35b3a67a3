"""Cases and disputes as lists ask for them: counted, and a part at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, case, func, or_, select, true

from lms_scoring.domain.doubts.doubt import Family
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.proceedings.step import StepKind
from lms_scoring.ports import CaseHeap, Contesting, DisputeCount, DisputePart
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import list_parameter, listed, listed_later
from lms_scoring.store.proceedings.reading import Sort, disputes_of, of_sort, proceeding_rows
from lms_scoring.store.tenant_connection import TenantConnection

_TABLE, _STEP = tables.proceeding, tables.proceeding_step


class ProceedingLists(TenantConnection):
    """The part of a transaction that lists cases and disputes."""

    def case_heaps(
        self, course: str, *, persons: Collection[str], waiting: bool = False
    ) -> Sequence[CaseHeap]:
        """By person and family."""
        found = proceeding_rows(self, _heaps(waiting), course, Sort.CASE, persons_=list_parameter(persons))
        return [
            CaseHeap(person=row.person, family=Family(row.family), first=row.first, count=row.n)
            for row in found
        ]

    def cases_to_judge(self, course: str, *, persons: Collection[str], by: str) -> Mapping[str, int]:
        """By person."""
        found = proceeding_rows(self, _TO_JUDGE, course, Sort.CASE, persons_=list_parameter(persons), by_=by)
        return {row.person: row.n for row in found}

    def case_to_judge(self, course: str, *, persons: Collection[str], by: str, after: int) -> int | None:
        """By its number."""
        asked = {"persons_": list_parameter(persons), "by_": by, "after_": after}
        (found,) = proceeding_rows(self, _NEXT, course, Sort.CASE, **asked)
        number: int | None = found.first if found.following is None else found.following
        return number

    def disputes_to_answer(
        self, course: str, whose: Contesting, *, by: str, now: int
    ) -> Mapping[tuple[str, str | None], DisputeCount]:
        """By person and class."""
        late = func.sum(case((_TABLE.c.due_at <= now, 1), else_=0)).label("late")
        of = (*self._contested(course, whose, waiting=True), *_FOR_BY)
        place = (_TABLE.c.person, _TABLE.c["class"].label("class_"))
        query = select(*place, func.count().label("n"), late).where(*of).group_by(*place)
        found = self.connection.execute(query, {"by_": by})
        return {(row.person, row.class_): DisputeCount(count=row.n, overdue=row.late) for row in found}

    def dispute_part(
        self, course: str, whose: Contesting, *, waiting: bool, first: int, rows: int
    ) -> DisputePart:
        """Those of a part in their order, and how many there are."""
        of = self._contested(course, whose, waiting=waiting)
        (found,) = self.connection.execute(select(func.count()).select_from(_TABLE).where(*of)).one()
        order = (_TABLE.c.waits.desc(), _TABLE.c.due_at, _LATEST, _TABLE.c.number)
        query = select(_TABLE.c.number).where(*of).order_by(*order).offset(first).limit(rows)
        numbers = list(self.connection.execute(query).scalars())
        disputes = {one.number: one for one in disputes_of(self, course, numbers=numbers)}
        return DisputePart(disputes=[disputes[number] for number in numbers], found=found)

    def _contested(self, course: str, whose: Contesting, *, waiting: bool) -> list[ColumnElement[bool]]:
        of = [
            _TABLE.c.tenant == self.tenant,
            _TABLE.c.course == course,
            _TABLE.c.sort == Sort.DISPUTE.value,
        ]
        if waiting:
            of.append(_TABLE.c.waits == true())
        if whose.but_not is not None:
            of.append(_TABLE.c.person != whose.but_not)
        if whose.learners is not None:
            of += [_TABLE.c.role == Role.LEARNER.value, _TABLE.c.person.in_(listed(whose.learners))]
        if whose.elsewhere:
            of.append(~_PLACE.in_(listed(_place(person, class_) for person, class_ in whose.elsewhere)))
        return of


_FIRST_SAID = select(_STEP.c.step).where(
    *(_STEP.c[name] == _TABLE.c[name] for name in ("tenant", "course", "sort", "number")),
    or_(_STEP.c.kind == StepKind.DECIDED.value, _STEP.c.kind == StepKind.ANSWERED.value),
    _STEP.c.by == bindparam("by_"),
)
_FOR_BY = (_TABLE.c.person != bindparam("by_"), ~_FIRST_SAID.exists())
"""Of what waits, this is what somebody can say something of: it is another's, and the first word of it was
not said by the same."""
_JUDGED = (
    *of_sort(_TABLE),
    _TABLE.c.waits == true(),
    _TABLE.c.person.in_(listed_later("persons_")),
    *_FOR_BY,
)
_TO_JUDGE = select(_TABLE.c.person, func.count().label("n")).where(*_JUDGED).group_by(_TABLE.c.person)
_NUMBER, _AFTER = _TABLE.c.number, bindparam("after_", type_=Integer)
_NEXT = select(
    func.min(case((_NUMBER > _AFTER, _NUMBER))).label("following"), func.min(_NUMBER).label("first")
).where(*_JUDGED, _NUMBER != _AFTER)


@lru_cache
def _heaps(waiting: bool) -> Select[Any]:
    first = func.min(_TABLE.c.number).label("first")
    query = (
        select(_TABLE.c.person, _TABLE.c.family, first, func.count().label("n"))
        .where(*of_sort(_TABLE), _TABLE.c.person.in_(listed_later("persons_")))
        .group_by(_TABLE.c.person, _TABLE.c.family)
        .order_by(first)
    )
    return query.where(_TABLE.c.waits == true()) if waiting else query


_LATEST = case((_TABLE.c.waits == true(), 0), else_=-_TABLE.c.told_at)
"""What waits is in the order of its number where as much time is left, all else in that of the last step."""

_PLACE = func.coalesce(_TABLE.c["class"], "").concat("\n").concat(_TABLE.c.person)


def _place(person: str, class_: str | None) -> str:
    """A person's place as one text; no class has the end of a line in its name."""
    return f"{class_ or ''}\n{person}"
