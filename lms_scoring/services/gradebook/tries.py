"""Tries: what a grade becomes by being sent, or by not getting there. Pure; `now` is in ms."""

from __future__ import annotations

from dataclasses import replace

from lms_scoring.domain.errors import PlatformBusy, PlatformError
from lms_scoring.domain.gradebook import Result
from lms_scoring.domain.instants import SECOND
from lms_scoring.ports import OutgoingGrade, SendState
from lms_scoring.services.gradebook.in_gradebook import arrived, of_maximum, same

FIRST_PAUSE = 60
"""Seconds before a grade is tried again; doubled each time."""
LONGEST_PAUSE = 6 * 60 * 60


def on_its_way(grade: OutgoingGrade, there: Result, *, column: str, now: int) -> OutgoingGrade:
    """Before it goes; of an earlier one whose answer was lost, the gradebook has told whether it arrived."""
    if not grade.forced:
        grade = _arrived_before(grade, there, now=now)
    return replace(grade, tried=grade.given, line_item=column)


def settled(grade: OutgoingGrade, there: Result, *, column: str, now: int) -> OutgoingGrade:
    """One that is held back, once the gradebook has told whether it arrived after all, or the one before."""
    if arrived(there, grade):
        return sent(grade, column=column, now=now)
    return _arrived_before(grade, there, now=now)


def sent(grade: OutgoingGrade, *, column: str, now: int) -> OutgoingGrade:
    """The platform has it."""
    return replace(
        grade,
        state=SendState.SENT,
        tried=grade.given,
        sent=grade.given,
        sent_at=now,
        reason=None,
        tries=0,
        forced=False,
        line_item=column,
        found=None,
    )


def refused(grade: OutgoingGrade, reason: str) -> OutgoingGrade:
    """The platform will never take it as it is."""
    return replace(grade, state=SendState.REFUSED, reason=reason, forced=False)


def later(grade: OutgoingGrade, reason: str, *, wait: int | None, now: int, jitter: float) -> OutgoingGrade:
    """Once more, after what the platform asked to wait for, in seconds, or else after a pause."""
    doubled = FIRST_PAUSE * 2 ** min(grade.tries, 20)
    pause = min(doubled, LONGEST_PAUSE) * (0.5 + jitter / 2)
    seconds = int(pause) if wait is None else wait
    return replace(
        grade,
        state=SendState.WAITING,
        reason=reason,
        tries=grade.tries + 1,
        try_at=now + seconds * SECOND,
    )


def anew(grade: OutgoingGrade) -> OutgoingGrade:
    """What we know of a deleted column says nothing about a new one. What was tried may yet stand there:
    a platform can give the same column another address."""
    return replace(
        grade,
        state=SendState.WAITING,
        tries=0,
        try_at=0,
        sent=None,
        sent_at=None,
        reason=None,
        forced=False,
        line_item=None,
        found=None,
    )


def wait_of(error: PlatformError) -> int | None:
    """How many seconds of patience the platform asked for, if it did."""
    return error.wait if isinstance(error, PlatformBusy) else None


def _arrived_before(grade: OutgoingGrade, there: Result, *, now: int) -> OutgoingGrade:
    value = of_maximum(there)
    if not same(value, grade.tried) or same(value, grade.sent):
        return grade
    return replace(grade, sent=grade.tried, sent_at=now)
