"""Closed programmes: what was frozen by each closing, and which closing holds."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, or_, select

from lms_scoring.domain.evidence import KIND_OF, Membership, MembershipStatus, Record, Role
from lms_scoring.domain.evidence_json import canonical, from_fields, to_fields
from lms_scoring.ports import Act, ActKind, Frozen
from lms_scoring.store import tables
from lms_scoring.store.acts import Acts, act_of
from lms_scoring.store.dialect import list_parameter, listed_later, rows
from lms_scoring.store.tables.metadata import NOTHING

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
_AT_ONCE = 50
"""So many people's evidence is in memory at one time."""
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


class Closings(Acts):
    """The part of a transaction about closed programmes."""

    def __init__(self, connection: Connection, tenant: int) -> None:
        super().__init__(connection, tenant)
        self._closings: dict[str, Act | None] = {}

    def keep_act(self, act: Act) -> Act:
        """As `Acts` has it."""
        self._closings.clear()
        return super().keep_act(act)

    def closing(self, course: str) -> Act | None:
        """The closing that holds; None: the course is open. Asked once per transaction."""
        if course not in self._closings:
            signed = rows(self.connection, _SIGNED, tenant_=self.tenant, course_=course)
            last = act_of(signed[0]) if signed else None
            self._closings[course] = last if last is not None and last.kind is ActKind.CLOSED else None
        return self._closings[course]

    def freeze(self, course: str, frozen: Iterable[Frozen]) -> None:
        """Kept for the closing that is signed next, in the same transaction."""
        act, portion = self.next_act(), list[Frozen]()
        for one in frozen:
            portion.append(one)
            if len(portion) == _AT_ONCE:
                self._keep_frozen(act, portion)
                portion = []
        self._keep_frozen(act, portion)

    def frozen_memberships(
        self, closing: Act, persons: Collection[str] | None = None
    ) -> Sequence[Membership]:
        """Everybody's, or those of the persons, by person, source and id."""
        asked: dict[str, Any] = {"tenant_": self.tenant, "act_": closing.number}
        if persons is None:
            found = rows(self.connection, _MEMBERSHIPS, **asked)
        else:
            found = rows(self.connection, _MEMBERSHIPS_OF, **asked, persons_=list_parameter(persons))
        return [_membership(row) for row in found]

    def frozen_records(self, closing: Act, persons: Collection[str]) -> Mapping[str, list[Record]]:
        """The records of those of the persons who had a part in the course then."""
        asked: dict[str, Any] = {"tenant_": self.tenant, "act_": closing.number}
        found = rows(self.connection, _RECORDS_OF, **asked, persons_=list_parameter(persons))
        return {row.person: _thawed(row.body) for row in found}

    def _keep_frozen(self, act: int, portion: Sequence[Frozen]) -> None:
        self.add(tables.frozen_evidence, [(act, one.person, _compressed(one.records)) for one in portion])
        self.add(
            tables.frozen_membership,
            [
                (
                    *(act, one.person, membership.source or NOTHING, membership.id),
                    *(membership.role.value, membership.class_, membership.status.value, membership.gone_at),
                )
                for one in portion
                for membership in one.memberships
            ],
        )


def _compressed(records: Iterable[Record]) -> bytes:
    return zlib.compress(
        canonical([{"kind": KIND_OF[type(record)], **to_fields(record)} for record in records])
    )


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
