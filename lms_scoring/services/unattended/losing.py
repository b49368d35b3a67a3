"""What syncs that went well could not read all the same: a trouble while it lasts, which delays nothing."""

from __future__ import annotations

from collections.abc import Sequence

from lms_scoring.domain.losses import LossState
from lms_scoring.ports import Problem, ProblemKind, Transaction, Trouble
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.syncing.collect import SYNC_FAILED
from lms_scoring.services.syncing.open_problems import open_problems
from lms_scoring.services.syncing.vanishing import MASS_DISAPPEARANCE, told_of
from lms_scoring.services.unattended.due import is_read_by_itself
from lms_scoring.services.unattended.troubles import losses_of, trouble_of, went_well

_TOLD_OTHERWISE = frozenset({SYNC_FAILED, MASS_DISAPPEARANCE})
"""A sync that failed is a trouble of its own; what vanished is held, and over once somebody signed it."""


def note_losses(transaction: Transaction, rules: CourseRules, source: str, *, now: int) -> None:
    """What is lost of a source of a course by all that is known now; it may be nothing any more.

    Of a course that is not read by itself whoever reads it is told at once, and nobody else need be.
    """
    lost = _lost(transaction, rules.course, source) if is_read_by_itself(rules, now=now) else ()
    if not lost:
        went_well(transaction, losses_of(source), rules.course, now=now)
        return
    former = trouble_of(transaction.troubles(), losses_of(source), rules.course)
    goes_on = former is not None and former.over_at is None
    trouble = Trouble(
        platform=losses_of(source),
        course=rules.course,
        since=former.since if former is not None and goes_on else now,
        failures=len(lost),
        try_at=now,
        reason=_reason(lost),
        told_at=None if former is None else former.told_at,
    )
    transaction.keep_trouble(trouble)


def _lost(transaction: Transaction, course: str, source: str) -> Sequence[Problem]:
    """A sync of what changed says nothing of what it did not look at, so earlier ones' problems are there."""
    met = [one.problem for one in open_problems(transaction, course) if one.source == source]
    held = transaction.held_losses(course=course, states=[LossState.WAITING])
    return [
        *(one for one in met if one.kind is ProblemKind.LOST and one.code not in _TOLD_OTHERWISE),
        *(told_of(loss) for loss in held if loss.source == source),
    ]


def _reason(lost: Sequence[Problem]) -> str:
    more = len(lost) - 1
    first = lost[0].text
    return (
        f"{first.removesuffix('.')}. And {more} more: the sync page of the course lists them"
        if more
        else first
    )
