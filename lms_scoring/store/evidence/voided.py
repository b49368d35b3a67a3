"""Whether anything that a source told was voided, and what leaves it out."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Table, bindparam, select

from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import ask, list_parameter, listed_later
from lms_scoring.store.evidence.queries import not_voided
from lms_scoring.store.tenant_connection import TenantConnection

_ANY_VOIDED = (
    select(tables.voided_statement.c.id)
    .where(
        tables.voided_statement.c.tenant == bindparam("tenant_"),
        tables.voided_statement.c.source.in_(listed_later("sources_")),
    )
    .limit(1)
)


def holding(transaction: TenantConnection, table: Table, sources: Sequence[str]) -> list[ColumnElement[bool]]:
    """What leaves out voided statements; nothing where none was ever voided."""
    return [] if all_hold(transaction, sources) else [not_voided(table)]


def all_hold(transaction: TenantConnection, sources: Sequence[str]) -> bool:
    """Nothing of these sources was ever voided."""
    listing = list_parameter(sources)
    return not ask(transaction.connection, _ANY_VOIDED, tenant_=transaction.tenant, sources_=listing)
