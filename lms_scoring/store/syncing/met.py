"""Which sources and courses met, by the runs there were."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from lms_scoring.domain.errors import StoreError
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import ask
from lms_scoring.store.tenant_connection import TenantConnection, next_number

_COURSES_OF = (
    select(tables.run.c.course)
    .where(tables.run.c.tenant == bindparam("of_tenant"), tables.run.c.source == bindparam("of_source"))
    .distinct()
    .order_by(tables.run.c.course)
)
_SOURCES_OF = (
    select(tables.run.c.source)
    .where(tables.run.c.tenant == bindparam("of_tenant"), tables.run.c.course == bindparam("of_course"))
    .distinct()
    .order_by(tables.run.c.source)
)


def check_run(transaction: TenantConnection, course: str, source: str, run: int) -> None:
    """Raises StoreError unless the run is the latest of its source in the course: a sync that was thought
    dead must not write over what a later one has seen."""
    table = tables.run
    latest = transaction.connection.execute(
        select(func.max(table.c.id)).where(
            table.c.tenant == transaction.tenant, table.c.course == course, table.c.source == source
        )
    ).scalar_one()
    if latest != run:
        raise StoreError(
            f"run {run} of source {source!r} for course {course!r} was overtaken by another sync "
            f"(latest run: {latest}); nothing more is stored for it"
        )


def latest_run(transaction: TenantConnection) -> int:
    """The number of the latest run of any source; 0 before the first."""
    table = tables.run
    return next_number(transaction.connection, table.c.id, table.c.tenant == transaction.tenant) - 1


def sources_of(transaction: TenantConnection, course: str) -> list[str]:
    """The sources that ever had a run for the course: their statements belong to it."""
    found = ask(transaction.connection, _SOURCES_OF, of_tenant=transaction.tenant, of_course=course)
    return [source for (source,) in found]


def courses_of(transaction: TenantConnection, source: str) -> list[str]:
    """The courses that ever had a run of the source."""
    return [
        course
        for (course,) in ask(
            transaction.connection, _COURSES_OF, of_tenant=transaction.tenant, of_source=source
        )
    ]


def courses_with_runs(transaction: TenantConnection) -> list[str]:
    """The courses that ever had a run."""
    table = tables.run
    query = select(table.c.course).where(table.c.tenant == transaction.tenant).distinct()
    return list(transaction.connection.execute(query.order_by(table.c.course)).scalars())
