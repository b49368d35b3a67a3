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
class Unlisted:
    """An activity that is bound, though its source does not list it, which lists others."""

    source: str
    activity: str
    purpose: Purpose

    @property
    def text(self) -> str:
        """What is wrong, and what may have happened."""
        return (
            f"{self.source} lists no activity {self.activity}, which is bound as {self.purpose.value}: it "
            "was deleted or hidden, or the course file names another than was meant"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutEvidence:
    """A criterion that can read no evidence, whoever has that role."""

    role: Role
    criterion: Criterion


def misfits(transaction: EvidenceOut, rules: CourseRules) -> list[Misfit]:
    """Criteria that nothing is bound to, and bound activities that no source has."""
    strange = [Misfit(text=one.text, loses=True) for one in strange_activities(transaction, rules)]
    return [*unbound_criteria(rules), *strange]


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


def strange_activities(transaction: EvidenceOut, rules: CourseRules) -> list[Unlisted]:
    """Bound activities that no source lists and that left no evidence: nobody gets anything for them."""
    unlisted = unlisted_activities(transaction, rules)
    if not unlisted:
        return []  # what there is of evidence takes long to count
    present = {(source, activity) for source, _, activity, _ in transaction.counts(rules.course)}
    return [one for one in unlisted if (one.source, one.activity) not in present]


def unlisted_activities(transaction: EvidenceOut, rules: CourseRules) -> list[Unlisted]:
    """Bound activities that are not listed; one that was hidden may have left evidence all the same."""
    listed = {(source, activity.id) for source, activity in transaction.activities(rules.course)}
    catalogued = {source for source, _ in listed}
    return [
        Unlisted(source=binding.source, activity=activity, purpose=binding.purpose)
        for binding in rules.bindings.bindings
        if binding.source in catalogued
        for activity in binding.activities
        if not activity.endswith("*") and (binding.source, activity) not in listed
    ]
