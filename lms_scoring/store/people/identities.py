"""Accounts joined by hand: whose they are, who said so, and what rosters would make of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, delete, select

from lms_scoring.domain.errors import StoreError
from lms_scoring.ports import Act, JoinedAccount
from lms_scoring.store import tables
from lms_scoring.store.acts import act_of
from lms_scoring.store.databases.dialect import listed, storable
from lms_scoring.store.people.ownership import (
    BY_HAND,
    Owner,
    joined_by_hand,
    owners_of,
    touch_former,
    touch_joined,
    write_owners,
)
from lms_scoring.store.tenant_connection import TenantConnection
from lms_scoring.store.texts.keeping import touch_texts_by

_ACCOUNT, _JOINED, _ACT = tables.account, tables.joined_account, tables.signed_act


class Identities(TenantConnection):
    """The part of a transaction about accounts that no roster names."""

    def account_owner(self, account: str) -> str | None:
        """Whose the account is; None: nobody's, or never met."""
        number = self._number(account)
        return None if number is None else owners_of(self, [number])[number].person

    def joined_accounts(self, persons: Collection[str]) -> Sequence[JoinedAccount]:
        """Those of these persons that were joined by hand, by account."""
        return self._joined(_JOINED.c.person.in_(listed(persons)))

    def join_account(self, account: str, person: str, act: Act) -> None:
        """Raises StoreError where the account is unheard of, or anybody's already."""
        number = self._number(account)
        if number is None or self.account_owner(account) is not None:
            raise StoreError("that account is unheard of, or somebody's already; nothing was joined")
        self.put(_JOINED, [(number, act.number, person, None, None)])
        write_owners(self, {number: Owner(person, BY_HAND)})
        touch_joined(self, [number])

    def part_account(self, account: str) -> None:
        """Raises StoreError where the account is not joined by hand."""
        number = self._number(account)
        joined = [] if number is None else self._joined(_JOINED.c.account == number)
        if number is None or not joined:
            raise StoreError("that account is not joined by hand; nothing was undone")
        heir = joined_by_hand(self, [number]).by_roster[number]
        where = (_JOINED.c.tenant == self.tenant, _JOINED.c.account == number)
        self.connection.execute(delete(_JOINED).where(*where))
        if heir.person == joined[0].person:
            return  # a roster has named it since, so it stays where it is
        write_owners(self, {number: heir})
        touch_joined(self, [number])
        touch_former(self, [joined[0].person])
        touch_texts_by(self, number, former=joined[0].person)

    def _joined(self, where: ColumnElement[bool]) -> list[JoinedAccount]:
        query = (
            select(_ACCOUNT.c.text, _JOINED.c.person.label("owner"), _JOINED.c.roster_person, *_ACT.c)
            .join(_ACCOUNT, (_ACCOUNT.c.tenant == _JOINED.c.tenant) & (_ACCOUNT.c.id == _JOINED.c.account))
            .join(_ACT, (_ACT.c.tenant == _JOINED.c.tenant) & (_ACT.c.number == _JOINED.c.act))
            .where(_JOINED.c.tenant == self.tenant, where)
            .order_by(_ACCOUNT.c.text)
        )
        return [
            JoinedAccount(
                account=row.text,
                person=row.owner,
                act=act_of(row),
                by_roster=row.roster_person,
            )
            for row in self.connection.execute(query)
        ]

    def _number(self, account: str) -> int | None:
        return self.accounts.known([account]).get(account) if storable(account) else None
