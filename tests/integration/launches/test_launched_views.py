"""What a good launch opens: pages for one course, one person and one role."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from lms_scoring.domain.registration import Approval
from lms_scoring.lti.claims import Claim
from lms_scoring.ports import Grant
from tests.integration.launches.launched import BOARD, OWN_CARD, launched, page, start
from tests.integration.launches.school import LEARNER, TUTOR, LaunchSchool
from tests.integration.web.school import COURSE
from tests.launches.platform import INSTRUCTOR, NOW, claims, token, without
from tests.launches.platform import LEARNER as LEARNS

ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"


def test_a_learner_begins_at_the_own_card_and_sees_no_other(school: LaunchSchool) -> None:
    client = launched(school)
    first = start(client)
    assert first.request.path == OWN_CARD
    assert "刘磊" in first.text
    assert page(client, BOARD).status_code == 403
    assert page(client, f"/courses/{COURSE}/people/moodle-4").status_code == 403


@pytest.mark.parametrize(
    ("locale", "asked", "language"),
    [
        ("zh_cn", "en", "zh-Hans"),
        ("en_us", "zh-CN", "en"),
        ("en", "", "en"),
        ("fr", "en", "en"),
        ("fr", "", "zh-Hans"),
        (None, "en", "en"),
    ],
)
def test_pages_speak_as_the_platform_does_and_else_as_the_browser_asks(
    school: LaunchSchool, locale: str | None, asked: str, language: str
) -> None:
    presented = {} if locale is None else {"locale": locale}
    client, asks = school.client(), {"Accept-Language": asked}
    assert school.post(client, token(claims(PRESENTATION=presented))).status_code == 303
    assert f'<html lang="{language}">' in page(client, OWN_CARD, **asks).text
    other = "en" if language == "zh-Hans" else "zh"
    page(client, f"{OWN_CARD}?lang={other}")
    assert f'<html lang="{language}">' not in page(client, OWN_CARD, **asks).text, "a choice counts over both"


def test_a_page_before_there_is_a_session_speaks_as_the_platform_does(school: LaunchSchool) -> None:
    private = claims(MESSAGE_TYPE="LtiDataPrivacyLaunchRequest", PRESENTATION={"locale": "en_us"})
    assert '<html lang="en">' in school.post(school.client(), token(private)).text


def test_a_tutor_sees_the_class_that_the_roster_gives(school: LaunchSchool) -> None:
    client = launched(school, sub=TUTOR, roles=(INSTRUCTOR,))
    board = page(client, BOARD).text
    assert "刘磊" in board
    assert "欧阳修远" not in board
    assert page(client, f"/courses/{COURSE}/people/moodle-9").status_code == 403


def test_staff_of_no_class_sees_no_learner_until_granted(school: LaunchSchool) -> None:
    client = launched(school, sub="77", roles=(INSTRUCTOR,))
    assert start(client).status_code == 403
    with school.store.writing() as transaction:
        transaction.keep_grant(Grant(person="moodle-77", role="coordinator", course=COURSE))
    assert "刘磊" in page(client, BOARD).text


def test_a_platforms_administrator_is_nobody_in_a_course_that_is_set_up(school: LaunchSchool) -> None:
    client = launched(school, sub="2", roles=(ADMINISTRATOR, INSTRUCTOR))
    assert start(client).status_code == 403
    assert page(client, BOARD).status_code == 403


def test_a_tutor_who_is_launched_as_a_learner_sees_no_class(school: LaunchSchool) -> None:
    assert page(launched(school, sub=TUTOR), BOARD).status_code == 403


def test_a_coordinator_sees_all_classes(school: LaunchSchool) -> None:
    board = page(launched(school, sub="40", roles=(INSTRUCTOR,)), BOARD).text
    assert "刘磊" in board
    assert "欧阳修远" in board


def test_a_test_user_has_no_card_and_is_on_no_board(school: LaunchSchool) -> None:
    test_user = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
    client = launched(school, roles=(LEARNS, test_user))
    assert start(client).status_code == 403
    assert school.rows()["platform_subject"] == 0


@pytest.mark.parametrize(
    "missing",
    [
        ("name", "given_name", "family_name", "email"),
        (Claim.CUSTOM, Claim.GRADES, Claim.NAMES_AND_ROLES, Claim.PRESENTATION),
    ],
)
def test_a_launch_without_what_is_private_shows_the_card(
    school: LaunchSchool, missing: tuple[str, ...]
) -> None:
    client = school.client()
    assert school.post(client, token(without(claims(), *missing))).status_code == 303
    assert start(client).status_code == 200


def test_a_launch_without_a_course_says_where_to_begin(school: LaunchSchool) -> None:
    client = school.client()
    answer = school.post(client, token(without(claims(), Claim.CONTEXT)))
    assert "请从课程里打开" in page(client, answer.headers["Location"]).text


@pytest.mark.parametrize("roles", [[], [""], ["http://example.org/unknown"]])
def test_a_launch_without_a_role_shows_the_own_card_at_most(school: LaunchSchool, roles: list[str]) -> None:
    client = school.client()
    assert school.post(client, token(claims(ROLES=roles))).status_code == 303
    assert start(client).request.path == OWN_CARD
    assert page(client, BOARD).status_code == 403


@pytest.mark.parametrize("skew", [-55, 55])
def test_a_platforms_clock_may_differ_by_55_seconds(school: LaunchSchool, skew: int) -> None:
    text = token(claims(iat=NOW + skew, exp=NOW + skew + 60))
    assert school.post(school.client(), text).status_code == 303


@pytest.mark.parametrize(
    ("skew", "level"), [(0, "INFO"), (30, "INFO"), (31, "WARNING"), (-30, "INFO"), (-31, "WARNING")]
)
def test_how_far_a_platforms_clock_is_off_stands_in_the_log(
    school: LaunchSchool, skew: int, level: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="lms_scoring.web.launch.launcher"):
        text = token(claims(iat=NOW + skew, exp=NOW + skew + 60))
        assert school.post(school.client(), text).status_code == 303
    (record,) = [one for one in caplog.records if one.name == "lms_scoring.web.launch.launcher"]
    assert record.levelname == level
    assert f"registration {school.registration} is {skew:+d} s from ours" in record.getMessage()


def test_the_start_of_who_has_two_roles_has_the_ways_of_other_pages(school: LaunchSchool) -> None:
    with school.store.writing() as transaction:
        transaction.keep_grant(Grant(person=f"moodle-{LEARNER}", role="coordinator", course=COURSE))
    client = launched(school)
    first = start(client)
    assert first.request.path.endswith("/start")
    assert "<nav " in first.text


def test_a_course_that_nobody_set_up_says_whom_to_ask(school: LaunchSchool) -> None:
    client = school.client()
    answer = school.post(client, token(claims(CONTEXT={"id": "3", "title": "另一门课"})))
    path = answer.headers["Location"]
    assert "还没有设置" in page(client, path).text
    assert page(client, BOARD).status_code == 401


def test_the_same_subject_of_another_platform_is_somebody_else(school: LaunchSchool) -> None:
    with school.store.writing() as transaction:
        ours = transaction.registration(school.registration)
        transaction.keep_registration(replace(ours, platform=None, standing=Approval.ACTIVE), at=1)
    client = launched(school)
    assert start(client).status_code == 403
    with school.store.reading() as transaction:
        assert transaction.person_of(school.registration, LEARNER) == f"lti{school.registration}-{LEARNER}"


def test_a_page_of_another_course_is_not_opened_by_this_ones_launch(school: LaunchSchool) -> None:
    client = launched(school)
    assert page(client, "/courses/other/").status_code in (401, 403)
