"""When a course is synced next, as far as that can be said to people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from lms_scoring.ports import Transaction
from lms_scoring.services.following_up.heartbeats import SCHEDULER, is_seen_lately
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.unattended.due import next_sync_of


class Coming(StrEnum):
    """What can be said of the next sync."""

    AT = "at"
    """It comes at a known time."""
    NOW = "now"
    """It is due, or asked for: it begins as soon as it is its turn."""
    BY_HAND = "by_hand"
    """None comes by itself: the programme is over, not near yet, or the schedule says so."""
    NOBODY = "nobody"
    """Nobody runs the jobs at this moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextSync:
    """`at` is known where it comes at a time."""

    coming: Coming
    at: int | None = None


def next_reading_told(transaction: Transaction, rules: CourseRules, *, now: int) -> NextSync | None:
    """Of the first of those sources that were not read to the end of the window; None where all were."""
    unread = rules.window_reading.unread(transaction.last_ends(rules.course))
    names = frozenset(one.source for one in unread)
    return next_sync_told(transaction, rules, now=now, sources=names) if names else None


def next_sync_told(
    transaction: Transaction, rules: CourseRules, *, now: int, sources: Collection[str] | None = None
) -> NextSync:
    """Of the first of its sources, or of these. A time that nobody will keep is not told."""
    if not is_seen_lately(transaction.heartbeat(SCHEDULER), now=now):
        return NextSync(coming=Coming.NOBODY)
    asked = transaction.sync_requests(course=rules.course)
    if any(sources is None or one.source in sources for one in asked):
        return NextSync(coming=Coming.NOW)
    at = next_sync_of(transaction, rules, rules.sources if sources is None else sources, now=now)
    if at is None:
        return NextSync(coming=Coming.BY_HAND)
    return NextSync(coming=Coming.NOW) if at <= now else NextSync(coming=Coming.AT, at=at)
