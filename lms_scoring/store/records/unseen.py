"""Live records of a scope, and which of them a run did not see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, false, func, or_, select, update

from lms_scoring.ports import Scope
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import listed
from lms_scoring.store.roll import members_of
from lms_scoring.store.tenant_connection import TenantConnection
from lms_scoring.store.touched.marking import touch_after

Where = Sequence[ColumnElement[bool]]


def count_of(transaction: TenantConnection, *where: ColumnElement[bool]) -> int:
    """How many records fit."""
    query = select(func.count()).select_from(tables.evidence).where(*where)
    return transaction.connection.execute(query).scalar_one()


def live_records(
    transaction: TenantConnection, course: str, source: str, scope: Scope
) -> list[ColumnElement[bool]]:
    """The latest versions that are not gone, of people within reach."""
    table = tables.evidence
    where: list[ColumnElement[bool]] = [
        table.c.tenant == transaction.tenant,
        table.c.course == course,
        table.c.source == source,
        table.c.kind == scope.kind,
        table.c.superseded == false(),
        table.c.gone_run.is_(None),
    ]
    if scope.activity is not None:
        where.append(table.c.activity == scope.activity)
    if scope.kind != "membership":
        where.append(_within_reach(transaction, course))
    return where


def unseen_by(transaction: TenantConnection, run: int) -> list[ColumnElement[bool]]:
    """Neither changed nor met by the run."""
    table, seen = tables.evidence, tables.seen_record
    seen_again = exists().where(
        seen.c.tenant == transaction.tenant,
        seen.c.run == run,
        seen.c.kind == table.c.kind,
        seen.c.record == table.c.record,
    )
    return [table.c.seen_run != run, ~seen_again]


def mark(
    transaction: TenantConnection, course: str, scope: Scope, missing: Where, *, run: int, at: int
) -> int:
    """Marks these records of the scope as gone; how many."""
    table = tables.evidence
    owners = select(table.c.account).where(*missing).distinct()
    accounts = set(transaction.connection.execute(owners).scalars())
    marking = update(table).where(*missing).values(gone_run=run, gone_at=at)
    marked = transaction.connection.execute(marking).rowcount
    if accounts:
        touch_after(transaction, course, [scope.kind], accounts)
    return marked


def _within_reach(transaction: TenantConnection, course: str) -> ColumnElement[bool]:
    account, owner = tables.account, tables.evidence.c.account
    active = [member for member in members_of(transaction, course) if member.active]
    theirs: Any = select(account.c.id).where(
        account.c.tenant == transaction.tenant,
        account.c.person.in_(listed({m.person for m in active if m.person is not None})),
    )
    return or_(owner.in_(theirs), owner.in_(listed({member.account for member in active})))
