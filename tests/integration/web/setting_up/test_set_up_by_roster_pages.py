"""Setting a course up over the pages where only the platform's roster tells who learns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fixtures.courses.claimed import rostered, unreachable
from tests.fixtures.courses.scripted import LRS
from tests.integration.web.setting_up.claiming import TYPED, Claiming, adopted, main_of

ROSTER = "lti-1"


@pytest.fixture
def rosters(claiming: Claiming) -> Claiming:
    """The platform is no Moodle of the settings, and lets us at its roster."""
    with claiming.school.store.writing() as transaction:
        own = transaction.registration(claiming.school.registration)
        transaction.keep_registration(replace(own, platform=None), at=1)
    claiming.supplying.roster = rostered(1)
    return claiming


def test_the_form_says_that_the_roster_tells_who_learns(rosters: Claiming) -> None:
    browser = rosters.browser()
    assert "谁在学习由平台的课程名单" in main_of(browser.text).text
    browser.get(f"{browser.path}?lang=en")
    assert "read from the platform's roster" in main_of(browser.text).text


def test_a_platform_without_a_roster_is_told_apart(rosters: Claiming) -> None:
    browser = rosters.browser()
    with rosters.school.store.writing() as transaction:
        own = transaction.registration(rosters.school.registration)
        transaction.keep_registration(replace(own, deployments={}), at=1)
    browser.get(browser.path)
    text = main_of(browser.text).text
    assert ("平台也没有开放课程名单" in text, "由平台的课程名单" in text) == (True, False)


def test_the_activities_stand_beside_how_many_learn_and_as_of_when(rosters: Claiming) -> None:
    browser = rosters.browser()
    browser.post(TYPED | {"record_store": LRS})
    text = main_of(browser.text).text
    assert "平台的课程名单 学员 2 已停用 1 截至 2026年11月22日 02:06" in text
    assert ROSTER in text
    browser.post({"do": "preview"})
    assert "人数 2" in main_of(browser.text).text


def test_a_roster_that_cannot_be_read_is_named_with_its_reason(rosters: Claiming) -> None:
    rosters.supplying.roster = unreachable(ROSTER)
    browser = rosters.browser()
    browser.post(TYPED | {"record_store": LRS})
    text = main_of(browser.text).text
    assert "课程还没有读完" in text
    assert f"平台的课程名单 {ROSTER}" in text
    assert "no answer" in text
    rosters.supplying.roster = rostered(1)
    browser.post({})
    assert "学员 2" in main_of(browser.text).text


def test_the_adopted_course_goes_on_with_the_roster(rosters: Claiming) -> None:
    browser = rosters.browser()
    browser.post(TYPED | {"record_store": LRS})
    adopted(browser)
    with rosters.school.store.reading() as transaction:
        assert f'name = "{ROSTER}"\nkind = "lti"\ncourse = "42"' in transaction.course("lti1-42").settings
