"""Whether what was done in a window has been read to its end: before that nobody has failed for good.

A window ends at an instant, and what was done in its last hours is told by the next reading of each source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms_scoring.domain.registration import ROSTER_PREFIX
from lms_scoring.ports import LastEnds, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """When the window ends (ms), and what the course is read from by name (None: whatever it ever was)."""

    end: int
    sources: frozenset[str] | None

    def is_whole(self, transaction: Transaction, course: str) -> bool:
        """Whether each source was read well, and not cut short, by a reading that began when the window was
        over. Rosters do not count: they tell of nothing that anybody did. So it is where there is nothing to
        be read from."""
        return self.is_whole_by(transaction.last_ends(course))

    def is_whole_by(self, ends: Mapping[str, LastEnds]) -> bool:
        """The same by how readings of the sources ended, for who has asked."""
        names = ends.keys() if self.sources is None else self.sources
        telling = [ends.get(name) for name in names if not name.startswith(ROSTER_PREFIX)]
        began = [None if last is None else last.whole_began_at for last in telling]
        return all(at is not None and at >= self.end for at in began)
