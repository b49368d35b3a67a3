"""Closed programmes: what their cards were made of, kept apart from what syncs go on to bring."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from lms_scoring.domain.evidence import Membership, Record
from lms_scoring.ports.acts import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """All that one person's cards read: the places in the course, and the records as they count."""

    person: str
    memberships: Sequence[Membership]
    records: Sequence[Record]


class Closings(Protocol):
    """While a course is closed, its memberships and its people's evidence are those that were frozen, with
    what was entered here since; syncs go on storing beside it."""

    def freeze(self, course: str, frozen: Iterable[Frozen]) -> None:
        """Kept for the closing that is signed next, in the same transaction."""

    def closing(self, course: str) -> Act | None:
        """The closing that holds; None: the course is open."""
