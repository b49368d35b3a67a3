"""Having a course read now, by whoever sees all of it."""

from __future__ import annotations

from lms_scoring.ports import Clock, Sources, Store, Visitor
from lms_scoring.services.access.seeing import whole_view
from lms_scoring.services.unattended.due import ask_now


def ask_to_read(
    course: str, store: Store, sources: Sources, visitor: Visitor, *, clock: Clock, full: bool
) -> None:
    """Before all others, as soon as whoever runs the jobs gets to it. Raises NotAllowed."""
    with store.reading() as transaction:
        whole_view(transaction, course, visitor, refusal="syncs are begun by coordinators and administrators")
    names = sources.order(course).names
    with store.writing() as transaction:
        ask_now(transaction, course, names, now=clock.now(), full=full)
