"""What is asked of sources for courses that nobody set up yet, read before there is anything to decide about.

Such a request is one like any other: it says which source, and the course's place at its platform says the
rest. So nothing besides is stored of it, and once the course is set up it goes on as that course's.
"""

from __future__ import annotations

from collections.abc import Collection

from lms_scoring.domain.instants import DAY
from lms_scoring.domain.registration import ROSTER_PREFIX
from lms_scoring.ports import SourceSettings, SyncRequest, Transaction, TroubleKind
from lms_scoring.services.unattended.first_sources import KindOf, course_id, own_source, record_store

PATIENCE = 7 * DAY
"""Whoever has not gone on setting a course up for so long has given up."""


def first_source(transaction: Transaction, request: SyncRequest, *, kind_of: KindOf) -> SourceSettings | None:
    """What is to be read; None: no platform has a course that would be called so, or somebody set it up."""
    for place in transaction.platform_courses():
        if course_id(place.registration, place.context) != request.course:
            continue
        own = own_source(transaction.registration(place.registration), place, kind_of=kind_of)
        if own is not None and own.name == request.source:
            return own
        return None if request.source.startswith(ROSTER_PREFIX) else record_store(request.source)
    return None


def give_up(transaction: Transaction, courses: Collection[str], *, kind_of: KindOf, now: int) -> None:
    """Nothing is read any more, and nothing fails any more, that nobody waits for; `courses` are set up."""
    for request in transaction.sync_requests():
        if request.course in courses:
            continue
        is_old = request.asked_at < now - PATIENCE
        if is_old or first_source(transaction, request, kind_of=kind_of) is None:
            transaction.settle_sync(request)
    for trouble in transaction.troubles():
        of_a_source = trouble.course is not None and trouble.concern.kind is not TroubleKind.WORK
        if of_a_source and trouble.course not in courses and trouble.try_at < now - PATIENCE:
            transaction.forget_trouble(trouble.concern, trouble.course)
