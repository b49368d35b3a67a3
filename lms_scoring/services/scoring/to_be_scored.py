"""Who is to be scored: by name for whoever scores them, and whether anybody is for whoever looks around.

The words are those of `ports/to_be_scored.py`. A reason that one of these questions knows, the others must
know too: of whom nobody is told nobody is scored, and whom no scoring takes is called for again and again.
How many wait, and since when, is counted in `services/unattended/waiting_cards.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lms_scoring.domain.evidence import Membership
from lms_scoring.domain.instants import DAY, MINUTE
from lms_scoring.ports import RunState, Transaction
from lms_scoring.services.scoring.course_time import course_time
from lms_scoring.services.scoring.rules import CourseRules

_EXPIRY = 5 * MINUTE
"""Cards whose time has come are scored again so long after the last scoring, at the soonest, and whose
verdict still waits for a look for doubts is looked at."""


def persons_due(transaction: Transaction, rules: CourseRules, *, now: int) -> set[str]:
    """Of whom a card is to be made at the course's time `now`: it is awaited, or theirs is out of date. Their
    tutors are due with them, and everybody where the cards are of other rules."""
    return {*transaction.awaited(rules.course), *out_of_date(transaction, rules, now=now)}


def out_of_date(transaction: Transaction, rules: CourseRules, *, now: int) -> set[str]:
    """Whose cards by these rules do not say what they would at the course's time `now`, as far as is known:
    they are touched, or overdue."""
    return {*transaction.touched(rules.course), *overdue(transaction, rules, now=now)}


def overdue(transaction: Transaction, rules: CourseRules, *, now: int) -> set[str]:
    """Persons whose cards are out of date at the course's time `now`: it has come to what they wait for, or
    they are of a time so far ahead that our clock was wrong then.

    A day ahead is near enough, but not across an edge of the window.
    """
    window = rules.scheme.window
    near = min([now + DAY, *(edge - 1 for edge in (window.start, window.end) if edge > now)])
    return {*transaction.expired(rules.course, at=now), *transaction.ahead(rules.course, of=near)}


def is_everybody_due(transaction: Transaction, rules: CourseRules, memberships: Sequence[Membership]) -> bool:
    """Whether the cards are not of these rules, though none is awaited that would say whose."""
    return not (transaction.is_awaited(rules.course) or _same_rules(transaction, rules, memberships))


def is_anybody_due(
    transaction: Transaction, rules: CourseRules, *, unmade: Collection[str], scored_at: int | None, now: int
) -> bool:
    """Whether a card is awaited, a sync ended since the last scoring, a card's time has come, one is by other
    rules and nobody knows why, or somebody is left touched: by a scoring that was cut short, a sync of
    another course, or by hand, and nobody was told. Who is `unmade` has a time of their own, and keeps nobody
    busy.

    A time far ahead is of a clock that was wrong. A scoring then was none; of a sync nobody knows whether it
    was scored. `scored_at`: when the course was scored last; None: never.
    """
    course = rules.course
    if transaction.is_awaited(course, but=unmade):
        return True
    ends = [run.ended_at for run in transaction.runs(course) if run.ended_at is not None]
    if ends and (
        scored_at is None or scored_at > now + _EXPIRY or any(scored_at <= end <= now for end in ends)
    ):
        return True
    if is_just_scored(scored_at, now=now):
        return False
    if any(end > now for end in ends):
        return True
    if not _is_being_read(transaction, course, now=now) and _is_left(transaction, course):
        return True
    if _is_behind(transaction, rules, unmade):
        return True
    due = overdue(transaction, rules, now=course_time(transaction, course, now=now))
    return not due.issubset(unmade)


def is_just_scored(scored_at: int | None, *, now: int) -> bool:
    """Whether it is so lately that what comes with time alone is left for later; None: it never was."""
    return scored_at is not None and -_EXPIRY <= now - scored_at < _EXPIRY


def may_be_unmade(transaction: Transaction, course: str) -> bool:
    """Whether anybody is left of whom no card could be made: a retry that was cut short leaves them taken up
    like anybody else."""
    return transaction.is_unmade(course) or (
        transaction.closing(course) is None and transaction.is_taken_up(course)
    )


def _same_rules(transaction: Transaction, rules: CourseRules, memberships: Sequence[Membership]) -> bool:
    """Whether the cards of today's memberships are of these rules. A card of a former class is history, and
    who has none by them because it cannot be made is tried again anyway."""
    left = {*transaction.unmade(rules.course)}
    places = {(m.person, m.role, m.class_) for m in memberships if m.role in rules.scheme.roles}
    cards = (row.card for row in transaction.board(rules.course))
    current = [card for card in cards if (card.person, card.role, card.class_) in places]
    scheme = rules.scheme.fingerprint
    return bool(current) and all(card.scheme == scheme or card.person in left for card in current)


def _is_being_read(transaction: Transaction, course: str, *, now: int) -> bool:
    """Whether a sync goes on, so that what it tells of somebody may be half read: who was just enrolled would
    be scored as who did nothing. One that began a day ago has died, and no other came that would say so."""
    started = [run.started_at for run in transaction.runs(course) if run.state is RunState.RUNNING]
    return any(0 <= now - at < DAY for at in started)


def _is_left(transaction: Transaction, course: str) -> bool:
    """Whether anybody is touched whom a scoring would take up: in a closed course there is none."""
    return transaction.closing(course) is None and transaction.is_touched(course)


def _is_behind(transaction: Transaction, rules: CourseRules, unmade: Collection[str]) -> bool:
    """Whether scoring would make a card by these rules where there is one by others; in a closed course it
    makes none."""
    course, scheme = rules.course, rules.scheme
    if transaction.closing(course) is not None:
        return False
    roles = scheme.roles.keys()
    return transaction.is_behind(course, scheme=scheme.fingerprint, roles=roles, but=unmade)
