"""Accounts that people joined here by hand, because no roster names them; each can be undone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from lms_scoring.ports.acts import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedAccount:
    """An account that was joined by hand: whose it is, and the act that made it so.

    `by_roster` is whom rosters name, which is the same person, another one, or (None) nobody.
    """

    account: str
    person: str
    act: Act
    by_roster: str | None = None


class Identities(Protocol):
    """Joins accounts by hand. What is joined so stays so, whatever rosters say, until it is undone."""

    def account_owner(self, account: str) -> str | None:
        """Whose the account is; None: nobody's, or never met."""

    def joined_accounts(self, persons: Collection[str]) -> Sequence[JoinedAccount]:
        """Those of these persons that were joined by hand, by account."""

    def join_account(self, account: str, person: str, act: Act) -> None:
        """All that the account left behind is the person's; `act` is as it is kept.

        Raises StoreError where the account is unheard of, or anybody's already.
        """

    def part_account(self, account: str) -> None:
        """As if the account had never been joined by hand: it is nobody's, or whose rosters say.

        Raises StoreError where it is not joined by hand.
        """
