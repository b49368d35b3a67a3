"""Whether what was done in a window has been read to its end, and is counted: before that nobody has failed.

A window ends at an instant, and what was done in its last hours is told by the next reading of each source.
Pages, files and the gradebook ask it here, so that all of them say the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
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
    """When the window ends (ms), and what the course is read from by name."""

    end: int
    sources: frozenset[str]

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
        found = [(name, ends.get(name, _NEVER)) for name in sorted(self.sources) if self._tells(name)]
        return [_unread(name, last) for name, last in found if not self._has_read(last)]

    def still_unread(self, transaction: Transaction, course: str, *, now: int) -> Sequence[Unread]:
        """The same for people: none before the window is over, or once the programme is closed."""
        if now < self.end or transaction.closing(course) is not None:
            return ()
        return self.unread(transaction.last_ends(course))

    def uncounted(
        self, transaction: Transaction, course: str, *, persons: Collection[str] | None = None
    ) -> frozenset[str]:
        """Where it is whole: who failed, all or of some persons, by cards of before, and is to be scored
        again. What was read may be why.

        A card that is later than the first whole reading of each source since the end has all in it that they
        brought, and what touches its person afterwards is news. Of one of the same millisecond nobody knows.
        """
        if not transaction.is_anybody_touched(course):
            return frozenset()  # as nearly always
        ends = transaction.first_whole_ends(course, since=self.end)
        read_at = max((at for source, at in ends.items() if self._tells(source)), default=self.end)
        return frozenset(transaction.uncounted(course, since=read_at + 1, persons=persons))

    def _tells(self, source: str) -> bool:
        """Whether it is one of those that say what people did."""
        return source in self.sources and not source.startswith(ROSTER_PREFIX)

    def _has_read(self, last: LastEnds) -> bool:
        return last.whole_began_at is not None and last.whole_began_at >= self.end


_NEVER = LastEnds(run=None, good_at=None)


def _unread(source: str, last: LastEnds) -> Unread:
    if last.failed:
        return Unread(source=source, short=Short.FAILED, failure=last.failure)
    return Unread(source=source, short=Short.CUT_SHORT if last.cut_short else Short.EARLY)
