"""Enqueueing: which grades wait to be sent, once cards change or somebody says what is to be sent.

Nothing goes out here; a grade is written down in the same transaction as the card it comes from, or as the
case or dispute that makes its result provisional, or final again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.instants import SECOND
from lms_scoring.domain.outlook import Standing, ToldState, told_standing, told_state
from lms_scoring.domain.proceedings.dispute import contested_places
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
from lms_scoring.services.gradebook.outgoing import makes_grade, outgoing


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A card that may make a grade, and the chip that was kept with it."""

    card: Scorecard
    standing: Standing | None


def enqueue(transaction: Transaction, course: str, cards: Iterable[Graded], *, now: int) -> None:
    """Writes down what should stand in the gradebook now, if the course sends anything.

    The cards are those of active learners, and of each person all of them: a gradebook has one place for
    a person, so the card with the most points is sent, and of equals the one of the first class by name.
    """
    passback = transaction.passback(course)
    if passback is None:
        return
    best = _best(transaction, course, cards)
    before = {grade.person: grade for grade in transaction.outgoing(course, persons=list(best))}
    for person, (card, told) in best.items():
        grade = outgoing(course, card, passback, before.get(person), told=told, scored_at=now)
        if grade is not None:
            transaction.keep_outgoing(grade)
        elif person in before and not makes_grade(told, passback):
            _hold_back(transaction, before[person])


def enqueue_again(transaction: Transaction, course: str, person: str, *, now: int) -> None:
    """The same of one person whose cards are as they were: a dispute about one of them moved."""
    if transaction.passback(course) is None:
        return
    graded = []
    for one in transaction.memberships(course, persons=[person]):
        if one.role is Role.LEARNER and one.status is MembershipStatus.ACTIVE:
            card = transaction.scorecard(course, person, role=one.role, class_=one.class_)
            outlook = transaction.outlook(course, person, role=one.role, class_=one.class_)
            if card is not None:
                graded.append(Graded(card=card, standing=None if outlook is None else outlook.standing))
    enqueue(transaction, course, graded, now=now)


def switch_passback(course: str, passback: Passback | None, store: Store, *, clock: Clock) -> None:
    """From now on the course sends this (None: nothing), beginning with everybody's grade of today."""
    with store.writing() as transaction:
        transaction.keep_passback(course, passback)
        enqueue(transaction, course, _cards_of_today(transaction, course), now=clock.now())


def would_go_out(course: str, passback: Passback, store: Store, *, clock: Clock) -> int:
    """How many grades switching it on would send; nothing is kept."""
    with store.reading() as transaction:
        best = _best(transaction, course, _cards_of_today(transaction, course))
        before = {grade.person: grade for grade in transaction.outgoing(course, persons=list(best))}
    now = clock.now()
    states = []
    for person, (card, told) in best.items():
        if makes_grade(told, passback):
            former = before.get(person)
            new = outgoing(course, card, passback, former, told=told, scored_at=now)
            states.append(_state_after(former, new))
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


def _best(
    transaction: Transaction, course: str, cards: Iterable[Graded]
) -> dict[str, tuple[Scorecard, ToldState]]:
    """Of each person the card whose grade is sent, with its result as it is told."""
    standings = {(one.card.person, one.card.class_): one for one in cards}
    best = best_cards(one.card for one in standings.values())
    waiting = transaction.disputes(course, persons=list(best), waiting=True) if best else ()
    theirs = sorted({one.person for one in waiting})
    disputed = contested_places(waiting, transaction.memberships(course, persons=theirs) if theirs else ())
    found = {}
    for person, card in best.items():
        is_disputed = (person, card.role, card.class_) in disputed
        kept = standings[person, card.class_].standing
        standing = told_standing(kept, card.state, disputed=is_disputed)
        found[person] = (card, told_state(card.state, standing))
    return found


def _state_after(before: OutgoingGrade | None, new: OutgoingGrade | None) -> SendState | None:
    found = before if new is None else new
    return None if found is None else found.state


def _cards_of_today(transaction: Transaction, course: str) -> list[Graded]:
    rows = transaction.board(course, role=Role.LEARNER)
    return [
        Graded(card=row.card, standing=row.standing) for row in rows if row.status == MembershipStatus.ACTIVE
    ]


def _hold_back(outbox: Outbox, before: OutgoingGrade) -> None:
    """What still waits is no verdict any more. What is on its way or has arrived cannot be called back."""
    if before.state is not SendState.WAITING:
        return
    if before.tried is None:
        outbox.forget_outgoing(before.course, before.person)
    elif before.sent is not None and before.sent == before.tried != before.given:
        arrived = replace(before, given=before.sent, state=SendState.SENT, at=before.at + 1, reason=None)
        outbox.keep_outgoing(replace(arrived, tries=0, try_at=0, forced=False))
