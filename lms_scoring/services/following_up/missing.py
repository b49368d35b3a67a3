"""What is missing though syncs go well: a trouble while it lasts, which delays nothing.

Something could not be read, or what is bound is not there: two troubles, since other people mend them.
"""

from __future__ import annotations

from collections.abc import Sequence

from lms_scoring.domain.losses import LossState
from lms_scoring.ports import Concern, Problem, ProblemKind, Transaction, Trouble
from lms_scoring.services.collecting.collect import SYNC_FAILED
from lms_scoring.services.collecting.open_problems import open_problems
from lms_scoring.services.collecting.vanishing import MASS_DISAPPEARANCE, told_of
from lms_scoring.services.following_up.troubles import bindings_of, losses_of, trouble_of, went_well
from lms_scoring.services.scoring.empty_bindings import strange_activities
from lms_scoring.services.scoring.rules import CourseRules

_TOLD_OTHERWISE = frozenset({SYNC_FAILED, MASS_DISAPPEARANCE})
"""A sync that failed is a trouble of its own; what vanished is held, and over once somebody signed it."""


def note_missing(transaction: Transaction, rules: CourseRules, source: str, *, now: int) -> None:
    """What is missing of a source of a course by all that is known now; it may be nothing any more.

    Of a course that is not read by itself whoever reads it is told at once, and nobody else need be.
    """
    by_itself = rules.is_read_by_itself(now=now)
    lost = [one.text for one in _lost(transaction, rules.course, source)] if by_itself else []
    strange = _strange(transaction, rules, source) if by_itself else []
    _note(transaction, losses_of(source), rules.course, lost, now=now)
    _note(transaction, bindings_of(source), rules.course, strange, now=now)


def _lost(transaction: Transaction, course: str, source: str) -> Sequence[Problem]:
    """A sync of what changed says nothing of what it did not look at, so earlier ones' problems are there."""
    met = [one.problem for one in open_problems(transaction, course) if one.source == source]
    held = transaction.held_losses(course=course, states=[LossState.WAITING])
    return [
        *(one for one in met if one.kind is ProblemKind.LOST and one.code not in _TOLD_OTHERWISE),
        *(told_of(loss) for loss in held if loss.source == source),
    ]


def _strange(transaction: Transaction, rules: CourseRules, source: str) -> Sequence[str]:
    mend = (
        "show it there, or change what counts on the course's page of settings, or correct the course file "
        f"and run `lms-scoring course apply {rules.course}`"
    )
    strange = strange_activities(transaction, rules)
    return [f"{one.text}; {mend}" for one in strange if one.source == source]


def _note(
    transaction: Transaction, concern: Concern, course: str, missing: Sequence[str], *, now: int
) -> None:
    if not missing:
        went_well(transaction, concern, course, now=now)
        return
    former = trouble_of(transaction.troubles(), concern, course)
    goes_on = former is not None and former.over_at is None
    trouble = Trouble(
        concern=concern,
        course=course,
        since=former.since if former is not None and goes_on else now,
        failures=len(missing),
        try_at=now,
        reason=_reason(missing),
        told_at=None if former is None else former.told_at,
    )
    transaction.keep_trouble(trouble)


def _reason(missing: Sequence[str]) -> str:
    first, more = missing[0], len(missing) - 1
    if not more:
        return first
    return f"{first.removesuffix('.')}. And {more} more: the sync page of the course lists them"
