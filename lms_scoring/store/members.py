"""Who belongs to a course: its memberships in their latest version, and the people behind them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, false, select

from lms_scoring.domain.evidence import Membership, MembershipStatus
from lms_scoring.domain.identity import OWN, KnownPerson
from lms_scoring.store import tables
from lms_scoring.store.dialect import listed
from lms_scoring.store.rows import record_of
from lms_scoring.store.runs import Runs


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A membership and the account it came with; `person` is None while nobody has that account."""

    account: int
    person: str | None
    membership: Membership

    @property
    def active(self) -> bool:
        """Neither withdrawn nor gone."""
        return self.membership.status is MembershipStatus.ACTIVE


Place = tuple[str | None, str, str | None]
"""Person, role and class."""


class Members(Runs):
    """The part of a transaction about people and memberships."""

    def __init__(self, connection: Connection, tenant: int) -> None:
        super().__init__(connection, tenant)
        self._members: dict[str, list[Member]] = {}

    def people(self, course: str, *, persons: Collection[str] | None = None) -> Sequence[KnownPerson]:
        """Everyone who is or was a member, by id; or those of them that are named."""
        members = self.members(course) if persons is None else self._members_named(course, persons)
        named = {member.person for member in members if member.person is not None}
        return list(self.known_people(sorted(named)).values())

    def memberships(self, course: str, *, persons: Collection[str] | None = None) -> Sequence[Membership]:
        """The latest version of each, gone ones as withdrawn, by person and id. All, or of those named."""
        members = self.members(course) if persons is None else self._members_named(course, persons)
        found = [member.membership for member in members if member.person is not None]
        return sorted(
            found, key=lambda membership: (membership.person, membership.source or "", membership.id)
        )

    def members(self, course: str) -> list[Member]:
        """All memberships, of accounts that nobody has as well; read once per transaction."""
        if course not in self._members:
            columns = (*tables.evidence.c, tables.account.c.text, tables.account.c.person)
            rows = self.connection.execute(self._memberships(course, *columns))
            self._members[course] = [_member(row) for row in rows]
        return self._members[course]

    def _members_named(self, course: str, persons: Collection[str]) -> list[Member]:
        """The memberships of these alone: a page about one person must not read a county's."""
        if course in self._members:
            return [member for member in self._members[course] if member.person in persons]
        columns = (*tables.evidence.c, tables.account.c.text, tables.account.c.person)
        query = self._memberships(course, *columns).where(tables.account.c.person.in_(listed(persons)))
        return [_member(row) for row in self.connection.execute(query)]

    def active_places(self, course: str) -> set[Place]:
        """Who has which place in the course now. A board asks this alone, so no record is made for it."""
        evidence, account = tables.evidence, tables.account
        query = self._memberships(course, evidence.c.body, account.c.person).where(
            evidence.c.state == MembershipStatus.ACTIVE.value, evidence.c.gone_run.is_(None)
        )
        bodies = [(person, json.loads(body)) for body, person in self.connection.execute(query)]
        return {(person, body["role"], body["class"]) for person, body in bodies}

    def forget_members(self) -> None:
        """To be called by whoever changes memberships or joins accounts."""
        self._members.clear()

    def known_people(self, persons: Iterable[str]) -> dict[str, KnownPerson]:
        """Those of the persons that exist, in the same order, with their accounts."""
        wanted = list(persons)
        accounts = self.accounts_of(wanted)
        person = tables.person
        query = select(person.c.id, person.c.name).where(
            person.c.tenant == self.tenant, person.c.id.in_(listed(wanted))
        )
        names = {row.id: row.name for row in self.connection.execute(query)}
        return {
            id_: KnownPerson(
                id=id_,
                name=names[id_],
                accounts=tuple(text for text in accounts.get(id_, {}).values() if not text.startswith(OWN)),
            )
            for id_ in wanted
            if id_ in names
        }

    def accounts_of(self, persons: Iterable[str]) -> dict[str, dict[int, str]]:
        """Each person's accounts by number, the most stable first."""
        account = tables.account
        query = (
            select(account.c.person, account.c.id, account.c.text)
            .where(account.c.tenant == self.tenant, account.c.person.in_(listed(persons)))
            .order_by(account.c.person, account.c.rank, account.c.id)
        )
        found: dict[str, dict[int, str]] = {}
        for row in self.connection.execute(query):
            found.setdefault(row.person, {})[row.id] = row.text
        return found

    def _memberships(self, course: str, *columns: ColumnElement[Any]) -> Select[Any]:
        evidence, account = tables.evidence, tables.account
        return (
            select(*columns)
            .select_from(evidence)
            .join(account, (account.c.tenant == evidence.c.tenant) & (account.c.id == evidence.c.account))
            .where(
                evidence.c.tenant == self.tenant,
                evidence.c.course == course,
                evidence.c.source.in_(self.sources_of(course)),
                evidence.c.kind == "membership",
                evidence.c.superseded == false(),
            )
        )


def _member(row: Row[Any]) -> Member:
    person = row.person if row.person is not None else row.text
    membership = record_of(row, person=person, person_of=str)
    if not isinstance(membership, Membership):
        raise TypeError(f"a membership was expected, not a {type(membership).__name__}")
    if membership.gone_at is not None:
        membership = replace(membership, status=MembershipStatus.WITHDRAWN)
    return Member(account=row.account, person=row.person, membership=membership)
