"""What was decided about a person, as pages tell it: beside the record it is about, and as a list."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from lms_scoring.domain.evidence import Action, CriterionTarget, Decision, RecordTarget, Role
from lms_scoring.domain.scheme import Criterion
from lms_scoring.domain.scorecard import Finding, Reason
from lms_scoring.services.deciding.decide import JUDGED, Target
from lms_scoring.services.deciding.enter import Made
from lms_scoring.services.signing import OPERATOR
from lms_scoring.services.viewing.consult import Seen

RECOMMENDATION = "recommendation"
_SETTLED = frozenset({Reason.DELETED, Reason.GONE, Reason.DRAFT, Reason.PRIVATE, Reason.OUTSIDE_WINDOW})
"""Why a record counts nowhere, whatever anybody decides about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The decisions about one person, the latest first, and the names of those who made them."""

    made: Sequence[Made] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    criteria: Mapping[str, Criterion] = field(default_factory=dict)
    """Of the cards that are shown, by today's rules."""

    def about(self, target: Target) -> Decision | None:
        """The decision in force about a record or criterion."""
        found = (one.entry for one in self.made if one.in_force and isinstance(one.entry, Decision))
        return next((decision for decision in found if decision.target == target), None)

    def about_finding(self, finding: Finding) -> Decision | None:
        """The decision in force about a finding's record."""
        return self.about(RecordTarget(kind=finding.kind, id=finding.id)) if self.made else None

    def is_of_criterion(self, decision: Decision) -> bool:
        """Whether a criterion was decided about, and no record."""
        return isinstance(decision.target, CriterionTarget)

    def can_be_undone(self, one: Made) -> bool:
        """Whether it holds and says something else than the source or the rule."""
        return one.in_force and isinstance(one.entry, Decision) and one.entry.action is not Action.RESTORE

    def asked_of(self, decision: Decision) -> dict[str, str]:
        """What the decision is about, as an address names it."""
        return asked_of(decision.target)

    def name_of(self, decision: Decision) -> str | None:
        """Who decided, by name; None where nobody knows one, so that the id has to do."""
        if decision.by.startswith(OPERATOR):
            return decision.by.removeprefix(OPERATOR)
        return self.names.get(decision.by) or None


def decided_of(seen: Seen) -> Decided:
    """The decisions about a person; those about criteria and recommendations only where one of the cards that
    are shown has them."""
    cards = [status.card for status in seen.statuses]
    shown = {RECOMMENDATION} if any(card.role is Role.TUTOR for card in cards) else set[str]()
    shown |= {result.id for card in cards for result in card.criteria}
    return Decided(
        made=[one for one in reversed(seen.entered) if _is_shown(one, shown)],
        names=seen.names,
        criteria={one.id: one for status in seen.statuses for one in status.rules.criteria},
    )


def decidable(finding: Finding, criterion: str) -> Target | None:
    """What is to be decided about, where a finding is looked at; None: nothing that would matter."""
    if finding.kind == "decision":
        return CriterionTarget(criterion=criterion)
    if finding.kind not in JUDGED or finding.reason in _SETTLED:
        return None
    return RecordTarget(kind=finding.kind, id=finding.id)


def owner_of_finding(finding: Finding, person: str) -> str:
    """Whose record it is: on a tutor's card works are the learners', recommendations the tutor's."""
    return person if finding.person is None or finding.kind == RECOMMENDATION else finding.person


def asked_of(target: Target) -> dict[str, str]:
    """The target as an address and a form name it."""
    if isinstance(target, CriterionTarget):
        return {"criterion": target.criterion}
    return {"kind": target.kind, "id": target.id}


def target_in(asked: Mapping[str, str]) -> Target | None:
    """The target that an address or a form names; None: none."""
    if asked.get("criterion"):
        return CriterionTarget(criterion=asked["criterion"])
    if asked.get("kind") and asked.get("id"):
        return RecordTarget(kind=asked["kind"], id=asked["id"])
    return None


def _is_shown(one: Made, shown: Collection[str]) -> bool:
    match one.entry:
        case (
            Decision(target=CriterionTarget(criterion=about))
            | Decision(target=RecordTarget(kind="recommendation" as about))
        ):
            return about in shown
        case Decision():
            return True
        case _:
            return False
