"""Setting a course up over the pages: offered to a platform's administrator alone, over plain forms."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from lms_scoring.web.access.launch_cookies import session_cookie
from tests.fixtures.courses.claimed import unreachable
from tests.fixtures.courses.scripted import HOMEWORK, LRS, MOODLE
from tests.integration.launches.school import PUBLIC, LaunchSchool
from tests.integration.web.school import COURSE
from tests.integration.web.setting_up.claiming import (
    MAIN,
    TYPED,
    Browser,
    Claiming,
    adopted,
    main_of,
    token_of,
)
from tests.launches.platform import INSTRUCTOR, LEARNER


@pytest.mark.parametrize("roles", [(LEARNER,), (INSTRUCTOR,)])
def test_whoever_is_no_administrator_is_told_whom_to_ask(claiming: Claiming, roles: tuple[str, ...]) -> None:
    browser = claiming.browser(sub="5", roles=roles)
    assert "请联系平台管理员" in browser.text
    assert "<select" not in browser.text
    own = browser.path
    for path in (f"{own}/activities", f"{own}/activities?title=x&scheme={MAIN}"):
        assert browser.get(path).status_code == 403
    for path in (own, f"{own}/activities?title=x&scheme={MAIN}"):
        answer = browser.client.post(path, base_url=PUBLIC, data={**TYPED, "token": token_of(browser)})
        assert answer.status_code == 403
    assert claiming.supplying.made == []


def test_where_courses_are_not_set_up_in_the_browser_an_administrator_is_told_so(
    school: LaunchSchool,
) -> None:
    browser = Browser(school, school.client())
    browser.launch()
    assert (browser.status, "还没有设置" in browser.text) == (200, True)
    own = browser.path
    assert browser.get(f"{own}/activities").status_code == 403
    answer = browser.client.post(own, base_url=PUBLIC, data={"token": token_of(browser)})
    assert answer.status_code == 403


def test_another_course_than_the_launchs_is_refused(claiming: Claiming) -> None:
    claiming.browser(context="43")
    browser = claiming.browser()
    for path in (
        "/lti/courses/1/43/set-up",
        "/lti/courses/2/42/set-up",
        "/lti/courses/1/43/set-up/activities",
    ):
        assert browser.get(path).status_code == 401


def test_a_browser_with_sessions_of_several_courses_is_known_in_each(claiming: Claiming) -> None:
    browser = claiming.browser()
    for context in ("43", "44", "45", "2"):
        browser.launch(context=context)
    for context in ("42", "43", "44", "45"):
        assert browser.get(f"/lti/courses/1/{context}/set-up").status_code == 200
        assert "考核方案" in browser.text


def test_somebody_who_signed_in_here_was_not_launched(claiming: Claiming) -> None:
    browser = claiming.browser()
    browser.client.delete_cookie(session_cookie("1 42"), domain="tool.example")
    assert browser.get("/lti/courses/1/42/set-up").status_code == 401


def test_in_a_course_that_is_set_up_a_platforms_administrator_is_nobody_special(
    claiming: Claiming,
) -> None:
    browser = claiming.browser(context="2")
    assert (browser.path, browser.status) == (f"/courses/{COURSE}/start", 403)
    assert browser.get("/lti/courses/1/2/set-up").status_code == 403
    assert browser.get("/lti/courses/1/2/set-up/activities").status_code == 403
    assert browser.get(f"/courses/{COURSE}/").status_code == 403
    answer = browser.client.post("/lti/courses/1/2/set-up", base_url=PUBLIC, data=TYPED)
    assert answer.status_code == 400
    with claiming.school.store.reading() as transaction:
        assert transaction.grants("moodle-2") == []


@pytest.mark.parametrize(
    "context", ["http://lms.example//course/7", "课程 1", "a?b=c", "a#b", "50%25", "x/set-up", "a b+c&d;e"]
)
def test_whatever_a_platform_calls_its_course_it_can_be_set_up(claiming: Claiming, context: str) -> None:
    browser = claiming.browser(context=context)
    assert (browser.status, "考核方案" in browser.text) == (200, True)
    assert browser.path.startswith("/lti/courses/1/")
    browser.post(TYPED)
    assert "研讨交流" in browser.text
    adopted(browser)
    place = claiming.place(context)
    assert place is not None
    assert place.course is not None


def pages(claiming: Claiming, language: str) -> Iterator[TestResponse]:
    """Every page of the way: the form, its faults, what was not read, the activities, a fault, the scores."""
    claiming.supplying.lrs = unreachable(LRS)
    browser = claiming.browser()
    own = browser.path
    yield browser.get(f"{own}?lang={language}")
    yield browser.post({"title": ""})
    yield browser.post(TYPED | {"record_store": LRS})
    browser.get(own)
    yield browser.post(TYPED)
    yield browser.post({f"{MOODLE} {HOMEWORK}": "posts"})
    yield browser.post({"do": "preview", f"{MOODLE} {HOMEWORK}": ""})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_hangs_together_in_both_languages(claiming: Claiming, language: str) -> None:
    headings = []
    for answer in pages(claiming, language):
        page = main_of(answer.text)
        assert page.faults == []
        assert "frame-ancestors https://moodle.example" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        headings += page.texts("h1")
    assert headings == HEADINGS[language]


HEADINGS = {
    "zh": ["设置这门课程", "设置这门课程", "课程还没有读完", *["各个活动计入什么"] * 3],
    "en": [*["Set up this course"] * 2, "The course is not read yet", *["What the activities count as"] * 3],
}
