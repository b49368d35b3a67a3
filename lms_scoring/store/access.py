"""Who may see what: grants, one-time links and sessions, known by digests of their secrets."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Table, delete, select, update

from lms_scoring.ports import Grant, Visitor
from lms_scoring.store import tables
from lms_scoring.store.tables.metadata import NOTHING
from lms_scoring.store.tenant_connection import TenantConnection


class Access(TenantConnection):
    """The part of a transaction about readers."""

    def keep_grant(self, grant: Grant) -> None:
        """Adds a grant; having it already changes nothing."""
        row = {"person": grant.person, "role": grant.role, "course": grant.course or NOTHING}
        self.add_named(tables.access_grant, [row])

    def grants(self, person: str) -> Sequence[Grant]:
        """What was granted to the person, by role and course."""
        table = tables.access_grant
        query = (
            select(table.c.role, table.c.course)
            .where(table.c.tenant == self.tenant, table.c.person == person)
            .order_by(table.c.role, table.c.course)
        )
        return [
            Grant(person=person, role=row.role, course=row.course or None)
            for row in self.connection.execute(query)
        ]

    def keep_link(self, digest: str, visitor: Visitor, *, expires_at: int) -> None:
        """A one-time link, good before the instant `expires_at`."""
        row = {"digest": digest, "visitor": _text(visitor), "expires_at": expires_at}
        self.add_named(tables.sign_in_link, [row])

    def take_link(self, digest: str, *, at: int) -> Visitor | None:
        """Uses the link up; one statement decides, so that of two who race one wins."""
        table = tables.sign_in_link
        taken = self.connection.execute(
            update(table)
            .where(
                table.c.tenant == self.tenant,
                table.c.digest == digest,
                table.c.used_at.is_(None),
                table.c.expires_at > at,
            )
            .values(used_at=at)
        )
        return self._visitor(table, digest, at=at) if taken.rowcount else None

    def keep_session(self, digest: str, visitor: Visitor, *, expires_at: int) -> None:
        """A session, good before the instant `expires_at`."""
        row = {"digest": digest, "visitor": _text(visitor), "expires_at": expires_at}
        self.put_named(tables.session, [row])

    def session(self, digest: str, *, at: int) -> Visitor | None:
        """Whose session it is; None when there is none or it is too old."""
        return self._visitor(tables.session, digest, at=at)

    def end_session(self, digest: str) -> None:
        """Forgets the session, if there is one."""
        table = tables.session
        self.connection.execute(delete(table).where(table.c.tenant == self.tenant, table.c.digest == digest))

    def _visitor(self, table: Table, digest: str, *, at: int) -> Visitor | None:
        query = select(table.c.visitor).where(
            table.c.tenant == self.tenant, table.c.digest == digest, table.c.expires_at > at
        )
        text = self.connection.execute(query).scalar_one_or_none()
        return None if text is None else _visitor(text)


def _text(visitor: Visitor) -> str:
    roles = [[grant.person, grant.role, grant.course] for grant in visitor.roles]
    return json.dumps({"person": visitor.person, "roles": roles}, ensure_ascii=False)


def _visitor(text: str) -> Visitor:
    fields = json.loads(text)
    roles = tuple(Grant(person=person, role=role, course=course) for person, role, course in fields["roles"])
    return Visitor(person=fields["person"], roles=roles)
