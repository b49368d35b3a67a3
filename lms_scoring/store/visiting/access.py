"""Who may see what: grants, one-time links and sessions, known by digests of their secrets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update

from lms_scoring.ports import Grant, Session, Visitor
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import ask, rows, tell
from lms_scoring.store.tables.metadata import NOTHING, Instant
from lms_scoring.store.tenant_connection import TenantConnection
from lms_scoring.store.visiting.visitors import text_of, visitor_of

_AT = bindparam("at_", type_=Instant)
_GRANTS = (
    select(tables.access_grant.c.role, tables.access_grant.c.course)
    .where(
        tables.access_grant.c.tenant == bindparam("tenant_"),
        tables.access_grant.c.person == bindparam("person_"),
    )
    .order_by(tables.access_grant.c.role, tables.access_grant.c.course)
)
_GOOD = (
    tables.session.c.tenant == bindparam("tenant_"),
    tables.session.c.digest == bindparam("digest_"),
    tables.session.c.expires_at > _AT,
    or_(tables.session.c.idle.is_(None), tables.session.c.used_at + tables.session.c.idle > _AT),
)
_SESSION = select(tables.session.c.visitor, tables.session.c.used_at, tables.session.c.idle).where(*_GOOD)
_USED = update(tables.session).where(*_GOOD, tables.session.c.used_at < _AT).values(used_at=_AT)
_FORGET_OLD = delete(tables.session).where(
    tables.session.c.tenant == bindparam("tenant_"), tables.session.c.expires_at <= _AT
)


class Access(TenantConnection):
    """The part of a transaction about readers."""

    def keep_grant(self, grant: Grant) -> None:
        """Adds a grant; having it already changes nothing."""
        row = {"person": grant.person, "role": grant.role, "course": grant.course or NOTHING}
        self.add_named(tables.access_grant, [row])

    def take_grant(self, grant: Grant) -> bool:
        """Takes a grant back; False where there was none."""
        table = tables.access_grant
        taken = self.connection.execute(
            delete(table).where(
                table.c.tenant == self.tenant,
                table.c.person == grant.person,
                table.c.role == grant.role,
                table.c.course == (grant.course or NOTHING),
            )
        )
        return taken.rowcount > 0

    def all_grants(self) -> Sequence[Grant]:
        """Everybody's, by person, role and course."""
        table = tables.access_grant
        query = select(table.c.person, table.c.role, table.c.course).where(table.c.tenant == self.tenant)
        found = self.connection.execute(query.order_by(table.c.person, table.c.role, table.c.course))
        return [Grant(person=row.person, role=row.role, course=row.course or None) for row in found]

    def grants(self, person: str) -> Sequence[Grant]:
        """What was granted to the person, by role and course."""
        found = ask(self.connection, _GRANTS, tenant_=self.tenant, person_=person)
        return [Grant(person=person, role=role, course=course or None) for role, course in found]

    def keep_link(self, digest: str, visitor: Visitor, *, expires_at: int) -> None:
        """A one-time link, good before the instant `expires_at`."""
        row = {
            "digest": digest,
            "visitor": text_of(visitor),
            "expires_at": expires_at,
            **_came_by(visitor),
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
        tell(self.connection, _FORGET_OLD, tenant_=self.tenant, at_=at)
        row = {
            "digest": digest,
            "visitor": text_of(visitor),
            "expires_at": expires_at,
            "used_at": at,
            "idle": idle,
            **_came_by(visitor),
        }
        self.put_named(table, [row])

    def session(self, digest: str, *, at: int) -> Session | None:
        """Whose session it is; None when there is none, it is too old, or nobody used it for too long."""
        for row in rows(self.connection, _SESSION, tenant_=self.tenant, digest_=digest, at_=at):
            return Session(visitor=visitor_of(row.visitor), used_at=row.used_at, idle=row.idle)
        return None

    def use_session(self, digest: str, *, at: int) -> None:
        """Notes that somebody used it; one that is over stays over."""
        tell(self.connection, _USED, tenant_=self.tenant, digest_=digest, at_=at)

    def end_session(self, digest: str) -> None:
        """Forgets the session, if there is one."""
        table = tables.session
        self.connection.execute(delete(table).where(table.c.tenant == self.tenant, table.c.digest == digest))

    def end_launch(self, launch: str) -> None:
        """Forgets all that began with that launch, and links that would begin more."""
        for table in (tables.sign_in_link, tables.session):
            self.connection.execute(
                delete(table).where(table.c.tenant == self.tenant, table.c.launch == launch)
            )

    def end_sessions(self, *, registration: int, deployment: str | None = None) -> int:
        """Forgets all that began with its launches, and links that would begin more; how many sessions."""
        ended = 0
        for table in (tables.sign_in_link, tables.session):  # the sessions last: they are counted
            theirs = delete(table).where(table.c.tenant == self.tenant, table.c.registration == registration)
            if deployment is not None:
                theirs = theirs.where(table.c.deployment == deployment)
            ended = self.connection.execute(theirs).rowcount
        return ended


def _came_by(visitor: Visitor) -> dict[str, Any]:
    launched = visitor.launched
    if launched is None:
        return {}
    return {
        "registration": launched.registration,
        "deployment": launched.deployment,
        "launch": launched.launch,
    }
