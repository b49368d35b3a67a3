"""As of when a course is known: what pages and exports say of the evidence that they show."""

from __future__ import annotations

from lms_scoring.ports import Transaction
from lms_scoring.services.scoring.rules import CourseRules


def synced_at(transaction: Transaction, rules: CourseRules) -> int | None:
    """When the oldest of the sources' latest good syncs ended: the evidence is as of then.

    None where one of the sources never had a good one: nothing of it is known. Of a closed course it is what
    it was then, for later syncs change nothing that is shown.
    """
    closing = transaction.closing(rules.course)
    if closing is not None:
        return int(closing.subject) if closing.subject else None
    ends = transaction.last_ends(rules.course)
    sources = ends.keys() if rules.sources is None else rules.sources
    known = [ends[source].good_at if source in ends else None for source in sources]
    good = [at for at in known if at is not None]
    return min(good) if good and len(good) == len(known) else None
