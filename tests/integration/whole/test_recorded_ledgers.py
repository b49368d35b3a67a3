"""The ledgers of the recorded course: for everybody, their parts add up to the score and the study time."""

from __future__ import annotations

from fractions import Fraction

import pytest

from lms_scoring.domain.evidence import Role
from lms_scoring.ports import Grant, Visitor
from lms_scoring.services.viewing.consult import Consultant, Status
from lms_scoring.web.card.status_page import StatusPage, status_page
from tests.fixtures.courses.installed import Site

from .conftest import COURSES

pytestmark = pytest.mark.slow(reason="the whole recorded course is synced, by both its course files")


@pytest.fixture(scope="module", params=COURSES)
def pages(request: pytest.FixtureRequest, scored: Site) -> list[StatusPage]:
    """Everybody's page, as a coordinator opens it."""
    rules = scored.installation.rules(request.param)
    consultant = Consultant(scored.installation.store, rules)
    coordinator = Visitor(person=None, roles=(Grant(person="", role="coordinator", course=request.param),))
    people = {row.card.person for role in Role for row in consultant.board(coordinator, role=role).rows}
    statuses: list[Status] = []
    for person in people:
        statuses += consultant.status(coordinator, person)
    return [status_page(status, rules.zone) for status in statuses]


def test_the_parts_of_everybodys_ledgers_add_up_to_the_score(pages: list[StatusPage]) -> None:
    assert len(pages) >= 60
    for page in pages:
        listed = [day.points for part in page.parts for day in part.days]
        assert sum(listed, Fraction(0)) * page.status.rules.scale == page.status.card.total


def test_the_minutes_of_everybodys_days_add_up_to_the_study_time(pages: list[StatusPage]) -> None:
    charts = [part for page in pages for part in page.parts if part.minutes is not None]
    assert len(charts) >= 60
    for part in charts:
        (told,) = (one.value for one in part.result.figures if one.name == "study_time")
        assert part.minutes is not None
        assert told in (None, part.minutes.counted)


def test_everybody_is_told_what_is_needed_or_why_nothing_helps(pages: list[StatusPage]) -> None:
    for page in pages:
        assert page.needs is not None
        goal = page.needs.outlook.to_pass
        if goal is not None and not goal.reachable:
            assert page.needs.says_why(goal)
