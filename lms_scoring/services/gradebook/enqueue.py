"""Enqueueing: which grades wait to be sent, once cards change.

Nothing goes out here; a grade is written down in the same transaction as the card it comes from, or as the
case or dispute that makes its result provisional, or final again. What must not go out now is written down
as well, with why it is held back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lms_scoring.domain.evidence import Role
from lms_scoring.ports import Clock, Hold, Passback, SendState, Store, Transaction
from lms_scoring.services.gradebook.grade_steps import Graded, keep_steps, steps_of
from lms_scoring.services.gradebook.outgoing import TO_BE_READ, held_by
from lms_scoring.services.window_read import WindowReading

PORTION = 10
"""People who were settled and are looked at within one transaction, at most."""


def enqueue(
    transaction: Transaction,
    course: str,
    cards: Iterable[Graded],
    *,
    now: int,
    persons: Iterable[str] = (),
    reading: WindowReading,
) -> None:
    """Writes down what should stand in the gradebook now, if the course sends anything.

    The cards are those of active learners, and of each person all of them: a gradebook has one place for
    a person, so the card with the most points is sent, and of equals the one of the first class by name.
    `persons` are those whose cards these are: of whom none is, has left, and no verdict of theirs goes out.
    Points that wait do, also where they were held back for a card that was awaited: they were true when they
    were given. Nobody is told to have failed before the `reading` is whole (None: nothing is known of it, and
    nothing waited for): a verdict waits for that, and words beside points say that it is still to be read.
    And nobody is told a verdict before doubts about all that they wrote were looked for.
    """
    passback = transaction.passback(course)
    if passback is Passback.VERDICT:
        steps = steps_of(transaction, course, passback, cards, persons, now=now, reading=reading)
        keep_steps(transaction, course, steps)
    elif passback is Passback.SCORE:
        graded = list(cards)
        steps = steps_of(transaction, course, passback, graded, (), now=now, reading=reading)
        keep_steps(transaction, course, steps)
        _let_go(transaction, course, {*persons} - {one.card.person for one in graded})


def enqueue_again(
    transaction: Transaction, course: str, person: str, *, now: int, reading: WindowReading
) -> None:
    """The same of one person whose cards are as they were: a dispute about one of them moved, say."""
    if transaction.passback(course) is None:
        return
    graded = []
    for one in transaction.memberships(course, persons=[person]):
        if one.role is Role.LEARNER and one.is_active:
            card = transaction.scorecard(course, person, role=one.role, class_=one.class_)
            outlook = transaction.outlook(course, person, role=one.role, class_=one.class_)
            if card is not None:
                graded.append(Graded(card=card, standing=None if outlook is None else outlook.standing))
    enqueue(transaction, course, graded, now=now, persons=[person], reading=reading)


def enqueue_settled(course: str, store: Store, *, clock: Clock, reading: WindowReading) -> None:
    """The same of those whose verdicts waited for the end of the window to be read, or for a look for doubts,
    or whose points say that it is still to be read, once that was done; of whom a new card is to be made,
    that one decides.

    They may be everybody: between portions others write, and all is asked again of each. Who waited for a
    look and was touched since is not among them any more; who waited for the reading is, once what it brought
    of them is counted.
    """
    with store.reading() as transaction:
        read, looked_at = _read(transaction, course, reading), _looked_at(transaction, course)
    settled = sorted(read | looked_at)
    for begin in range(0, len(settled), PORTION):
        portion = {*settled[begin : begin + PORTION]}
        with store.writing() as transaction:
            transaction.mark_voided(course)
            touched = transaction.touched(course, persons=sorted(portion & looked_at))
            for person in sorted(portion.difference(touched)):
                enqueue_again(transaction, course, person, now=clock.now(), reading=reading)


def _read(transaction: Transaction, course: str, reading: WindowReading) -> set[str]:
    """Who waited for the reading, once it is whole."""
    passback = transaction.passback(course)
    waiting: Sequence[str] = ()
    if passback is Passback.VERDICT:
        waiting = transaction.held_for(course, Hold.UNREAD)
    elif passback is Passback.SCORE:
        waiting = transaction.worded(course, TO_BE_READ)
    return {*waiting} if waiting and reading.is_whole(transaction, course) else set()


def _looked_at(transaction: Transaction, course: str) -> set[str]:
    """Who waited for a look, and is not looked at any more."""
    if transaction.passback(course) is not Passback.VERDICT:
        return set()
    unseen = transaction.held_for(course, Hold.NOT_LOOKED_AT)
    return {*unseen} - {*transaction.to_look_at(course, persons=unseen)} if unseen else set()


def _let_go(transaction: Transaction, course: str, left: set[str]) -> None:
    """Points of who has left: a card that was awaited makes no others, and nothing else holds points back.
    What was refused waits until they are back."""
    for grade in transaction.outgoing(course, persons=sorted(left)) if left else ():
        if grade.state is SendState.REFUSED:
            transaction.keep_outgoing(held_by(Hold.WITHDRAWN, grade))
        elif grade.held is Hold.NO_VERDICT:
            transaction.keep_outgoing(held_by(None, grade))
