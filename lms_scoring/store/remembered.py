"""What one transaction has read and need not ask again, until it is another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lms_scoring.domain.proceedings.step import Step
from lms_scoring.ports import Act, Activity, BoardPart
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

    activities: dict[str, Sequence[tuple[str, Activity]]] = field(default_factory=dict)
    """The catalogue, by course: a source and an activity of it."""
    proceedings: dict[tuple[str, str, str], list[tuple[Any, tuple[Step, ...]]]] = field(default_factory=dict)
    """One person's cases or disputes, by course, sort and person."""
    scopes: dict[BoardPart, list[Any]] = field(default_factory=dict)
    """The scopes of boards, by the part that they make up."""
    counts: dict[tuple[int, ...], dict[int, int]] = field(default_factory=dict)
    """How many lines of boards have each number, by the scopes."""
    lists: dict[tuple[int, ...], list[Any]] = field(default_factory=dict)
    """The lists of boards, by the scopes."""
    erasures: dict[bytes, int] | None = None
    """By digest, the act that erased whose account it is."""
    digest_keys: Sequence[bytes] | None = None
    """The keys of digests."""

    def forget_boards(self) -> None:
        """Lines of boards are others, or their medians."""
        self.scopes.clear()
        self.counts.clear()
        self.lists.clear()

    def forget_members(self) -> None:
        """Memberships are others, or accounts are others'."""
        self.members.clear()
        self.places.clear()
        self.owners.clear()
