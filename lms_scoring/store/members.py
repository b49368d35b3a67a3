"""Who belongs to a course: its memberships in their latest version, and the people behind them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, Text, bindparam, false, select

from lms_scoring.domain.evidence import Membership, MembershipStatus
from lms_scoring.domain.identity import OWN, KnownPerson
from lms_scoring.store import tables
from lms_scoring.store.closings import Closings
from lms_scoring.store.dialect import ask, list_parameter, listed_later, rows
from lms_scoring.store.rows import record_of
from lms_scoring.store.stale import Stale


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


def _memberships(*columns: ColumnElement[Any]) -> Select[Any]:
    evidence, account, run = tables.evidence, tables.account, tables.run
    tenant, course = bindparam("tenant_", type_=Integer), bindparam("course_", type_=Text)
    sources = select(run.c.source).where(run.c.tenant == tenant, run.c.course == course)
    return (
        select(*columns)
        .select_from(evidence)
        .join(account, (account.c.tenant == evidence.c.tenant) & (account.c.id == evidence.c.account))
        .where(
            evidence.c.tenant == tenant,
            evidence.c.course == course,
            evidence.c.source.in_(sources),
            evidence.c.kind == "membership",
            evidence.c.superseded == false(),
        )
    )


_PERSONS = listed_later("persons_")
_ALL = _memberships(*tables.evidence.c, tables.account.c.text, tables.account.c.person)
_NAMED = _ALL.where(tables.account.c.person.in_(_PERSONS))
_ACTIVE = _memberships(tables.evidence.c.body, tables.account.c.person).where(
    tables.evidence.c.state == MembershipStatus.ACTIVE.value, tables.evidence.c.gone_run.is_(None)
)
_OF_GROUP = _memberships(tables.evidence.c.record, tables.evidence.c.body).where(
    tables.evidence.c.source == bindparam("source_"),
    tables.evidence.c.record.like(bindparam("ending_", type_=Text), escape="!"),
    tables.evidence.c.state == MembershipStatus.ACTIVE.value,
    tables.evidence.c.gone_run.is_(None),
    tables.account.c.person.is_not(None),
)
_NAMES = select(tables.person.c.id, tables.person.c.name).where(
    tables.person.c.tenant == bindparam("tenant_"), tables.person.c.id.in_(_PERSONS)
)
_ACCOUNTS = (
    select(tables.account.c.person, tables.account.c.id, tables.account.c.text)
    .where(tables.account.c.tenant == bindparam("tenant_"), tables.account.c.person.in_(_PERSONS))
    .order_by(tables.account.c.person, tables.account.c.rank, tables.account.c.id)
)


class Members(Closings):
    """The part of a transaction about people and memberships."""

    def __init__(self, connection: Connection, tenant: int) -> None:
        super().__init__(connection, tenant)
        self._members: dict[str, list[Member]] = {}
        self.stale = Stale()

    def people(self, course: str, *, persons: Collection[str] | None = None) -> Sequence[KnownPerson]:
        """Everyone who is or was a member, by id; or those of them that are named."""
        members = self.members(course) if persons is None else self.members_named(course, persons)
        named = {member.person for member in members if member.person is not None}
        return list(self.known_people(sorted(named)).values())

    def names(self, persons: Collection[str]) -> Mapping[str, str]:
        """The names of those that are known here, whatever course they are of, by id."""
        found = ask(self.connection, _NAMES, tenant_=self.tenant, persons_=list_parameter(persons))
        return dict(found)

    def memberships(
        self, course: str, *, persons: Collection[str] | None = None, today: bool = False
    ) -> Sequence[Membership]:
        """The latest version of each, gone ones as withdrawn, by person and id; of a closed course those of
        then, save with `today`. All, or of those named."""
        closing = None if today else self.closing(course)
        if closing is not None:
            return self.frozen_memberships(closing, persons)
        members = self.members(course) if persons is None else self.members_named(course, persons)
        found = [member.membership for member in members if member.person is not None]
        return sorted(
            found, key=lambda membership: (membership.person, membership.source or "", membership.id)
        )

    def classes_of_groups(self, course: str, source: str, groups: Collection[str]) -> Collection[str]:
        """The classes of the active memberships whose ids end with one of the groups (`learner-7-3`: 3).

        A tutor's every page asks this, so the members of all other groups are not looked at.
        """
        closing = self.closing(course)
        if closing is not None:
            places = [one for one in self.frozen_memberships(closing) if one.source == source]
            active = [one for one in places if one.status is MembershipStatus.ACTIVE]
            return {one.class_ for one in active if one.class_ and one.id.rpartition("-")[2] in groups}
        bodies: set[str] = set()
        for group in groups:
            asked = {"tenant_": self.tenant, "course_": course, "source_": source}
            found = ask(self.connection, _OF_GROUP, **asked, ending_=f"%-{_plain(group)}")
            bodies |= {body for record, body in found if record.rpartition("-")[2] == group}
        classes = {json.loads(body)["class"] for body in bodies}
        return {class_ for class_ in classes if class_}

    def members(self, course: str) -> list[Member]:
        """All memberships, of accounts that nobody has as well; read once per transaction."""
        if course not in self._members:
            found = rows(self.connection, _ALL, tenant_=self.tenant, course_=course)
            self._members[course] = [_member(row) for row in found]
        return self._members[course]

    def members_named(self, course: str, persons: Collection[str]) -> list[Member]:
        """The memberships of these alone: a page about one person must not read a county's."""
        if course in self._members:
            return [member for member in self._members[course] if member.person in persons]
        wanted = list_parameter(persons)
        found = rows(self.connection, _NAMED, tenant_=self.tenant, course_=course, persons_=wanted)
        return [_member(row) for row in found]

    def active_places(self, course: str) -> set[Place]:
        """Who has which place in the course. A board asks this alone, so no record is made for it."""
        closing = self.closing(course)
        if closing is not None:
            return _active(self.frozen_memberships(closing))
        found = ask(self.connection, _ACTIVE, tenant_=self.tenant, course_=course)
        bodies = [(person, json.loads(body)) for body, person in found]
        return {(person, body["role"], body["class"]) for person, body in bodies}

    def active_places_of(self, course: str, person: str) -> set[Place]:
        """Which places this one person has."""
        closing = self.closing(course)
        if closing is not None:
            return _active(self.frozen_memberships(closing, [person]))
        return {
            (member.person, member.membership.role.value, member.membership.class_)
            for member in self.members_named(course, [person])
            if member.active
        }

    def forget_members(self) -> None:
        """To be called by whoever changes memberships or joins accounts."""
        self._members.clear()

    def known_people(self, persons: Iterable[str]) -> dict[str, KnownPerson]:
        """Those of the persons that exist, in the same order, with their accounts."""
        wanted = list(persons)
        accounts = self.accounts_of(wanted)
        names = self.names(wanted)
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
        found: dict[str, dict[int, str]] = {}
        wanted = list_parameter(persons)
        for row in rows(self.connection, _ACCOUNTS, tenant_=self.tenant, persons_=wanted):
            found.setdefault(row.person, {})[row.id] = row.text
        return found


def _plain(text: str) -> str:
    """The text as a pattern that only it fits, with ! as the escape."""
    return re.sub("([!%_])", r"!\1", text)


def _active(memberships: Iterable[Membership]) -> set[Place]:
    return {
        (one.person, one.role.value, one.class_)
        for one in memberships
        if one.status is MembershipStatus.ACTIVE
    }


def _member(row: Any) -> Member:
    person = row.person if row.person is not None else row.text
    membership = record_of(row, person=person, person_of=str)
    if not isinstance(membership, Membership):
        raise TypeError(f"a membership was expected, not a {type(membership).__name__}")
    if membership.gone_at is not None:
        membership = replace(membership, status=MembershipStatus.WITHDRAWN)
    return Member(account=row.account, person=row.person, membership=membership)
