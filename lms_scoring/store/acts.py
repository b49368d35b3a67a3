"""Signed acts, one row after another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from lms_scoring.ports import Act, ActKind
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import list_parameter, listed_later, rows
from lms_scoring.store.syncing.met import latest_run
from lms_scoring.store.tables.metadata import NOTHING
from lms_scoring.store.tenant_connection import TenantConnection, next_number


class Acts(TenantConnection):
    """The part of a transaction about what people signed."""

    def write_act(self, act: Act) -> Act:
        """The act as it is kept: with the next number, and with the run."""
        table = tables.signed_act
        kept = replace(act, number=next_act(self), run=latest_run(self))
        self.add_named(table, [{**asdict(kept), "kind": act.kind.value, "course": act.course or NOTHING}])
        return kept

    def acts(self, *, course: str | None = None, kinds: Collection[ActKind] = ()) -> Sequence[Act]:
        """In the order they were done: of one course or of all, of some kinds or of any."""
        found = rows(
            self.connection,
            _acts(of_course=course is not None, of_kinds=bool(kinds)),
            tenant_=self.tenant,
            course_=course,
            kinds_=list_parameter(kind.value for kind in kinds),
        )
        return [*map(act_of, found)]


@lru_cache
def _acts(*, of_course: bool, of_kinds: bool) -> Select[Any]:
    """Each form that the question has: the page of every card asks it."""
    table = tables.signed_act
    query = select(table).where(table.c.tenant == bindparam("tenant_")).order_by(table.c.number)
    if of_course:
        query = query.where(table.c.course == bindparam("course_"))
    return query.where(table.c.kind.in_(listed_later("kinds_"))) if of_kinds else query


def act_of(row: Any) -> Act:
    """The act that a row keeps."""
    return Act(
        number=row.number,
        at=row.at,
        kind=ActKind(row.kind),
        by=row.by,
        reason=row.reason,
        course=row.course or None,
        person=row.person,
        subject=row.subject,
        run=row.run,
    )


def next_act(transaction: TenantConnection) -> int:
    """The number of the act that is signed next."""
    table = tables.signed_act
    return next_number(transaction.connection, table.c.number, table.c.tenant == transaction.tenant)
