"""What a course sends to its gradebook from now on, beginning with everybody's grade of today."""

from __future__ import annotations

from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.ports import Clock, Passback, SendState, Store, Transaction
from lms_scoring.services.gradebook.grade_steps import Graded, Step, keep_steps, steps_of
from lms_scoring.services.window_read import WindowReading


def switch_passback(
    course: str,
    passback: Passback | None,
    store: Store,
    *,
    clock: Clock,
    reading: WindowReading,
) -> None:
    """From now on the course sends this (None: nothing), beginning with everybody's grade of today."""
    with store.writing() as transaction:
        if passback is not None:
            steps = _steps_of_today(transaction, course, passback, now=clock.now(), reading=reading)
            keep_steps(transaction, course, steps)
        transaction.keep_passback(course, passback)


def would_go_out(
    course: str, passback: Passback, store: Store, *, clock: Clock, reading: WindowReading
) -> int:
    """How many grades switching it on would send; nothing is kept."""
    with store.reading() as transaction:
        steps = _steps_of_today(transaction, course, passback, now=clock.now(), reading=reading)
    after = [step.after for step in steps.values() if step.after is not None]
    return sum(one.state is SendState.WAITING and one.held is None for one in after)


def _steps_of_today(
    transaction: Transaction, course: str, passback: Passback, *, now: int, reading: WindowReading
) -> dict[str, Step]:
    """Of everybody: who has left has a grade of what was sent before; points that wait go out all the same,
    where points were sent before too."""
    rows = transaction.board(course, role=Role.LEARNER)
    active = (row for row in rows if row.status is MembershipStatus.ACTIVE)
    cards = [Graded(card=row.card, standing=row.standing) for row in active]
    as_before = passback is Passback.SCORE and transaction.passback(course) is passback
    persons = [] if as_before else [grade.person for grade in transaction.outgoing(course)]
    return steps_of(transaction, course, passback, cards, persons, now=now, reading=reading)
