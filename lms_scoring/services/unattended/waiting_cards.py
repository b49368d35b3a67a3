"""Who waits to be scored, and since when: people whose evidence changed, whose card's time has come, or whose
card by the rules that were adopted last is still to be made.

It is told of courses whose files cannot be read as well, so by our clock, and without what only their rules
say: whose cards are ahead or behind. Who is due by the rules: `services/scoring/to_be_scored.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lms_scoring.ports import ActKind, Transaction
from lms_scoring.services.following_up.heartbeats import scored
from lms_scoring.services.following_up.troubles import CARDS, SCORING, trouble_of


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCards:
    """How many people of a course wait to be scored again, and since when the first of them does (ms).
    `unmade`: those of them of whom no card can be made."""

    course: str
    count: int
    since: int
    unmade: Sequence[str] = ()


def waiting_cards(transaction: Transaction, *, now: int) -> Iterator[WaitingCards]:
    """Of every course in which anybody does. In a closed one nobody is scored until it is reopened."""
    for one in transaction.courses():
        course = one.id
        touched = transaction.touched(course)
        unmade = transaction.unmade(course)
        awaited = transaction.awaited(course)
        persons = {*touched, *awaited, *transaction.expired(course, at=now)}
        if persons and transaction.closing(course) is None:
            expiry = transaction.oldest_expiry(course, at=now)
            changed = [_changed_since(transaction, course, now=now)] if {*touched} - {*unmade} else []
            changed += [_failing_since(transaction, course, now=now)] if unmade else []
            adopted = [_adopted_at(transaction, course, now=now)] if awaited else []
            since = min([*changed, *adopted, *([] if expiry is None else [expiry])])
            yield WaitingCards(course=course, count=len(persons), since=since, unmade=tuple(unmade))


def _changed_since(transaction: Transaction, course: str, *, now: int) -> int:
    """No mark says when it was made: since the first sync whose end the last scoring has not seen.

    Where there are cards though no scoring was ever noted, whoever made them scored the syncs before the
    latest: since that one, or since scoring fails.
    """
    last, runs, failing = transaction.heartbeat(scored(course)), transaction.runs(course), [now]
    if last is None and transaction.ahead(course, of=0):
        runs = runs[:1]
        trouble = trouble_of(transaction.troubles(), SCORING, course)
        failing += [trouble.since] if trouble is not None and trouble.over_at is None else []
    unseen = [
        run.started_at if run.ended_at is None else run.ended_at
        for run in runs
        if last is None or run.ended_at is None or run.ended_at > last
    ]
    return min([*unseen, *failing])


def _failing_since(transaction: Transaction, course: str, *, now: int) -> int:
    """Since when cards could not be made; nobody may have noted it as yet."""
    trouble = trouble_of(transaction.troubles(), CARDS, course)
    return now if trouble is None else trouble.since


def _adopted_at(transaction: Transaction, course: str, *, now: int) -> int:
    """When the rules were adopted by which cards are still to be made."""
    adopted = transaction.acts(course=course, kinds=[ActKind.ADOPTED])
    return adopted[-1].at if adopted else now
