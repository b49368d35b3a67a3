"""Retention: rows that are kept for a while only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lms_scoring.domain.retention import Past


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRows:
    """Rows of one table that may go: how many, and the time of the oldest, where they have one.

    `table` with a column (`quarantined.text`): these rows stay, and only that is emptied.
    """

    table: str
    rows: int
    oldest: int | None = None


class Retention(Protocol):
    """What goes is nobody's evidence and no part of any card; it does not come back with the next sync."""

    def past_rows(self, past: Past, *, before: int) -> Sequence[PastRows]:
        """What `remove_past` would remove in the end, by table; tables of which nothing goes are left out."""

    def remove_past(self, past: Past, *, before: int, most: int) -> Sequence[PastRows]:
        """Removes some of what is older, of each table no more than `most` rows or what belongs to so many.
        What was removed; to be called until that is nothing."""
