"""As of when a course is known: what pages and exports say of the evidence that they show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms_scoring.ports import LastEnds, Transaction
from lms_scoring.services.scoring.rules import CourseRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """How far a course is known. `is_read`: to the end of its window, for each source that tells what people
    did was read since, or the programme is closed; who has not passed then has failed."""

    synced_at: int | None
    is_read: bool


def known_of(transaction: Transaction, rules: CourseRules) -> Known:
    """When the oldest of the sources' latest good syncs ended: the evidence is as of then.

    None where one of the sources never had a good one: nothing of it is known. Of a closed course it is what
    it was then, for later syncs change nothing that is shown.
    """
    closing = transaction.closing(rules.course)
    if closing is not None:
        return Known(synced_at=int(closing.subject) if closing.subject else None, is_read=True)
    ends = transaction.last_ends(rules.course)
    return Known(synced_at=_synced_at(ends, rules), is_read=rules.reading.is_whole_by(ends))


def synced_at(transaction: Transaction, rules: CourseRules) -> int | None:
    """The former of the two alone."""
    return known_of(transaction, rules).synced_at


def _synced_at(ends: Mapping[str, LastEnds], rules: CourseRules) -> int | None:
    sources = ends.keys() if rules.sources is None else rules.sources
    known = [ends[source].good_at if source in ends else None for source in sources]
    good = [at for at in known if at is not None]
    return min(good) if good and len(good) == len(known) else None
