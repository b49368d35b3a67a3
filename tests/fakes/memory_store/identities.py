"""Accounts joined by hand, in the memory store."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lms_scoring.domain.errors import StoreError
from lms_scoring.domain.identity import own_account
from lms_scoring.ports import Act, JoinedAccount
from tests.fakes.memory_store.area import Area
from tests.fakes.memory_store.state import Joined
from tests.fakes.memory_store.touching import touch, touch_joined, touch_texts_by

BY_HAND = 9_998


class Identities(Area):
    """Whose accounts are, and who said so."""

    def account_owner(self, account: str) -> str | None:
        return self.state.owners.get(account, (None, 0))[0]

    def joined_accounts(self, persons: Collection[str]) -> Sequence[JoinedAccount]:
        return [
            JoinedAccount(
                account=text,
                person=joined.person,
                act=joined.act,
                by_roster=None if joined.roster is None else joined.roster[0],
            )
            for text, joined in sorted(self.state.joined.items())
            if joined.person in persons
        ]

    def join_account(self, account: str, person: str, act: Act) -> None:
        if account not in self.state.met or account in self.state.owners:
            raise StoreError(account)
        self.state.joined[account] = Joined(person=person, act=act)
        self.state.owners[account] = (person, BY_HAND)
        touch_joined(self.state, [account])

    def part_account(self, account: str) -> None:
        joined = self.state.joined.pop(account, None)
        if joined is None:
            raise StoreError(account)
        del self.state.owners[account]
        if joined.roster is not None:
            self.state.owners[account] = joined.roster
        if joined.roster is not None and joined.roster[0] == joined.person:
            return
        touch_joined(self.state, [account])
        for course in {run.course for run in self.state.runs.values()}:
            touch(self.state, course, [own_account(joined.person)])
        theirs = [mine for mine, (owner, _) in self.state.owners.items() if owner == joined.person]
        touch_texts_by(self.state, account, theirs)
