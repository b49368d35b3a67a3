"""Marks whose evidence changed: the accounts to be scored again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from lms_scoring.domain.evidence import Role
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import listed
from lms_scoring.store.member import Member
from lms_scoring.store.roll import accounts_of, members_of
from lms_scoring.store.syncing.met import courses_of
from lms_scoring.store.tenant_connection import TenantConnection

OF_CLASS = frozenset(("submission", "unknown", "decision"))
"""Kinds of a learner's records that a tutor's card reads as well."""


def touch_persons(transaction: TenantConnection, course: str, persons: Sequence[str]) -> None:
    """Something else than their evidence changed."""
    accounts = accounts_of(transaction, persons).values()
    touch(transaction, course, (account for theirs in accounts for account in theirs))


def touch(transaction: TenantConnection, course: str, accounts: Iterable[int]) -> None:
    """Marks accounts whose evidence in the course changed; whoever scores them just now does so in vain."""
    transaction.put(tables.touched, [(course, account, None) for account in sorted(set(accounts))])


def touch_authors(transaction: TenantConnection, source: str, objects: Iterable[str]) -> None:
    """Marks whoever told of these things: somebody else may have deleted them."""
    authors = authors_of(transaction, source, list(objects))
    for course in courses_of(transaction, source) if authors else ():
        touch(transaction, course, authors)


def touch_tutors(transaction: TenantConnection, course: str, learners: Iterable[int]) -> None:
    """Marks the tutors of every class that the learners, named by an account, are or were in."""
    numbers = set(learners)
    persons = _persons_of(transaction, numbers)
    members = members_of(transaction, course)
    classes = {
        member.membership.class_
        for member in members
        if member.membership.role is Role.LEARNER and (member.account in numbers or member.person in persons)
    }
    touch(transaction, course, {m.account for m in _tutors(members) if m.membership.class_ in classes})


def touch_all_tutors(transaction: TenantConnection, course: str) -> None:
    """Marks them after a change of memberships: who left a class counts no more for its tutor."""
    touch(transaction, course, {member.account for member in _tutors(members_of(transaction, course))})


def authors_of(transaction: TenantConnection, source: str, objects: Sequence[str]) -> set[int]:
    """The accounts that told of these things."""
    if not objects:
        return set()
    told = tables.lms_statement
    query = select(told.c.account).where(
        told.c.tenant == transaction.tenant, told.c.source == source, told.c.object.in_(objects)
    )
    return set(transaction.connection.execute(query.distinct()).scalars())


def touch_after(
    transaction: TenantConnection, course: str, kinds: Iterable[str], accounts: Iterable[int]
) -> None:
    """Marks owners of changed records, and tutors where their cards depend on them."""
    owners = set(accounts)
    changed = set(kinds)
    touch(transaction, course, owners)
    if "membership" in changed:
        transaction.remembered.forget_members()
        transaction.stale.memberships(course, owners)
        touch_all_tutors(transaction, course)
    elif changed & OF_CLASS:
        touch_tutors(transaction, course, owners)


def _persons_of(transaction: TenantConnection, accounts: Iterable[int]) -> set[str | None]:
    account = tables.account
    query = select(account.c.person).where(
        account.c.tenant == transaction.tenant,
        account.c.id.in_(listed(accounts)),
        account.c.person.is_not(None),
    )
    return set(transaction.connection.execute(query).scalars())


def _tutors(members: Iterable[Member]) -> Iterable[Member]:
    return (member for member in members if member.membership.role is Role.TUTOR)
