"""Which lines of scoreboards may have become others in a transaction; they are renewed before it ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Stale:
    """People, by what is known of them where something of theirs changes."""

    persons: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """By course."""
    accounts: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """By course; whose they are is looked up when the lines are renewed."""
    everywhere: set[str] = field(default_factory=set)
    """Persons, in whatever course they are."""

    def __bool__(self) -> bool:
        """Whether any line may be."""
        return bool(self.persons or self.accounts or self.everywhere)

    def card(self, course: str, person: str) -> None:
        """A card of the person is another, or what is contested of it."""
        self.persons[course].add(person)

    def memberships(self, course: str, accounts: Iterable[int]) -> None:
        """Memberships that came with these accounts are others, or those of others."""
        self.accounts[course].update(accounts)

    def names(self, persons: Iterable[str]) -> None:
        """These people are called otherwise."""
        self.everywhere.update(persons)

    def forget(self) -> None:
        """Nothing is stale any more."""
        self.persons.clear()
        self.accounts.clear()
        self.everywhere.clear()
