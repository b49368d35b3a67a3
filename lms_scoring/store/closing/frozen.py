"""What each closing froze, and which closing holds."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import bindparam, or_, select

from lms_scoring.domain.evidence import Membership, MembershipStatus, Record, Role
from lms_scoring.domain.evidence_json import from_fields
from lms_scoring.ports import Act, ActKind
from lms_scoring.store import tables
from lms_scoring.store.acts import act_of
from lms_scoring.store.databases.dialect import list_parameter, listed_later, rows
from lms_scoring.store.tenant_connection import TenantConnection

_ACT = tables.signed_act
_SIGNED = (
    select(_ACT)
    .where(
        _ACT.c.tenant == bindparam("tenant_"),
        _ACT.c.course == bindparam("course_"),
        or_(_ACT.c.kind == ActKind.CLOSED.value, _ACT.c.kind == ActKind.REOPENED.value),
    )
    .order_by(_ACT.c.number.desc())
    .limit(1)
)
"""The closing of a course, or what undid it: every page asks."""
_MEMBERSHIPS = (
    select(
        *(tables.frozen_membership.c[name] for name in ("person", "source", "record", "role")),
        *(tables.frozen_membership.c[name] for name in ("status", "gone_at")),
        tables.frozen_membership.c["class"].label("class_"),
    )
    .where(
        tables.frozen_membership.c.tenant == bindparam("tenant_"),
        tables.frozen_membership.c.act == bindparam("act_"),
    )
    .order_by(*(tables.frozen_membership.c[name] for name in ("person", "source", "record")))
)
_MEMBERSHIPS_OF = _MEMBERSHIPS.where(tables.frozen_membership.c.person.in_(listed_later("persons_")))
_RECORDS_OF = select(tables.frozen_evidence.c.person, tables.frozen_evidence.c.body).where(
    tables.frozen_evidence.c.tenant == bindparam("tenant_"),
    tables.frozen_evidence.c.act == bindparam("act_"),
    tables.frozen_evidence.c.person.in_(listed_later("persons_")),
)


def closing_of(transaction: TenantConnection, course: str) -> Act | None:
    """The closing that holds; None: the course is open. Asked once per transaction."""
    if course not in transaction.remembered.closings:
        signed = rows(transaction.connection, _SIGNED, tenant_=transaction.tenant, course_=course)
        last = act_of(signed[0]) if signed else None
        transaction.remembered.closings[course] = (
            last if last is not None and last.kind is ActKind.CLOSED else None
        )
    return transaction.remembered.closings[course]


def frozen_memberships(
    transaction: TenantConnection, closing: Act, persons: Collection[str] | None = None
) -> Sequence[Membership]:
    """Everybody's, or those of the persons, by person, source and id."""
    asked: dict[str, Any] = {"tenant_": transaction.tenant, "act_": closing.number}
    if persons is None:
        found = rows(transaction.connection, _MEMBERSHIPS, **asked)
    else:
        found = rows(transaction.connection, _MEMBERSHIPS_OF, **asked, persons_=list_parameter(persons))
    return [_membership(row) for row in found]


def frozen_records(
    transaction: TenantConnection, closing: Act, persons: Collection[str]
) -> Mapping[str, Callable[[], list[Record]]]:
    """What reads the records of each of the persons who had a part in the course then."""
    asked: dict[str, Any] = {"tenant_": transaction.tenant, "act_": closing.number}
    found = rows(transaction.connection, _RECORDS_OF, **asked, persons_=list_parameter(persons))
    return {row.person: partial(_thawed, row.body) for row in found}


def _thawed(body: bytes) -> list[Record]:
    return [from_fields(fields["kind"], fields) for fields in json.loads(zlib.decompress(body))]


def _membership(row: Any) -> Membership:
    return Membership(
        id=row.record,
        person=row.person,
        role=Role(row.role),
        class_=row.class_,
        status=MembershipStatus(row.status),
        source=row.source or None,
        gone_at=row.gone_at,
    )
