"""What holds of all that was decided about some people, whichever way it was decided."""

from __future__ import annotations

from collections.abc import Collection

from lms_scoring.domain.dossier import Decisions
from lms_scoring.domain.evidence import KIND_OF, Decision
from lms_scoring.ports import Transaction
from lms_scoring.services.scoring.course_time import course_time


def in_force(transaction: Transaction, course: str, persons: Collection[str], *, now: int) -> Decisions:
    """As the cards of now read it: what bears a time that is still to come does not hold yet."""
    found = transaction.records_of(course, persons, kinds=(KIND_OF[Decision],))
    made = [one for one in found if isinstance(one, Decision)]
    if any(one.at > now for one in made):
        as_of = course_time(transaction, course, now=now)
        made = [one for one in made if one.at <= as_of]
    return Decisions.of(made)
