"""Who waits to be scored: people whose evidence changed, or whose card's time has come; and since when."""

from __future__ import annotations

from collections.abc import Iterator

from lms_scoring.ports import Transaction, WaitingCards
from lms_scoring.services.unattended.sweep import scored


def waiting_cards(transaction: Transaction, *, now: int) -> Iterator[WaitingCards]:
    """Of every course in which anybody does."""
    for one in transaction.courses():
        course = one.id
        touched = transaction.touched(course)
        persons = {*touched, *transaction.expired(course, at=now)}
        if persons:
            expiry = transaction.oldest_expiry(course, at=now)
            changed = [_changed_since(transaction, course, now=now)] if touched else []
            since = min(changed if expiry is None else [*changed, expiry])
            yield WaitingCards(course=course, count=len(persons), since=since)


def _changed_since(transaction: Transaction, course: str, *, now: int) -> int:
    """No mark says when it was made: since the first sync whose end the last scoring has not seen."""
    last = transaction.heartbeat(scored(course))
    unseen = [
        run.started_at if run.ended_at is None else run.ended_at
        for run in transaction.runs(course)
        if last is None or run.ended_at is None or run.ended_at > last
    ]
    return min([*unseen, now])
