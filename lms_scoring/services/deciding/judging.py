"""Judging: the decisions about records that follow from what is said of cases, foreseen and kept as one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lms_scoring.domain.errors import CannotBeDecided
from lms_scoring.domain.evidence import Action, Decision, Membership, RecordTarget
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.domain.outlook.doubts import Cases
from lms_scoring.domain.proceedings.case import Case
from lms_scoring.domain.proceedings.step import Outcome, StepKind
from lms_scoring.ports import Transaction
from lms_scoring.services.deciding.decide import Decide
from lms_scoring.services.deciding.enter import Shift, shifts_with
from lms_scoring.services.scoring.assess import assess_person
from lms_scoring.services.scoring.course_time import course_time, signing_time
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import Signature, signature

_ACTIONS: Mapping[tuple[StepKind, Outcome | None], Action] = {
    (StepKind.DECIDED, Outcome.VOIDED): Action.VOID,
    (StepKind.SETTLED, Outcome.DISMISSED): Action.RESTORE,
    (StepKind.DECIDED, Outcome.DISMISSED): Action.RESTORE,
    (StepKind.SETTLED, Outcome.VOIDED): Action.VOID,
}
"""What is said of a case becomes true of its record, whatever was decided before: about another text of it,
or by hand."""
_OVER: Mapping[tuple[StepKind, Outcome | None], Action] = {
    (StepKind.DECIDED, Outcome.DISMISSED): Action.VOID,
}
"""What there must be to undo: to find nothing wrong with what counts is no decision about it."""

_NOT_YET = "–"
"""The reason of what is foreseen before anybody gave one; it is kept nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Cases of one person, each with the step that was just taken; the decisions that follow, and the cards
    without these and with them."""

    cases: Sequence[Case]
    decisions: Sequence[Decision]
    shifts: Sequence[Shift]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stake:
    """What a decision would change: the cards without it and with it. Or what stands in its way."""

    shifts: Sequence[Shift] = ()
    obstacle: Obstacle | None = None


def judged(
    transaction: Transaction,
    rules: CourseRules,
    cases: Sequence[Case],
    *,
    entitled: Collection[Membership],
    now: int,
) -> Judged:
    """What would come of it; nothing is kept. Who says it was seen to decide about the places `entitled`.

    Raises CannotBeDecided.
    """
    decisions = _decisions(transaction, rules, _wishes(cases, entitled), now=now)
    shifts = shifts_with(transaction, rules, cases[0].person, decisions, settled=_settled(cases))
    return Judged(cases=cases, decisions=decisions, shifts=shifts)


def at_stake(
    transaction: Transaction,
    rules: CourseRules,
    cases: Sequence[Case],
    action: Action,
    *,
    by: str,
    entitled: Collection[Membership],
    now: int,
) -> Stake:
    """What is at stake in such decisions about the records of a person's cases."""
    signed = Signature(by=by, reason=_NOT_YET)
    wishes = [_wish(case, action, signed, entitled) for case in cases]
    try:
        decisions = _decisions(transaction, rules, wishes, now=now)
        shifts = shifts_with(transaction, rules, cases[0].person, decisions, settled=_settled(cases))
        return Stake(shifts=shifts)
    except CannotBeDecided as error:
        return Stake(obstacle=error.why)


def keep_judged(transaction: Transaction, rules: CourseRules, of: Judged, *, now: int) -> None:
    """Keeps it together with the cards that it changes."""
    for case in of.cases:
        transaction.keep_case(rules.course, case)
    for decision in of.decisions:
        transaction.keep_decision(rules.course, decision, at=decision.at)
    at = max([now, *(decision.at for decision in of.decisions)])
    assess_person(transaction, rules, of.cases[0].person, now=at)


def _settled(cases: Iterable[Case]) -> Cases:
    """What no case is open about any more, once these are decided."""
    return frozenset((case.kind, case.name) for case in cases)


def _decisions(
    transaction: Transaction, rules: CourseRules, wishes: Iterable[Decide], *, now: int
) -> list[Decision]:
    """Of one person, each beside those before it; without what is so already."""
    at = course_time(transaction, rules.course, now=now)
    signed_at = signing_time(transaction, rules.course, now=now)
    decisions: list[Decision] = []
    for wish in wishes:
        decision = wish.entry(transaction, rules, now=at, signed_at=signed_at, beside=len(decisions))
        if decision is not None:
            decisions.append(decision)
    return decisions


def _wishes(cases: Sequence[Case], entitled: Collection[Membership]) -> Iterator[Decide]:
    """Decisions like any other; the reason of each is what was said of the case."""
    for case in cases:
        step = case.steps[-1]
        action = _ACTIONS.get((step.kind, step.outcome))
        if action is not None:
            wish = _wish(case, action, signature(step.by or "", step.words), entitled)
            yield replace(wish, over=_OVER.get((step.kind, step.outcome)))


def _wish(case: Case, action: Action, signed: Signature, entitled: Collection[Membership]) -> Decide:
    target = RecordTarget(kind=case.kind, id=case.name)
    return Decide(person=case.person, target=target, action=action, signed=signed, entitled=entitled)
