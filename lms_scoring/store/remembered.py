"""What one transaction has read and need not ask again, until it is another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lms_scoring.ports import Act
from lms_scoring.store.member import Member


@dataclass(slots=True)
class Remembered:
    """Whoever changes one of these forgets it."""

    closings: dict[str, Act | None] = field(default_factory=dict)
    """The closing that holds, by course; None: the course is open."""
    members: dict[str, list[Member]] = field(default_factory=dict)
    """All memberships, by course."""
    places: dict[tuple[str, str], list[Member]] = field(default_factory=dict)
    """One person's memberships, by course and person."""
    owners: dict[str, str] = field(default_factory=dict)
    """Whose accounts are, by account; one that is nobody's is its own."""

    erasures: dict[bytes, int] | None = None
    """By digest, the act that erased whose account it is."""
    digest_keys: Sequence[bytes] | None = None
    """The keys of digests."""

    def forget_members(self) -> None:
        """Memberships are others, or accounts are others'."""
        self.members.clear()
        self.places.clear()
        self.owners.clear()
