"""A person's cards with what is doubted and contested of them: all that a page about somebody tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lms_scoring.ports import Clock, Hold, Store, Visitor
from lms_scoring.services.access.seeing import view_of
from lms_scoring.services.deciding.case_desk import CaseDesk
from lms_scoring.services.deciding.dispute_desk import DisputeDesk
from lms_scoring.services.deciding.told_cases import KnownCase
from lms_scoring.services.deciding.told_disputes import Told
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.syncing.next_sync import NextSync, next_reading_told, next_sync_told
from lms_scoring.services.viewing.consult import Consultant, Seen, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class WholePerson:
    """What a visitor sees of one person. `next_sync` is when that can change by itself, `next_reading` when
    what was done as the window ended may be read, where that is waited for; None: it has been."""

    seen: Seen
    cases: Sequence[KnownCase]
    disputes: Sequence[Told]
    next_sync: NextSync
    next_reading: NextSync | None


def whole_person(
    store: Store,
    rules: CourseRules,
    visitor: Visitor,
    person: str,
    *,
    clock: Clock,
    versions: int | None = None,
) -> WholePerson:
    """As of one moment: from one view of the store. Of each card the latest so many `versions` (None: all).
    Raises UnknownPerson, and NotAllowed where the person exists and is none of the visitor's business."""
    with store.reading() as transaction:
        view, now = view_of(transaction, rules.course, visitor), clock.now()
        seen = Consultant(store, rules).seen_from(transaction, view, person, versions=versions)
        next_sync = next_sync_told(transaction, rules, now=now)
        waits = any(not one.is_read or _is_held_unread(one) for one in seen.statuses)
        return WholePerson(
            seen=seen,
            cases=CaseDesk(store, rules, clock=clock).about(transaction, view, person),
            disputes=DisputeDesk(store, rules, clock=clock).about(transaction, view, person),
            next_sync=next_sync,
            next_reading=next_reading_told(transaction, rules, now=now) if waits else None,
        )


def _is_held_unread(status: Status) -> bool:
    return status.grade is not None and status.grade.grade.held is Hold.UNREAD
