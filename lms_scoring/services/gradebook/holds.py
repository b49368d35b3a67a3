"""Grades held back by what happened to their person, and let go once it is over."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from lms_scoring.ports import Hold, OutgoingGrade, Passback, SendState, Transaction
from lms_scoring.services.gradebook.enqueue import enqueue_again
from lms_scoring.services.gradebook.outgoing import held_by, tried_again_if_back
from lms_scoring.services.window_read import WindowReading


def refused_and_back(grades: Iterable[OutgoingGrade], active: Collection[str]) -> frozenset[str]:
    """Whose grade was refused since they had left, of those who take part today."""
    refused = (one for one in grades if one.state is SendState.REFUSED and one.held is Hold.WITHDRAWN)
    return frozenset(one.person for one in refused if one.person in active)


def let_back(
    transaction: Transaction,
    course: str,
    persons: Collection[str],
    *,
    now: int,
    reading: WindowReading,
) -> None:
    """Lets what was refused to these, who are back, be tried again where no new card of theirs is to come: in
    a closed course, and in an open one where they were scored before the refusal was known."""
    if transaction.closing(course) is None:
        awaited = transaction.awaited(course, persons=sorted(persons))
        persons = {*persons}.difference(transaction.touched(course), awaited)
    passback = transaction.passback(course)
    for grade in transaction.outgoing(course, persons=sorted(persons)) if persons else ():
        if passback is Passback.VERDICT:
            enqueue_again(transaction, course, grade.person, now=now, reading=reading)
        else:  # nothing else holds points back, and they were true when they were given
            transaction.keep_outgoing(held_by(None, tried_again_if_back(grade, None)))


def hold_back(transaction: Transaction, course: str, persons: Iterable[str]) -> None:
    """Keeps verdicts of people back until they are scored again: a case that their cards do not know of yet
    was just opened about each."""
    if transaction.passback(course) is not Passback.VERDICT:
        return
    for grade in transaction.outgoing(course, persons=sorted({*persons})):
        if grade.held in (None, Hold.UNREAD, Hold.NOT_LOOKED_AT):
            transaction.keep_outgoing(held_by(Hold.TO_CHECK, grade))
