"""A class in figures: they are of the results as they are told."""

from __future__ import annotations

from dataclasses import replace

from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.outlook import Standing
from lms_scoring.domain.scorecard import CardState
from lms_scoring.ports import CardRow
from lms_scoring.services.viewing.class_figures import class_figures
from tests import given

LEARNERS = given.main_scheme().roles[Role.LEARNER]


def test_who_passed_provisionally_is_to_be_checked_and_not_among_those_who_passed() -> None:
    failed = given.card([given.membership()])
    passed = replace(failed, total=failed.pass_mark, state=CardState.PASS)
    rows = [
        CardRow(
            name="",
            status=MembershipStatus.ACTIVE,
            card=card,
            version=1,
            scored_at=given.AFTER,
            standing=standing,
        )
        for card, standing in (
            (passed, Standing.TO_CHECK),
            (passed, Standing.PASSED),
            (failed, Standing.TO_CHECK),
            (failed, Standing.UNREACHABLE),
        )
    ]
    figures = class_figures(rows, LEARNERS)
    assert figures.passed == 1
    assert figures.others == {Standing.TO_CHECK: 2, Standing.UNREACHABLE: 1}
