"""A class in figures: who has passed is never counted among those who have not."""

from __future__ import annotations

from dataclasses import replace

from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.outlook import Standing
from lms_scoring.ports import CardRow
from lms_scoring.services.viewing.class_figures import class_figures
from tests import given

LEARNERS = given.main_scheme().roles[Role.LEARNER]


def test_who_passed_and_has_records_to_check_is_not_among_those_who_have_not_passed() -> None:
    failed = given.card([given.membership()])
    passed = replace(failed, total=failed.pass_mark)
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
    assert figures.passed == 2
    assert figures.not_passed == {Standing.TO_CHECK: 1, Standing.UNREACHABLE: 1}
