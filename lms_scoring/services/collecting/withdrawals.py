"""Who is told to have withdrawn, in such numbers at once that it may be no more than a date.

A platform calls whoever's enrolment ended by date suspended, all of a course in the same second. Taken at
its word, a tutor would have nobody left whose work there was to mark. So their places stay as they are, as if
they were not listed: what vanishes at once is held until somebody signs what is true (`vanishing.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from lms_scoring.domain.evidence import Membership, Record, Role
from lms_scoring.domain.losses import LossRules
from lms_scoring.ports import EvidenceOut


def doubtful_withdrawals(
    transaction: EvidenceOut, course: str, source: str, records: Sequence[Record], *, losses: LossRules
) -> frozenset[str]:
    """The ids of the memberships that are told to be withdrawn, where those that were active are too many."""
    told = {one.id for one in records if isinstance(one, Membership) and not one.is_active}
    if not told:
        return frozenset()
    stored = [one for one in transaction.memberships(course, today=True) if one.source == source]
    active = [one for one in stored if one.is_active]
    leaving = told & {one.id for one in active}
    too_many = losses.holds(len(leaving), len(active)) or _is_every_learner(leaving, active)
    return frozenset(leaving) if too_many else frozenset()


def is_place_among(record: Record, memberships: Collection[str]) -> bool:
    """Whether it is one of these memberships."""
    return isinstance(record, Membership) and record.id in memberships


def _is_every_learner(leaving: Collection[str], active: Sequence[Membership]) -> bool:
    """A last one may leave."""
    learners = {one.id for one in active if one.role is Role.LEARNER}
    return len(learners) > 1 and learners.issubset(leaving)
