"""Somebody has grades tried at once, or has a teacher's written over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lms_scoring.domain.instants import SECOND
from lms_scoring.ports import Clock, GradeStep, GradeStepKind, SendState, Store, Transaction


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
    changed in the gradebook: what stands there is then written over. `by` is who wants that. What is held
    back stays so, whoever wants it, and what is held back before it went is no longer written over anything.
    """
    now = clock.now()
    with store.writing() as transaction:
        found = transaction.outgoing(course, persons=persons)
        free = [one for one in found if one.held is None]
        chosen = [one for one in free if force or one.state in (SendState.WAITING, SendState.REFUSED)]
        for grade in chosen:
            again = replace(grade, state=SendState.WAITING, tries=0, try_at=0)
            if force:
                again = replace(again, forced=True, at=max(grade.at + 1, now // SECOND))
            if force and grade.state is SendState.OVERRIDDEN:
                again = replace(again, reason=None)  # it said what stood there, which is written over
                step = GradeStep(at=now, kind=GradeStepKind.CONFIRMED, value=grade.given, by=by)
                transaction.keep_grade_step(course, grade.person, step)
            transaction.keep_outgoing(again)
    return len(chosen)


def put_off_no_more(transaction: Transaction, course: str) -> None:
    """Lets all that waits in a course be tried at once, and its gradebook be read, whenever they could not be
    last. What is held back stays so, and what a teacher changed or a platform refused stays what it is."""
    for grade in transaction.outgoing(course):
        if grade.state is SendState.WAITING and grade.held is None:
            transaction.keep_outgoing(replace(grade, try_at=0))
    for place in transaction.platform_courses(course):
        reading = transaction.gradebook_reading(place.registration, place.context)
        if reading.try_at:
            transaction.keep_gradebook_reading(replace(reading, try_at=0))
