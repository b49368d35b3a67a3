"""Whose accounts are: as rosters say, or as people said by hand; and whom it touches when that changes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import bindparam, false, select, update

from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import listed
from lms_scoring.store.syncing.met import courses_with_runs, sources_of
from lms_scoring.store.tenant_connection import TenantConnection
from lms_scoring.store.touched.marking import touch, touch_all_tutors, touch_persons, touch_tutors

BY_HAND = 9_998
"""The rank of accounts that no roster names."""
_MARKED = '"graded_by":"'
"""What the body of a record has in it that says who marked it."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an account is, and its place among the person's accounts."""

    person: str | None
    rank: int | None


@dataclass(slots=True)
class ByHand:
    """Accounts that were joined by hand: to whom, and whose rosters say they are."""

    persons: dict[int, str] = field(default_factory=dict)
    by_roster: dict[int, Owner] = field(default_factory=dict)


def owners_of(transaction: TenantConnection, accounts: Iterable[int]) -> dict[int, Owner]:
    """Whose they are now."""
    table = tables.account
    query = select(table.c.id, table.c.person, table.c.rank).where(
        table.c.tenant == transaction.tenant, table.c.id.in_(listed(accounts))
    )
    return {row.id: Owner(row.person, row.rank) for row in transaction.connection.execute(query)}


def joined_by_hand(transaction: TenantConnection, accounts: Iterable[int]) -> ByHand:
    """Which of them were joined by hand."""
    table = tables.joined_account
    query = select(table.c.account, table.c.person, table.c.roster_person, table.c.roster_rank).where(
        table.c.tenant == transaction.tenant, table.c.account.in_(listed(accounts))
    )
    found = ByHand()
    for row in transaction.connection.execute(query):
        found.persons[row.account] = row.person
        found.by_roster[row.account] = Owner(row.roster_person, row.roster_rank)
    return found


def note_rosters(transaction: TenantConnection, owners: Mapping[int, Owner]) -> None:
    """Writes down what rosters say of accounts that are joined by hand."""
    table = tables.joined_account
    for number, owner in owners.items():
        transaction.connection.execute(
            update(table)
            .where(table.c.tenant == transaction.tenant, table.c.account == number)
            .values(roster_person=owner.person, roster_rank=owner.rank)
        )


def write_owners(transaction: TenantConnection, owners: Mapping[int, Owner]) -> None:
    """Whose accounts are, from now on."""
    if not owners:
        return
    table = tables.account
    transaction.connection.execute(
        update(table)
        .where(table.c.tenant == transaction.tenant, table.c.id == bindparam("number"))
        .values(person=bindparam("owner"), rank=bindparam("place")),
        [{"number": number, "owner": owner.person, "place": owner.rank} for number, owner in owners.items()],
    )
    transaction.remembered.forget_members()


def touch_joined(transaction: TenantConnection, accounts: Collection[int]) -> None:
    """What an account left behind while it was nobody's is somebody's evidence now, or is no more."""
    if not accounts:
        return
    for course in courses_with_runs(transaction):
        marked = _marked_by(transaction, course, accounts)
        touch(transaction, course, marked.union(accounts))
        touch_tutors(transaction, course, marked)
        transaction.stale.memberships(course, accounts)
        if _has_records(transaction, course, accounts):
            touch_all_tutors(transaction, course)


def touch_former(transaction: TenantConnection, persons: Collection[str]) -> None:
    """Who had an account, and has it no more."""
    for course in courses_with_runs(transaction) if persons else ():
        touch_persons(transaction, course, sorted(persons))
        for person in persons:
            transaction.stale.card(course, person)


def _marked_by(transaction: TenantConnection, course: str, accounts: Collection[int]) -> set[int]:
    """Whose records say that one of these marked them: that is part of what such a record says."""
    told, table = tables.lms_statement, tables.evidence
    by_statement = select(told.c.account).where(
        told.c.tenant == transaction.tenant,
        told.c.source.in_(sources_of(transaction, course)),
        told.c.by.in_(listed(accounts)),
    )
    marked = set(transaction.connection.execute(by_statement.distinct()).scalars())
    records = select(table.c.account, table.c.body).where(
        table.c.tenant == transaction.tenant,
        table.c.course == course,
        table.c.kind == "submission",
        table.c.superseded == false(),
        table.c.body.contains(_MARKED, autoescape=True),
    )
    markers = [
        (row.account, json.loads(row.body)["graded_by"]) for row in transaction.connection.execute(records)
    ]
    numbers = transaction.accounts.known({marker for _, marker in markers})
    return marked | {account for account, marker in markers if numbers.get(marker) in accounts}


def _has_records(transaction: TenantConnection, course: str, accounts: Collection[int]) -> bool:
    table = tables.evidence
    query = (
        select(table.c.record)
        .where(
            table.c.tenant == transaction.tenant,
            table.c.course == course,
            table.c.account.in_(listed(accounts)),
            table.c.superseded == false(),
        )
        .limit(1)
    )
    return transaction.connection.execute(query).first() is not None
