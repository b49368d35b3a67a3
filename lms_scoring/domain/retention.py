"""What is kept for a while only: it may go without changing a score, or an explanation that is owed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lms_scoring.domain.instants import DAY


class Past(StrEnum):
    """What may go once it is old enough."""

    RUNS = "runs"
    """Syncs with what they met, save those that are gone by: what came since a source was last read whole for
    a course, and the latest of every course."""
    QUARANTINE = "quarantine"
    """Records that were set aside and wait no more; of those that somebody signed for only the text."""
    SIGN_INS = "sign_ins"
    """Sessions, one-time links and launches under way that have expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """After how many days each of them goes; None: never."""

    runs: int | None = None
    quarantine: int | None = None
    sign_ins: int | None = None

    def before(self, now: int) -> Mapping[Past, int]:
        """What goes, and what is older than which instant."""
        days = {Past.RUNS: self.runs, Past.QUARANTINE: self.quarantine, Past.SIGN_INS: self.sign_ins}
        return {past: now - many * DAY for past, many in days.items() if many is not None}
