"""Where a launch leads: straight to the only page there is, or to a start where there is a choice."""

from __future__ import annotations

import pytest

from lms_scoring.ports import Grant
from tests.integration.launches.school import LEARNER, TUTOR, LaunchSchool
from tests.integration.web.school import COURSE
from tests.launches.platform import INSTRUCTOR, claims, token
from tests.launches.platform import LEARNER as LEARNS

OWN_CARD = f"/courses/{COURSE}/people/moodle-{LEARNER}"
START = f"/courses/{COURSE}/start"


def led_to(school: LaunchSchool, *, sub: str = LEARNER, roles: tuple[str, ...] = (LEARNS,)) -> str:
    """The address that a good launch is sent on to."""
    return school.post(school.client(), token(claims(sub=sub, ROLES=list(roles)))).headers["Location"]


def test_a_learner_is_led_straight_to_the_own_card(school: LaunchSchool) -> None:
    assert led_to(school) == OWN_CARD


@pytest.mark.parametrize("roles", [(INSTRUCTOR,), (INSTRUCTOR, LEARNS)])
def test_staff_is_led_to_a_start(school: LaunchSchool, roles: tuple[str, ...]) -> None:
    assert led_to(school, sub=TUTOR, roles=roles) == START


def test_a_learner_who_was_granted_more_is_led_to_a_start(school: LaunchSchool) -> None:
    with school.store.writing() as transaction:
        transaction.keep_grant(Grant(person=f"moodle-{LEARNER}", role="coordinator", course=COURSE))
    assert led_to(school) == START


def test_a_learner_of_no_part_is_told_so_on_the_own_card(school: LaunchSchool) -> None:
    client = school.client()
    answer = school.post(client, token(claims(sub="4711", ROLES=[LEARNS])))
    assert answer.headers["Location"] == f"/courses/{COURSE}/people/moodle-4711"
    assert school.get(client, answer.headers["Location"]).status_code == 403
