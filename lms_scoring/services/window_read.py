"""Whether what was done in a window has been read to its end: before that nobody has failed for good.

A window ends at an instant, and what was done in its last hours is told by the next reading of each source.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms_scoring.domain.failure import Failure
from lms_scoring.domain.registration import ROSTER_PREFIX
from lms_scoring.ports import LastEnds, Transaction


class Short(StrEnum):
    """How the last sync of a source fell short of the end of the window."""

    FAILED = "failed"
    CUT_SHORT = "cut_short"
    """It ended well, and not everything was read."""
    EARLY = "early"
    """Nothing came since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A source that was not read to the end of the window; `failure` says of what its last sync failed, where
    that is known."""

    source: str
    short: Short
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowReading:
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
        return not self.unread(ends)

    def unread(self, ends: Mapping[str, LastEnds]) -> Sequence[Unread]:
        """The sources that keep it from being whole, by name."""
        names = ends.keys() if self.sources is None else self.sources
        telling = sorted(name for name in names if not name.startswith(ROSTER_PREFIX))
        found = [(name, ends.get(name, _NEVER)) for name in telling]
        return [_unread(name, last) for name, last in found if not self._has_read(last)]

    def still_unread(self, transaction: Transaction, course: str, *, now: int) -> Sequence[Unread]:
        """The same for people: none before the window is over, or once the programme is closed."""
        if now < self.end or transaction.closing(course) is not None:
            return ()
        return self.unread(transaction.last_ends(course))

    def _has_read(self, last: LastEnds) -> bool:
        return last.whole_began_at is not None and last.whole_began_at >= self.end


_NEVER = LastEnds(run=None, good_at=None)


def _unread(source: str, last: LastEnds) -> Unread:
    if last.failed:
        return Unread(source=source, short=Short.FAILED, failure=last.failure)
    return Unread(source=source, short=Short.CUT_SHORT if last.cut_short else Short.EARLY)
