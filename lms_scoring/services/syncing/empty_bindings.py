"""Bindings that bind nothing: a mistyped activity would score everybody 0 and look like the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lms_scoring.domain.evidence import Purpose, Role
from lms_scoring.domain.scheme import Criterion
from lms_scoring.ports import EvidenceOut
from lms_scoring.services.scoring.rules import CourseRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """What is wrong with a binding, or with there being none; `loses`: points may be missing for it."""

    text: str
    loses: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutEvidence:
    """A criterion that can read no evidence, whoever has that role."""

    role: Role
    criterion: Criterion


def misfits(transaction: EvidenceOut, rules: CourseRules) -> list[Misfit]:
    """Criteria that nothing is bound to, and bound activities that no source has."""
    return [*unbound_criteria(rules), *_strange_activities(transaction, rules)]


def unbound_criteria(rules: CourseRules) -> Iterator[Misfit]:
    """Criteria that can read no evidence. A course may mean it so: it is a notice."""
    for one in without_evidence(rules):
        words = " or ".join(sorted(purpose.value for purpose in one.criterion.rule.purposes))
        text = f"no activity is bound as {words}, so every {one.role.value} has 0 of {one.criterion.id}"
        yield Misfit(text=text, loses=False)


def without_evidence(rules: CourseRules) -> Iterator[WithoutEvidence]:
    """Criteria that wait for evidence of what nothing is bound as."""
    bound = {binding.purpose for binding in rules.bindings.bindings}
    for role, part in rules.scheme.roles.items():
        for criterion in part.criteria:
            wanted = criterion.rule.purposes
            if wanted and not wanted & bound:
                yield WithoutEvidence(role=role, criterion=criterion)


def _strange_activities(transaction: EvidenceOut, rules: CourseRules) -> Iterator[Misfit]:
    listed = {(source, activity.id) for source, activity in transaction.activities(rules.course)}
    present = {(source, activity) for source, _, activity, _ in transaction.counts(rules.course)}
    catalogued = {source for source, _ in listed}
    for binding in rules.bindings.bindings:
        for activity in binding.activities:
            if activity.endswith("*") or binding.source not in catalogued:
                continue
            if (binding.source, activity) not in listed | present:
                yield Misfit(text=_strange(binding.purpose, binding.source, activity), loses=True)


def _strange(purpose: Purpose, source: str, activity: str) -> str:
    return (
        f"{source} lists no activity {activity}, which is bound as {purpose.value}: it was deleted or "
        "hidden, or the course file names another than was meant"
    )
