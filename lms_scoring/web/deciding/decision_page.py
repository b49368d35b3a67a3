"""What somebody is about to decide: about what, what can be done to it, and what a form said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms_scoring.domain.evidence import Action, CriterionTarget, Decision, RecordTarget
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.domain.proceedings.proceeding import plainly
from lms_scoring.domain.scheme import Criterion
from lms_scoring.domain.scorecard import CriterionResult, Finding, Reason
from lms_scoring.services.deciding.decide import Target
from lms_scoring.services.signing import fault_of
from lms_scoring.services.viewing.consult import Seen, Status
from lms_scoring.web.card.decided import RECOMMENDATION, decided_of

_POINTS = re.compile(r"[0-9]{1,6}([.,][0-9]{1,2})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A record or criterion of a person's card, and the decision that is in force about it.

    `finding` is None of a criterion, and of a record that its card no longer names because it was voided.
    `result` is None of such a record too.
    """

    target: Target
    status: Status
    result: CriterionResult | None
    finding: Finding | None
    in_force: Decision | None

    @property
    def criterion(self) -> Criterion | None:
        """The criterion by today's rules; None where they have none such."""
        wanted = None if self.result is None else self.result.id
        return next((one for one in self.status.rules.criteria if one.id == wanted), None)

    @property
    def actions(self) -> Sequence[Action]:
        """What can be done to it now, the most usual first."""
        return tuple(self._actions())

    def _actions(self) -> Iterator[Action]:
        was = None if self.in_force is None else self.in_force.action
        if isinstance(self.target, CriterionTarget):
            yield Action.OVERRIDE
            if was is not Action.EXEMPT:
                yield Action.EXEMPT
            if was in (Action.OVERRIDE, Action.EXEMPT):
                yield Action.RESTORE
        else:
            floods = self.finding is not None and self.finding.reason is Reason.FLOODING
            if was is Action.VOID or floods or self.confirms:
                yield Action.RESTORE
            if was is not Action.VOID and not floods:
                yield Action.VOID

    @property
    def confirms(self) -> bool:
        """Whether to restore it is to say that it was seen and counts, as it does already."""
        return self.finding is not None and self.finding.is_implausible

    @property
    def most(self) -> Fraction:
        """The most points that the criterion can be given."""
        return Fraction(0) if self.result is None else self.result.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a form said, and what is wrong with it."""

    action: Action | None = None
    points: str = ""
    reason: str = ""
    faults: Sequence[Obstacle] = ()

    @property
    def points_meant(self) -> Fraction | None:
        """The points of an override; None for anything else."""
        if self.action is not Action.OVERRIDE or not _POINTS.fullmatch(self.points):
            return None
        return Fraction(self.points.replace(",", "."))

    @property
    def is_good(self) -> bool:
        """Whether something can be made of it."""
        return not self.faults


def subject_of(seen: Seen, target: Target) -> Subject | None:
    """What is to be decided about; None where none of the cards has it and nothing was decided about it."""
    in_force = decided_of(seen).about(target)
    for status in seen.statuses:
        for result in status.card.criteria:
            finding = _finding(result, target)
            if finding is not None or target == CriterionTarget(criterion=result.id):
                return Subject(
                    target=target, status=status, result=result, finding=finding, in_force=in_force
                )
    if in_force is None:
        return None
    return Subject(target=target, status=seen.statuses[0], result=None, finding=None, in_force=in_force)


def asked_in(form: Mapping[str, str], subject: Subject) -> Asked:
    """What a form says of the subject."""
    chosen, points = form.get("action", ""), form.get("points", "").strip()
    action = next((one for one in subject.actions if one == chosen), None)
    asked = Asked(action=action, points=points, reason=plainly(form.get("reason", "")))
    faults = tuple(_faults(asked, subject))
    return Asked(action=action, points=points, reason=asked.reason, faults=faults)


def _faults(asked: Asked, subject: Subject) -> Iterator[Obstacle]:
    if asked.action is None:
        yield Obstacle.IMPOSSIBLE
    if asked.action is Action.OVERRIDE:
        points = asked.points_meant
        if points is None or points > subject.most:
            yield Obstacle.BAD_POINTS
    wrong = fault_of(asked.reason)
    if wrong is not None:
        yield wrong


def _finding(result: CriterionResult, target: Target) -> Finding | None:
    """The person's own record among the findings: works of others are decided about on their cards."""
    if not isinstance(target, RecordTarget):
        return None
    for finding in result.findings:
        own = finding.person is None or finding.kind == RECOMMENDATION
        if own and (finding.kind, finding.id) == (target.kind, target.id):
            return finding
    return None
