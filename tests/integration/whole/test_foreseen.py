"""What other rules would make of the recorded course: the same out of its measures as out of its evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.measures import bulk_rules
from lms_scoring.domain.scheme import Scheme
from lms_scoring.services.scoring.foresee import foresee_rules
from lms_scoring.services.scoring.rules import CourseRules
from tests.fixtures.courses.installed import Site

COURSE = "lc2024"


def passing_at(mark: int) -> Callable[[Scheme], Scheme]:
    """Another pass mark for everybody."""

    def changed(scheme: Scheme) -> Scheme:
        roles = {role: replace(rules, pass_mark=Fraction(mark)) for role, rules in scheme.roles.items()}
        return replace(scheme, roles=roles)

    return changed


def with_rules(*places: int, **settings: Any) -> Callable[[Scheme], Scheme]:
    """Other settings for some of the learners' criteria."""

    def changed(scheme: Scheme) -> Scheme:
        rules = scheme.roles[Role.LEARNER]
        criteria = [
            replace(one, rule=replace(one.rule, **settings)) if place in places else one  # type: ignore[type-var]
            for place, one in enumerate(rules.criteria)
        ]
        return replace(scheme, roles={**scheme.roles, Role.LEARNER: replace(rules, criteria=tuple(criteria))})

    return changed


def without_tutors(scheme: Scheme) -> Scheme:
    return replace(scheme, roles={Role.LEARNER: scheme.roles[Role.LEARNER]})


@pytest.mark.parametrize(
    "change",
    [
        passing_at(79),
        pytest.param(passing_at(50), marks=pytest.mark.variation),
        pytest.param(with_rules(0, full=30_000_000), marks=pytest.mark.variation),
        pytest.param(with_rules(3, topic=Fraction(1, 3), reply_cap=Fraction(7)), marks=pytest.mark.variation),
        without_tutors,
    ],
)
def test_measures_and_evidence_foresee_the_same(scored: Site, change: Callable[[Scheme], Scheme]) -> None:
    before = scored.installation.rules(COURSE)
    after = replace(before, scheme=change(before.scheme))
    assert _told(scored, before, after) > 50
    clock, store = scored.installation.clock, scored.installation.store
    by_evidence = foresee_rules(after, store, clock=clock)
    by_measures = foresee_rules(after, store, clock=clock, before=before)
    assert by_measures.mark == by_evidence.mark
    assert (by_measures.states, by_measures.before) == (by_evidence.states, by_evidence.before)
    for one, other in zip(by_measures.flips, by_evidence.flips, strict=True):
        assert replace(one.after, as_of=0) == replace(other.after, as_of=0)


def _told(site: Site, before: CourseRules, after: CourseRules) -> int:
    """Of how many learners the measures tell."""
    one, other = (bulk_rules(each.scheme, each.bindings, Role.LEARNER) for each in (before, after))
    with site.installation.store.reading() as transaction:
        return len(list(transaction.foreseen(COURSE, one, other)))
