"""What time it is for a course: our clock may have been wrong, or be so now.

Nobody can tell which of two readings of one clock is right. So the many are believed: a clock that was ahead
for a minute has stamped few runs, and one that was set back lies behind nearly all of them.
"""

from __future__ import annotations

from lms_scoring.ports import Transaction

_FEW = 3
"""Fewer runs tell nothing of a clock."""


def course_time(transaction: Transaction, course: str, *, now: int) -> int:
    """The instant by which the course is scored, where our clock says `now`.

    That of the latest run where most of the last ones began later than our clock says; and never one before
    the course was closed.
    """
    starts = [run.started_at for run in transaction.runs(course)]
    later = [at for at in starts if at > now]
    if len(starts) >= _FEW and len(later) * 2 > len(starts):
        now = max(later)
    closing = transaction.closing(course)
    return now if closing is None else max(now, closing.at)


def signing_time(transaction: Transaction, course: str, *, now: int) -> int:
    """The instant that is written on what is signed while our clock says `now`: never one before the course
    was closed.

    It is not the course's time where that is later: had a clock that was years ahead stamped most of the last
    runs, what was signed since it is right would count for nothing once the runs tell so, until those years
    are over.
    """
    closing = transaction.closing(course)
    return now if closing is None else max(now, closing.at)
