"""Who is in a course, and whose accounts are whose: what every area asks."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Integer, Select, Text, bindparam, false, select

from lms_scoring.domain.errors import UnknownPerson
from lms_scoring.domain.evidence import Membership, MembershipStatus, Role
from lms_scoring.domain.identity import OWN, KnownPerson
from lms_scoring.domain.places import without_unnamed
from lms_scoring.store import tables
from lms_scoring.store.closing.frozen import closing_of, frozen_memberships
from lms_scoring.store.databases.dialect import ask, list_parameter, listed_later, rows, unindexed
from lms_scoring.store.member import Member, Place
from lms_scoring.store.tenant_connection import TenantConnection


def latest_memberships(*columns: ColumnElement[Any]) -> Select[Any]:
    """The question for the memberships of a course, gone ones too."""
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


class _Body(msgspec.Struct):
    """What is kept of a membership beside its record."""

    role: str
    status: str
    class_: str | None = msgspec.field(name="class")


_BODY = msgspec.json.Decoder(_Body).decode
_ROLES, _STATUSES = {one.value: one for one in Role}, {one.value: one for one in MembershipStatus}
_PERSONS = listed_later("persons_")
_MEMBER = (
    *(tables.evidence.c[name] for name in ("record", "source", "account", "gone_at", "body")),
    *(tables.account.c[name] for name in ("text", "person")),
)
"""What a member is made of."""
_ALL = latest_memberships(*_MEMBER)


def _named(whose: ColumnElement[bool]) -> Select[Any]:
    """By the accounts of those who are named: a course has few records of each, and many memberships."""
    evidence, account = tables.evidence, tables.account
    theirs = select(account.c.id).where(account.c.tenant == bindparam("tenant_"), whose)
    return (
        select(*_MEMBER)
        .select_from(evidence)
        .join(account, (account.c.tenant == evidence.c.tenant) & (account.c.id == evidence.c.account))
        .where(
            evidence.c.tenant == bindparam("tenant_"),
            evidence.c.course == bindparam("course_"),
            evidence.c.account.in_(theirs),
            unindexed(evidence.c.kind) == "membership",
            evidence.c.superseded == false(),
        )
    )


_NAMED = _named(tables.account.c.person.in_(_PERSONS))
_OF_ONE = _named(tables.account.c.person == bindparam("person_", type_=Text))
"""A page asks it of its visitor: a list of one takes longer than what it finds."""
_ACTIVE = latest_memberships(tables.evidence.c.body, tables.account.c.person).where(
    tables.evidence.c.state == MembershipStatus.ACTIVE.value, tables.evidence.c.gone_run.is_(None)
)
_NAMES = select(tables.person.c.id, tables.person.c.name).where(
    tables.person.c.tenant == bindparam("tenant_"), tables.person.c.id.in_(_PERSONS)
)
_ACCOUNTS = (
    select(tables.account.c.person, tables.account.c.id, tables.account.c.text)
    .where(tables.account.c.tenant == bindparam("tenant_"), tables.account.c.person.in_(_PERSONS))
    .order_by(tables.account.c.person, tables.account.c.rank, tables.account.c.id)
)
_OWNER = select(tables.account.c.person).where(
    tables.account.c.tenant == bindparam("tenant_"), tables.account.c.text == bindparam("text_")
)


def names_of(transaction: TenantConnection, persons: Collection[str]) -> Mapping[str, str]:
    """The names of those that are known here, whatever course they are of, by id."""
    found = ask(transaction.connection, _NAMES, tenant_=transaction.tenant, persons_=list_parameter(persons))
    return dict(found)


def memberships_of(
    transaction: TenantConnection, course: str, *, persons: Collection[str] | None = None, today: bool = False
) -> Sequence[Membership]:
    """The latest version of each, gone ones as withdrawn, by person and id, without those that name no class
    beside one that does (`without_unnamed`); of a closed course those of then, save with `today`. All, or of
    those named."""
    closing = None if today else closing_of(transaction, course)
    if closing is not None:
        return frozen_memberships(transaction, closing, persons)
    members = members_asked(transaction, course, persons)
    found = without_unnamed(member.membership for member in members if member.person is not None)
    return sorted(found, key=lambda membership: (membership.person, membership.source or "", membership.id))


def members_of(transaction: TenantConnection, course: str) -> list[Member]:
    """All memberships, of accounts that nobody has as well; read once per transaction."""
    if course not in transaction.remembered.members:
        found = rows(transaction.connection, _ALL, tenant_=transaction.tenant, course_=course)
        transaction.remembered.members[course] = [_member(row) for row in found]
    return transaction.remembered.members[course]


def members_asked(
    transaction: TenantConnection, course: str, persons: Collection[str] | None
) -> list[Member]:
    """All memberships, or those of the persons that are named."""
    return members_of(transaction, course) if persons is None else members_named(transaction, course, persons)


def members_named(transaction: TenantConnection, course: str, persons: Collection[str]) -> list[Member]:
    """The memberships of these alone: a page about one person must not read a county's, and one person's
    only once."""
    if course in transaction.remembered.members:
        return [member for member in transaction.remembered.members[course] if member.person in persons]
    if len(persons) != 1:
        return _asked_by_name(transaction, course, persons)
    (person,) = persons
    known = transaction.remembered.places
    if (course, person) not in known:
        asked = {"tenant_": transaction.tenant, "course_": course, "person_": person}
        known[course, person] = [*map(_member, rows(transaction.connection, _OF_ONE, **asked))]
    return known[course, person]


def _asked_by_name(transaction: TenantConnection, course: str, persons: Collection[str]) -> list[Member]:
    wanted = list_parameter(persons)
    found = rows(transaction.connection, _NAMED, tenant_=transaction.tenant, course_=course, persons_=wanted)
    return [_member(row) for row in found]


def active_places(transaction: TenantConnection, course: str) -> set[Place]:
    """Who has which place in the course. A board asks this alone, so no record is made for it."""
    closing = closing_of(transaction, course)
    if closing is not None:
        return _active(frozen_memberships(transaction, closing))
    found = ask(transaction.connection, _ACTIVE, tenant_=transaction.tenant, course_=course)
    bodies = [(person, json.loads(body)) for body, person in found]
    return {(person, body["role"], body["class"]) for person, body in bodies}


def active_places_of(transaction: TenantConnection, course: str, person: str) -> set[Place]:
    """Which places this one person has."""
    closing = closing_of(transaction, course)
    if closing is not None:
        return _active(frozen_memberships(transaction, closing, [person]))
    return {
        (member.person, member.membership.role.value, member.membership.class_)
        for member in members_named(transaction, course, [person])
        if member.active
    }


def known_people(transaction: TenantConnection, persons: Iterable[str]) -> dict[str, KnownPerson]:
    """Those of the persons that exist, in the same order, with their accounts."""
    wanted = list(persons)
    accounts = accounts_of(transaction, wanted)
    names = names_of(transaction, wanted)
    return {
        id_: KnownPerson(
            id=id_,
            name=names[id_],
            accounts=tuple(text for text in accounts.get(id_, {}).values() if not text.startswith(OWN)),
        )
        for id_ in wanted
        if id_ in names
    }


def accounts_of(transaction: TenantConnection, persons: Iterable[str]) -> dict[str, dict[int, str]]:
    """Each person's accounts by number, the most stable first."""
    found: dict[str, dict[int, str]] = {}
    wanted = list_parameter(persons)
    for row in rows(transaction.connection, _ACCOUNTS, tenant_=transaction.tenant, persons_=wanted):
        found.setdefault(row.person, {})[row.id] = row.text
    return found


def known_persons(transaction: TenantConnection, persons: Sequence[str]) -> list[KnownPerson]:
    """Each of them once, in order. Raises UnknownPerson."""
    people = known_people(transaction, dict.fromkeys(persons))
    for person in persons:
        if person not in people:
            raise UnknownPerson(f"no person {person!r} is known here; sync the roster first")
    return list(people.values())


def person_behind(transaction: TenantConnection, text: str) -> str:
    """Whose account it is; the account itself while it is nobody's."""
    if text not in transaction.remembered.owners:
        found = ask(transaction.connection, _OWNER, tenant_=transaction.tenant, text_=text)
        transaction.remembered.owners[text] = next((owner for (owner,) in found if owner), text)
    return transaction.remembered.owners[text]


def _active(memberships: Iterable[Membership]) -> set[Place]:
    return {(one.person, one.role.value, one.class_) for one in memberships if one.is_active}


def _member(row: Any) -> Member:
    """Straight from what was kept: read as any record is, a course's took four times as long."""
    body = _BODY(row.body)
    membership = Membership(
        id=row.record,
        person=row.person if row.person is not None else row.text,
        role=_ROLES[body.role],
        class_=body.class_,
        status=_STATUSES[body.status] if row.gone_at is None else MembershipStatus.WITHDRAWN,
        source=row.source or None,
        gone_at=row.gone_at,
    )
    return Member(account=row.account, person=row.person, membership=membership)
