"""The pages around the tool: the course, the switch, the gradebook, the content chosen."""

from __future__ import annotations

import re
import secrets
from typing import Any

import pytest

from lms_scoring.demonstration.lti import names
from lms_scoring.demonstration.running import Options, RunningMoodle, running_moodle

from .lti_peer import Browser, PeerTool, Services, forms_of

pytestmark = pytest.mark.variation

GRADEBOOK = "/grade/report/grader/index.php"
CELL = re.compile(r'<td data-column="(\d+)" data-user="(\d+)"><strong>([^<]+)</strong>([^<]*)<small>([^<]*)<')


def test_the_course_page_holds_the_tool_in_a_frame(browser: Browser) -> None:
    page = browser.get("/course/view.php", id="2")
    assert 'src="/mod/lti/launch.php?id=28&amp;triggerview=0"' in page.text
    assert "龙城区2024年中小学骨干教师远程培训" in page.text
    assert '<html lang="zh">' in page.text
    assert browser.launched()["sub"] == "24"


def test_the_cookie_of_the_site_names_no_same_site(browser: Browser) -> None:
    told = browser.get("/course/view.php", id="2").headers["Set-Cookie"]
    assert re.fullmatch(r"MoodleSession=[0-9a-f]{26}; path=/; HttpOnly", told)


def test_the_switch_offers_each_way_of_seeing_the_course(browser: Browser) -> None:
    page = browser.get("/course/view.php", id="2").text
    offered = re.findall(r'<button name="user" value="(\d+)"[^>]*>([^<]+)<', page)
    assert offered == [
        ("24", "学员"),
        ("63", "辅导教师"),
        ("65", "管理员"),
        ("62", "学员兼辅导教师"),
        ("2", "系统管理员"),
    ]
    for user, _ in offered:
        assert browser.sign_in(int(user)).launched()["sub"] == user
        page = browser.get("/course/view.php", id="2").text
        assert re.findall(r'value="(\d+)"[^>]*aria-pressed="true"', page) == [user]


def test_a_tutor_finds_the_page_where_a_work_would_be_marked(browser: Browser) -> None:
    asked = {"id": "17", "action": "grader", "userid": "24"}
    assert "批改：" not in browser.get("/mod/assign/view.php", **asked).text, "nobody has signed in"
    assert browser.sign_in(24).get("/mod/assign/view.php", **asked).status_code == 403
    for user in (63, 65, 2):
        page = browser.sign_in(user).get("/mod/assign/view.php", **asked)
        assert page.status_code == 200
        assert "批改：课程作业" in page.text
    for wrong in ({"id": "25"}, {"userid": "999"}):
        assert browser.get("/mod/assign/view.php", **{**asked, **wrong}).status_code == 404


def test_in_a_course_cut_short_the_learner_is_another() -> None:
    with running_moodle(Options(learners=3)) as moodle:
        page = Browser(moodle.url).get("/course/view.php", id="2").text
        assert '<button name="user" value="3"' in page


def test_an_activity_without_a_tool_says_so(moodle: RunningMoodle) -> None:
    page = Browser(moodle.url).get("/course/view.php", id="2").text
    assert "还没有外部工具" in page
    assert "<iframe" not in page


def test_what_a_tool_writes_is_shown_as_text(browser: Browser, services: Services) -> None:
    column = services.column(label="<b>总评</b>")
    services.score(column, 24, "2026-11-21T18:08:07Z", scoreGiven=80, comment="<script>alert(1)</script>")
    page = browser.sign_in(63).get(GRADEBOOK, id="2").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<b>总评" not in page


def test_the_gradebook_shows_the_newest_grade_first(browser: Browser, services: Services) -> None:
    column = services.column()
    services.score(column, 24, "2026-11-21T18:08:07Z", scoreGiven=80, comment="合格")
    services.score(column, 25, "2026-11-21T18:08:09Z", scoreGiven=59.99, comment="不合格")
    page = browser.sign_in(63).get(GRADEBOOK, id="2").text
    assert CELL.findall(page) == [("15", "25", "59.99", "", "不合格"), ("15", "24", "80", "", "合格")]
    assert "2026-11-22 02:08:09" in page
    assert page.count("<tr>") == 1 + 58


def test_learners_see_their_own_row_only(browser: Browser, services: Services) -> None:
    column = services.column()
    for user in (24, 25):
        services.score(column, user, "2026-11-21T18:08:07Z", scoreGiven=80)
    page = browser.sign_in(24).get(GRADEBOOK, id="2").text
    assert [user for _, user, *_ in CELL.findall(page)] == ["24"]
    assert "改分" not in page


def test_a_teacher_s_grade_is_newer_than_what_was_sent(
    browser: Browser, services: Services, school: RunningMoodle
) -> None:
    column = services.column()
    services.score(column, 24, "2026-11-21T18:08:07Z", scoreGiven=59)
    browser.sign_in(63)
    sesskey = browser.sesskey(f"{GRADEBOOK}?id=2")
    changed = browser.post(GRADEBOOK, sesskey=sesskey, column="15", user="24", grade="60", comment="补考")
    assert changed.status_code == 303
    found = services.results(column)["24"]
    assert (found["resultScore"], found["comment"]) == (60, "补考")
    assert "教师改分" in browser.get(GRADEBOOK, id="2").text
    held = school.lti.state.columns[15].grades[24].at
    assert held >= school.server.model.now() - 60


@pytest.mark.parametrize("grade", ["101", "-1", "good", "nan"])
def test_a_grade_outside_the_column_is_refused(grade: str, browser: Browser, services: Services) -> None:
    column = services.column()
    sesskey = browser.sign_in(63).sesskey(f"{GRADEBOOK}?id=2")
    answer = browser.post(GRADEBOOK, sesskey=sesskey, column="15", user="24", grade=grade)
    assert answer.status_code == 400
    assert services.results(column) == {}


def test_learners_and_other_sites_change_no_grade(browser: Browser, services: Services) -> None:
    column = services.column()
    for user in (24, 63):
        answer = browser.sign_in(user).post(GRADEBOOK, sesskey="x", column="15", user="24", grade="100")
        assert answer.status_code == 403
    assert services.results(column) == {}


def test_a_learner_changes_no_grade_even_from_the_own_visit(
    browser: Browser, services: Services, school: RunningMoodle
) -> None:
    column = services.column()
    browser.sign_in(24)
    (visit,) = school.lti.state.visits.values()
    answer = browser.post(GRADEBOOK, sesskey=visit.sesskey, column="15", user="24", grade="100")
    assert answer.status_code == 403
    assert services.results(column) == {}


def chosen(tool: PeerTool, moodle: RunningMoodle, items: list[dict[str, Any]], **changed: Any) -> str:
    """A tool's answer to a deep linking request."""
    now = moodle.server.model.now()
    claims = {
        "iss": tool.client_id,
        "aud": moodle.url,
        "iat": now,
        "exp": now + 300,
        "nonce": secrets.token_hex(8),
        names.LTI + "deployment_id": "1",
        names.LTI + "message_type": "LtiDeepLinkingResponse",
        names.LTI + "version": "1.3.0",
        names.DEEP_LINKING + "content_items": items,
        **changed,
    }
    return tool.signed(claims)


ITEM = {
    "type": "ltiResourceLink",
    "title": "一班研修状态",
    "text": "只看一班",
    "custom": {"board": "class1", "whose": "$User.id"},
    "lineItem": {"scoreMaximum": 50, "label": "一班总评", "resourceId": "b1", "tag": "t1"},
}


def return_path(browser: Browser) -> str:
    """Where the tool's answer goes, below the stand-in's address."""
    claims = browser.launched("/mod/lti/contentitem.php?id=1&course=2")
    address = claims[names.DEEP_LINKING + "deep_linking_settings"]["deep_link_return_url"]
    return str(address).removeprefix(browser.url)


def test_chosen_links_become_activities_of_the_course(
    browser: Browser, school: RunningMoodle, tool: PeerTool
) -> None:
    place = return_path(browser.sign_in(65))
    token = chosen(tool, school, [ITEM, {"type": "html"}, {**ITEM, "title": "二班研修状态"}])
    assert "已添加 2 个活动" in browser.post(place, JWT=token).text
    page = browser.get("/course/view.php", id="2").text
    assert "一班研修状态" in page
    assert "二班研修状态" in page
    claims = browser.sign_in(24).launched("/mod/lti/launch.php?id=29")
    assert claims[names.LTI + "custom"]["board"] == "class1"
    assert claims[names.LTI + "custom"]["whose"] == "24"
    assert claims[names.LTI + "resource_link"]["title"] == "一班研修状态"
    services = Services(school.url, tool.token(school))
    row = services("GET", claims[names.GRADES + "claim/endpoint"]["lineitem"]).json()
    assert (row["label"], row["scoreMaximum"], row["resourceId"], row["tag"]) == ("一班总评", 50, "b1", "t1")


def test_an_answer_without_the_cookie_is_posted_again_from_the_own_site(
    browser: Browser, school: RunningMoodle, tool: PeerTool
) -> None:
    place = return_path(browser.sign_in(65))
    (again,) = forms_of(Browser(school.url).post(place, JWT=chosen(tool, school, [ITEM])))
    assert len(school.lti.state.activities) == 1
    assert "已添加 1 个活动" in browser.post(again.action, **again.fields).text


def test_an_answer_to_another_visit_adds_nothing(
    browser: Browser, school: RunningMoodle, tool: PeerTool
) -> None:
    place = return_path(browser.sign_in(65))
    browser.sign_in(65)
    assert browser.post(place, JWT=chosen(tool, school, [ITEM])).status_code == 404
    assert len(school.lti.state.activities) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "another"},
        {"aud": "https://else.example"},
        {names.LTI + "deployment_id": "9"},
        {names.LTI + "message_type": "LtiResourceLinkRequest"},
        {"exp": 1},
    ],
)
def test_an_answer_that_is_not_the_tool_s_to_us_adds_nothing(
    changed: dict[str, Any], browser: Browser, school: RunningMoodle, tool: PeerTool
) -> None:
    place = return_path(browser.sign_in(65))
    assert browser.post(place, JWT=chosen(tool, school, [ITEM], **changed)).status_code == 404
    assert browser.post(place, JWT="a.b.c").status_code == 404
    assert len(school.lti.state.activities) == 1


def test_pages_that_do_not_exist_are_error_pages(browser: Browser) -> None:
    browser.sign_in(2)
    for path in ("/course/view.php?id=9", "/mod/lti/view.php?id=9", "/mod/lti/launch.php?id=9"):
        assert browser.get(path).status_code == 404
    assert browser.get("/").headers["Location"] == "/course/view.php?id=2"
