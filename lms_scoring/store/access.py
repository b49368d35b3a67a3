"""Who may see what: grants, one-time links and sessions, known by digests of their secrets."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, or_, select, update

from lms_scoring.ports import Grant, Session, Visitor
from lms_scoring.store import tables
from lms_scoring.store.tables.metadata import NOTHING
from lms_scoring.store.tenant_connection import TenantConnection
from lms_scoring.store.visitors import text_of, visitor_of


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
        row = {
            "digest": digest,
            "visitor": text_of(visitor),
            "expires_at": expires_at,
            "registration": _registration(visitor),
        }
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
            .returning(table.c.visitor)
        ).scalar_one_or_none()
        return None if taken is None else visitor_of(taken)

    def keep_session(
        self, digest: str, visitor: Visitor, *, at: int, expires_at: int, idle: int | None = None
    ) -> None:
        """A session, good before the instant `expires_at`; those that are too old are forgotten."""
        table = tables.session
        self.connection.execute(delete(table).where(table.c.tenant == self.tenant, table.c.expires_at <= at))
        row = {
            "digest": digest,
            "visitor": text_of(visitor),
            "expires_at": expires_at,
            "used_at": at,
            "idle": idle,
            "registration": _registration(visitor),
        }
        self.put_named(table, [row])

    def session(self, digest: str, *, at: int) -> Session | None:
        """Whose session it is; None when there is none, it is too old, or nobody used it for too long."""
        table = tables.session
        query = select(table.c.visitor, table.c.used_at, table.c.idle).where(*self._good(digest, at))
        row = self.connection.execute(query).one_or_none()
        if row is None:
            return None
        return Session(visitor=visitor_of(row.visitor), used_at=row.used_at, idle=row.idle)

    def use_session(self, digest: str, *, at: int) -> None:
        """Notes that somebody used it; one that is over stays over."""
        table = tables.session
        used = update(table).where(*self._good(digest, at), table.c.used_at < at).values(used_at=at)
        self.connection.execute(used)

    def end_session(self, digest: str) -> None:
        """Forgets the session, if there is one."""
        table = tables.session
        self.connection.execute(delete(table).where(table.c.tenant == self.tenant, table.c.digest == digest))

    def end_sessions(self, *, registration: int) -> int:
        """Forgets all that began with its launches, and links that would begin more; how many sessions."""
        link, table = tables.sign_in_link, tables.session
        self.connection.execute(
            delete(link).where(link.c.tenant == self.tenant, link.c.registration == registration)
        )
        return self.connection.execute(
            delete(table).where(table.c.tenant == self.tenant, table.c.registration == registration)
        ).rowcount

    def _good(self, digest: str, at: int) -> list[ColumnElement[bool]]:
        table = tables.session
        return [
            table.c.tenant == self.tenant,
            table.c.digest == digest,
            table.c.expires_at > at,
            or_(table.c.idle.is_(None), table.c.used_at + table.c.idle > at),
        ]


def _registration(visitor: Visitor) -> int | None:
    return None if visitor.launched is None else visitor.launched.registration
