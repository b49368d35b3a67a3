"""Heartbeats: when something was done last that goes on by itself, kept by name."""

from __future__ import annotations

from lms_scoring.domain.instants import MINUTE

SCHEDULER = "scheduler"
"""The heartbeat of whoever looks around."""
RETAINED = "retained"
"""That of the last time that what is too old was removed."""
STOPPED = 5 * MINUTE
"""Nobody having looked around for so long, nobody does."""


def scored(course: str) -> str:
    """The heartbeat of a course's scoring: what came since is to be scored."""
    return f"scored {course}"


def compared(course: str) -> str:
    """The heartbeat of a course's gradebook."""
    return f"compared {course}"


def unheard(number: int) -> str:
    """That of an address of notices: since when nobody there can be told; 0: somebody was told since."""
    return f"unheard {number}"


def is_seen_lately(at: int | None, *, now: int) -> bool:
    """Whether what was seen then still goes on; a time that has not come yet is of a clock that was wrong."""
    return at is not None and 0 <= now - at < STOPPED
