"""Whose statements were voided: found by passing over all that a source ever told, so once for any number."""

from __future__ import annotations

from sqlalchemy import bindparam, exists, false, select, true, update

from lms_scoring.domain.statements import LmsVerb
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import ask
from lms_scoring.store.syncing.met import courses_of
from lms_scoring.store.tenant_connection import TENANT, TenantConnection
from lms_scoring.store.touched.marking import authors_of, touch

_VOIDED, _RUN = tables.voided_statement, tables.run

UNSETTLED = (
    select(_VOIDED.c.source)
    .where(
        _VOIDED.c.tenant == TENANT,
        _VOIDED.c.settled == false(),
        exists().where(
            _RUN.c.tenant == TENANT, _RUN.c.course == bindparam("course_"), _RUN.c.source == _VOIDED.c.source
        ),
    )
    .distinct()
)
"""Sources of a course of which the marks of voided statements are still to be made. Runs are asked of each:
there is hardly ever such a source, and of runs a course has many."""


def settle_voids(transaction: TenantConnection, course: str) -> None:
    """Marks those whose statements were voided, wherever these count, if any were since the last time."""
    unsettled = ask(transaction.connection, UNSETTLED, tenant_=transaction.tenant, course_=course)
    for (source,) in unsettled:
        accounts = accounts_of_voids(transaction, source)
        for each in courses_of(transaction, source):
            touch(transaction, each, accounts)
        transaction.connection.execute(
            update(_VOIDED)
            .where(
                _VOIDED.c.tenant == transaction.tenant,
                _VOIDED.c.source == source,
                _VOIDED.c.settled == false(),
            )
            .values(settled=true())
        )


def accounts_of_voids(transaction: TenantConnection, source: str) -> set[int]:
    """The accounts to be marked for what of the source is not settled."""
    unsettled = select(_VOIDED.c.id).where(
        _VOIDED.c.tenant == transaction.tenant, _VOIDED.c.source == source, _VOIDED.c.settled == false()
    )
    found: set[int] = set()
    for table in (tables.watch_event, tables.lms_statement):
        theirs = select(table.c.account).where(
            table.c.tenant == transaction.tenant, table.c.source == source, table.c.id.in_(unsettled)
        )
        found.update(transaction.connection.execute(theirs.distinct()).scalars())
    told = tables.lms_statement
    deleted = select(told.c.object).where(
        told.c.tenant == transaction.tenant,
        told.c.source == source,
        told.c.verb == LmsVerb.POST_DELETED.value,
        told.c.id.in_(unsettled),
    )
    return found | authors_of(transaction, source, list(transaction.connection.execute(deleted).scalars()))
