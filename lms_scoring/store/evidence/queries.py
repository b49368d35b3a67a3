"""What is asked of the database for people's evidence: built once for each kind of database."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    case,
    exists,
    false,
    literal,
    select,
)

from lms_scoring.domain.statements import LmsStatement, WatchEvent
from lms_scoring.store import tables
from lms_scoring.store.databases.kind import Wanted
from lms_scoring.store.tables.statements import DELETED
from lms_scoring.store.tenant_connection import TENANT

_RUN = bindparam("run_", type_=Integer)

FIELDS: dict[Table, Sequence[str]] = {
    tables.watch_event: WatchEvent._fields,
    tables.lms_statement: LmsStatement._fields,
}
"""What is told of each statement, besides whose answer it is in."""


@lru_cache
def records_of(wanted: Wanted, *, at_run: bool) -> Select[Any]:
    """Records of a course, by rank, source, kind and id: their latest versions, or those a run had left."""
    table = tables.evidence
    gone_at, in_force = _version_at_run() if at_run else (table.c.gone_at, table.c.superseded == false())
    return (
        select(
            *(wanted.accounts.c.rank, table.c.kind, table.c.record, table.c.source),
            *(table.c.body, gone_at.label("gone_at")),
        )
        .join(wanted.accounts, wanted.of(table.c.account))
        .where(table.c.tenant == TENANT, table.c.course == bindparam("course_"), in_force)
        .order_by(wanted.accounts.c.rank, table.c.source, table.c.kind, table.c.record)
    )


@lru_cache
def told_of(wanted: Wanted, table: Table, *, all_hold: bool) -> Select[Any]:
    """Events or statements of a source (rank, fields …), by rank and time of storing.

    SQLite reads the table through once and sorts it, however few people are asked for; PostgreSQL has an
    index for few of them (decision 0004).
    """
    return (
        select(wanted.accounts.c.rank, *(table.c[name] for name in FIELDS[table]))
        .join(wanted.accounts, wanted.of(table.c.account))
        .where(*_of_source(table, all_hold=all_hold))
        .order_by(wanted.accounts.c.rank, table.c.stored, table.c.id)
    )


@lru_cache
def deletions(*, all_hold: bool) -> Select[Any]:
    """Statements of a source that a post was deleted, in the form of `told_of`."""
    table = tables.lms_statement
    return (
        select(literal(0), *(table.c[name] for name in FIELDS[table]))
        .where(*_of_source(table, all_hold=all_hold), DELETED)
        .order_by(table.c.stored, table.c.id)
    )


def not_voided(table: Table) -> ColumnElement[bool]:
    """What leaves out voided statements."""
    voided = tables.voided_statement
    return ~exists().where(
        voided.c.tenant == table.c.tenant, voided.c.source == table.c.source, voided.c.id == table.c.id
    )


def _of_source(table: Table, *, all_hold: bool) -> list[ColumnElement[bool]]:
    of_source = [table.c.tenant == TENANT, table.c.source == bindparam("source_")]
    return of_source if all_hold else [*of_source, not_voided(table)]


def _version_at_run() -> tuple[ColumnElement[Any], ColumnElement[bool]]:
    """When a version was missed, and whether it is the latest that the run had left."""
    table = tables.evidence
    later = table.alias("later")
    follower = exists().where(
        *(later.c[name] == table.c[name] for name in ("tenant", "course", "source", "kind", "record")),
        later.c.seen_run > table.c.seen_run,
        later.c.seen_run <= _RUN,
    )
    return case((table.c.gone_run <= _RUN, table.c.gone_at)), and_(table.c.seen_run <= _RUN, ~follower)
