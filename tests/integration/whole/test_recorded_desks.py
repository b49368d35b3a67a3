"""The desks of the recorded course: queues are the duty that the tutors' cards score, with Moodle's pages."""

from __future__ import annotations

import re

import pytest

from lms_scoring.course_sources import ACTIVITY_KINDS
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.scorecard import Reason
from lms_scoring.ports import Grant, Visitor
from lms_scoring.services.viewing.tutor_desk import Desk, TutorDesk
from tests.fixtures.courses.installed import Site

from .conftest import COURSES

pytestmark = pytest.mark.slow(reason="the whole recorded course is synced, by both its course files")


@pytest.fixture(scope="module", params=COURSES)
def course(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def desk(course: str, scored: Site) -> Desk:
    """The desk of a coordinator."""
    here = scored.installation
    coordinator = Visitor(person=None, roles=(Grant(person="", role="coordinator", course=course),))
    rules = here.rules(course)
    desk = TutorDesk(here.store, rules, clock=here.clock, activity_kinds=ACTIVITY_KINDS)
    return desk.desk(coordinator)


def test_every_class_has_the_duty_of_its_tutors_cards(course: str, scored: Site, desk: Desk) -> None:
    with scored.installation.store.reading() as transaction:
        for works in desk.works:
            assert len(works.tutors) >= 1
            for tutor in works.tutors:
                card = transaction.scorecard(course, tutor, role=Role.TUTOR, class_=works.class_)
                assert card is not None
                (marking,) = (one for one in card.criteria if one.id == "marking")
                judged = [one for one in marking.findings if one.kind == "submission"]
                unmarked = [one.id for one in judged if one.reason is Reason.UNMARKED]
                assert [one.submission.id for one in works.due] == [one.id for one in judged]
                assert [one.submission.id for one in works.waiting] == unmarked
    assert sum(len(works.waiting) for works in desk.works) >= 1


def test_every_assignment_leads_to_its_own_page_in_the_moodle(scored: Site, desk: Desk) -> None:
    found = 0
    for works in desk.works:
        for work in works.works:
            assert work.page is not None
            address = re.fullmatch(
                r"http://127\.0\.0\.1:\d+/mod/assign/view\.php\?id=(\d+)&action=grader&userid=(\d+)",
                work.page,
            )
            assert address is not None
            assert address[1] == work.submission.activity
            assert work.submission.person == f"moodle-{address[2]}"
            found += 1
    assert found >= 100
