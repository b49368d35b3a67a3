"""Whose accounts are: as rosters say, or as people said by hand; and whom it touches when that changes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import bindparam, false, select, update

from lms_scoring.store import tables
from lms_scoring.store.dialect import listed
from lms_scoring.store.touches import Touches

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


class Ownership(Touches):
    """The part of a transaction about whose accounts are."""

    def owners(self, accounts: Iterable[int]) -> dict[int, Owner]:
        """Whose they are now."""
        table = tables.account
        query = select(table.c.id, table.c.person, table.c.rank).where(
            table.c.tenant == self.tenant, table.c.id.in_(listed(accounts))
        )
        return {row.id: Owner(row.person, row.rank) for row in self.connection.execute(query)}

    def joined_by_hand(self, accounts: Iterable[int]) -> ByHand:
        """Which of them were joined by hand."""
        table = tables.joined_account
        query = select(table.c.account, table.c.person, table.c.roster_person, table.c.roster_rank).where(
            table.c.tenant == self.tenant, table.c.account.in_(listed(accounts))
        )
        found = ByHand()
        for row in self.connection.execute(query):
            found.persons[row.account] = row.person
            found.by_roster[row.account] = Owner(row.roster_person, row.roster_rank)
        return found

    def note_rosters(self, owners: Mapping[int, Owner]) -> None:
        """Writes down what rosters say of accounts that are joined by hand."""
        table = tables.joined_account
        for number, owner in owners.items():
            self.connection.execute(
                update(table)
                .where(table.c.tenant == self.tenant, table.c.account == number)
                .values(roster_person=owner.person, roster_rank=owner.rank)
            )

    def write_owners(self, owners: Mapping[int, Owner]) -> None:
        """Whose accounts are, from now on."""
        if not owners:
            return
        table = tables.account
        self.connection.execute(
            update(table)
            .where(table.c.tenant == self.tenant, table.c.id == bindparam("number"))
            .values(person=bindparam("owner"), rank=bindparam("place")),
            [
                {"number": number, "owner": owner.person, "place": owner.rank}
                for number, owner in owners.items()
            ],
        )
        self.forget_members()

    def touch_joined(self, accounts: Collection[int]) -> None:
        """What an account left behind while it was nobody's is somebody's evidence now, or is no more."""
        if not accounts:
            return
        for course in self.courses_with_runs():
            marked = self._marked_by(course, accounts)
            self.touch(course, marked.union(accounts))
            self.touch_tutors(course, marked)
            self.stale.memberships(course, accounts)
            if self._has_records(course, accounts):
                self.touch_all_tutors(course)

    def _marked_by(self, course: str, accounts: Collection[int]) -> set[int]:
        """Whose records say that one of these marked them: that is part of what such a record says."""
        told, table = tables.lms_statement, tables.evidence
        by_statement = select(told.c.account).where(
            told.c.tenant == self.tenant,
            told.c.source.in_(self.sources_of(course)),
            told.c.by.in_(listed(accounts)),
        )
        marked = set(self.connection.execute(by_statement.distinct()).scalars())
        records = select(table.c.account, table.c.body).where(
            table.c.tenant == self.tenant,
            table.c.course == course,
            table.c.kind == "submission",
            table.c.superseded == false(),
            table.c.body.contains(_MARKED, autoescape=True),
        )
        markers = [
            (row.account, json.loads(row.body)["graded_by"]) for row in self.connection.execute(records)
        ]
        numbers = self.accounts.known({marker for _, marker in markers})
        return marked | {account for account, marker in markers if numbers.get(marker) in accounts}

    def _has_records(self, course: str, accounts: Collection[int]) -> bool:
        table = tables.evidence
        query = (
            select(table.c.record)
            .where(
                table.c.tenant == self.tenant,
                table.c.course == course,
                table.c.account.in_(listed(accounts)),
                table.c.superseded == false(),
            )
            .limit(1)
        )
        return self.connection.execute(query).first() is not None
