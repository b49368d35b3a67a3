"""Enqueueing: which grades wait to be sent, once cards change or somebody says what is to be sent.

Nothing goes out here; a grade is written down in the same transaction as the card it comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.instants import SECOND
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.ports import (
    Clock,
    GradeStep,
    Outbox,
    OutgoingGrade,
    Passback,
    SendState,
    StepKind,
    Store,
    Transaction,
)
from lms_scoring.services.gradebook.outgoing import is_final, outgoing


def enqueue(outbox: Outbox, course: str, cards: Iterable[Scorecard], *, now: int) -> None:
    """Writes down what should stand in the gradebook now, if the course sends anything.

    The cards are those of active learners, and of each person all of them: a gradebook has one place for
    a person, so the card with the most points is sent, and of equals the one of the first class by name.
    """
    passback = outbox.passback(course)
    if passback is None:
        return
    best = best_cards(cards)
    before = {grade.person: grade for grade in outbox.outgoing(course, persons=list(best))}
    for person, card in best.items():
        grade = outgoing(course, card, passback, before.get(person), scored_at=now)
        if grade is not None:
            outbox.keep_outgoing(grade)
        elif person in before and not is_final(card, passback):
            _hold_back(outbox, before[person])


def switch_passback(course: str, passback: Passback | None, store: Store, *, clock: Clock) -> None:
    """From now on the course sends this (None: nothing), beginning with everybody's grade of today."""
    with store.writing() as transaction:
        transaction.keep_passback(course, passback)
        enqueue(transaction, course, _cards_of_today(transaction, course), now=clock.now())


def would_go_out(course: str, passback: Passback, store: Store, *, clock: Clock) -> int:
    """How many grades switching it on would send; nothing is kept."""
    with store.reading() as transaction:
        best = best_cards(_cards_of_today(transaction, course))
        before = {grade.person: grade for grade in transaction.outgoing(course, persons=list(best))}
    now = clock.now()
    states = [
        _state_after(before.get(person), outgoing(course, card, passback, before.get(person), scored_at=now))
        for person, card in best.items()
        if is_final(card, passback)
    ]
    return states.count(SendState.WAITING)


def send_again(
    course: str,
    store: Store,
    *,
    clock: Clock,
    persons: Sequence[str] | None = None,
    force: bool = False,
    by: str | None = None,
) -> int:
    """Lets grades be tried at once, of some persons or of all; how many.

    Without `force` those that were refused or wait; with it also those that were sent, or that a teacher
    changed in the gradebook: what stands there is then written over. `by` is who wants that.
    """
    now = clock.now()
    with store.writing() as transaction:
        found = transaction.outgoing(course, persons=persons)
        chosen = [one for one in found if force or one.state in (SendState.WAITING, SendState.REFUSED)]
        for grade in chosen:
            again = replace(grade, state=SendState.WAITING, tries=0, try_at=0)
            if force:
                again = replace(again, forced=True, at=max(grade.at + 1, now // SECOND))
            if force and grade.state is SendState.OVERRIDDEN:
                step = GradeStep(at=now, kind=StepKind.CONFIRMED, value=grade.given, by=by)
                transaction.keep_grade_step(course, grade.person, step)
            transaction.keep_outgoing(again)
    return len(chosen)


def best_cards(cards: Iterable[Scorecard]) -> dict[str, Scorecard]:
    """Of each person the card whose grade is sent: that with the most points, then of the first class."""
    ordered = sorted(cards, key=lambda card: (-card.total, card.class_ or ""))
    best: dict[str, Scorecard] = {}
    for card in ordered:
        best.setdefault(card.person, card)
    return best


def _state_after(before: OutgoingGrade | None, new: OutgoingGrade | None) -> SendState | None:
    found = before if new is None else new
    return None if found is None else found.state


def _cards_of_today(transaction: Transaction, course: str) -> list[Scorecard]:
    rows = transaction.board(course, role=Role.LEARNER)
    return [row.card for row in rows if row.status == MembershipStatus.ACTIVE]


def _hold_back(outbox: Outbox, before: OutgoingGrade) -> None:
    """What still waits is no verdict any more. What is on its way or has arrived cannot be called back."""
    if before.state is not SendState.WAITING:
        return
    if before.tried is None:
        outbox.forget_outgoing(before.course, before.person)
    elif before.sent is not None and before.sent == before.tried != before.given:
        arrived = replace(before, given=before.sent, state=SendState.SENT, at=before.at + 1, reason=None)
        outbox.keep_outgoing(replace(arrived, tries=0, try_at=0, forced=False))
