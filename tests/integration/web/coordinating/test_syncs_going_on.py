"""Syncs that go on by themselves, on pages: the next one, what waits and fails, and what is wanted now."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.domain.evidence import Purpose
from lms_scoring.domain.instants import HOUR
from lms_scoring.ports import Kept, RunState, SoFar, SyncRequest, Visitor
from lms_scoring.services.following_up.heartbeats import STOPPED
from lms_scoring.services.following_up.troubles import SCORING, bindings_of, losses_of, platform_itself
from lms_scoring.services.scoring.rules import CourseRules
from tests.fixtures.pages import pages
from tests.integration.web.going_on import goes_on, keep, trouble
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COORDINATOR, COURSE, RULES, School

SYNC, PERSON = f"/courses/{COURSE}/sync", f"/courses/{COURSE}/people/moodle-3"


def requests(school: School) -> list[SyncRequest]:
    with school.store.reading() as transaction:
        return list(transaction.sync_requests())


def press(client: FlaskClient, **fields: str) -> int:
    page = client.get(SYNC).text
    token = page.partition('name="token" value="')[2].partition('"')[0]
    return client.post(SYNC, data={"token": token, **fields}).status_code


# -- the next sync ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [SYNC, PERSON])
def test_pages_say_when_the_next_sync_is_if_anybody_keeps_that(own_school: School, path: str) -> None:
    def said() -> str:
        return own_school.page(own_school.signed_in(COORDINATOR), path).all("main")[0].text

    assert "目前没有" in said()
    goes_on(own_school)
    own_school.clock.go_on(STOPPED - 1)
    assert "下次同步：2024年12月17日 00:5" in said()
    own_school.clock.go_on(1)
    assert "目前没有" in said()
    own_school.clock.go_on(2 * HOUR)
    goes_on(own_school)
    assert "即将" in said()
    own_school.clock.go_on(60 * 24 * HOUR)
    goes_on(own_school)
    assert "现在不会自动同步" in said()


def test_what_waits_and_what_fails_is_on_the_sync_page(own_school: School) -> None:
    goes_on(own_school)
    trouble(own_school)
    trouble(own_school, concern=SCORING, course=COURSE, failures=1, reason="a fault of this program")
    trouble(own_school, concern=platform_itself("lrs"), course="another", reason="of another course")
    trouble(own_school, concern=platform_itself("other-lrs"), reason="of a platform of others")
    trouble(own_school, concern=losses_of("moodle"), course=COURSE, reason="told among the problems")
    client = own_school.signed_in(COORDINATOR)
    text = own_school.page(client, SYNC).all("main")[0].text
    assert "moodle (整个平台): 2024年12月16日 23:00 起，已连续失败 3 次" in text
    press(client)
    text = own_school.page(client, SYNC).all("main")[0].text
    assert "2 个来源等待读取。" in text
    assert "等待读取：lrs" in text
    assert "等待读取：moodle（2024年12月17日 00:00 起） 2024年12月16日 23:00 起，已连续失败 3 次" in text
    assert text.count("moodle（") == 1
    assert "计分: 2024年12月16日 23:00 起" in text
    assert "of another course" not in text
    assert "of a platform of others" not in text
    assert "told among the problems" not in text


def test_how_a_sync_goes_can_be_looked_at_alone_by_who_sees_the_page(own_school: School) -> None:
    client, part = own_school.signed_in(COORDINATOR), f"{SYNC}/progress"
    assert "读取已结束，下面是最新的结果。" in own_school.page(client, part).text
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, "moodle", at=own_school.clock.now())
    press(client)
    text = own_school.page(client, part).text
    assert "正在读取 1 个来源，1 个等待读取。" in text
    assert "等待读取：moodle" not in text, "it is being read, and does not wait"
    assert "即将同步" not in text
    assert "同步记录" not in text
    keep(own_school, lambda transaction: transaction.keep_so_far(run, SoFar(done=3, expected=9)))
    assert "3 / 9" in own_school.page(client, part).text
    assert own_school.signed_in("moodle-3").get(part).status_code == 403


def test_what_is_bound_and_not_there_is_on_the_sync_page(own_school: School) -> None:
    mistyped = Binding(purpose=Purpose.HOMEWORK, source="moodle", activities=("71",))
    trouble(own_school, concern=bindings_of("moodle"), course=COURSE, reason="told among the problems")
    for bound, there in ((RULES.bindings.bindings, False), ((*RULES.bindings.bindings, mistyped), True)):
        rules = replace(RULES, bindings=Bindings(bindings=bound))
        text = sync_page_by(own_school, rules).all("main")[0].text
        assert ("moodle 没有活动 71（计为课程作业）" in text) is there
        assert ("在“课程设置”中把它们改为不计分" in text) is there
        assert "told among the problems" not in text


def sync_page_by(school: School, rules: CourseRules) -> HtmlPage:
    """As the coordinator sees it where the course goes by these rules."""
    app = pages(
        store=school.store,
        courses=lambda: {COURSE: rules},
        clock=school.clock,
        public_url="http://127.0.0.1:8000",
    )
    other = replace(school, app=app)
    return other.page(other.signed_in(COORDINATOR), SYNC)


def test_how_far_a_sync_is_stands_on_the_pages_while_it_goes_on(own_school: School) -> None:
    client, overview = own_school.signed_in(COORDINATOR), f"/courses/{COURSE}/overview"

    def told(path: str = SYNC) -> str:
        return own_school.page(client, path).all("main")[0].text

    def again() -> list[str]:
        parts = (one.attributes.get("data-again") for one in own_school.page(client, SYNC).elements)
        return [address for address in parts if address is not None]

    assert "正在读取" not in told()
    assert again() == []
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, "moodle", at=own_school.clock.now())
    assert "正在读取 moodle 2024年12月17日 00:00 开始" in told()
    assert again() == [f"{SYNC}/progress"]
    keep(own_school, lambda transaction: transaction.keep_so_far(run, SoFar(done=1234)))
    assert "正在读取 moodle 已读 1234 " in told()
    keep(own_school, lambda transaction: transaction.keep_so_far(run, SoFar(done=12, expected=40)))
    assert "正在读取 moodle 12 / 40 " in told()
    assert "进行中 12 / 40" in told(overview)
    (bar,) = own_school.page(client, SYNC).all("progress")
    assert (bar.attributes["value"], bar.attributes["max"]) == ("12", "40")
    assert "刷新" in told()
    with own_school.store.writing() as transaction:
        transaction.end_run(run, at=own_school.clock.now(), state=RunState.DONE, kept=Kept())
    assert "正在读取" not in told()
    assert again() == []
    press(client)
    assert again() == [f"{SYNC}/progress"]


# -- having it read now ----------------------------------------------------------------------------------


def test_a_coordinator_has_the_course_read_at_once(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    assert press(client) == 303
    now = own_school.clock.now()
    assert requests(own_school) == [
        SyncRequest(course=COURSE, source=source, asked_at=now, urgent=True) for source in ("lrs", "moodle")
    ]
    assert press(client, full="yes") == 303
    assert all(one.full for one in requests(own_school))


def test_without_sources_there_is_no_button(own_school: School) -> None:
    app = pages(
        store=own_school.store,
        courses=lambda: {COURSE: RULES},
        clock=own_school.clock,
        public_url="http://127.0.0.1:8000",
    )
    client = app.test_client()
    client.post(own_school.link(Visitor(person=COORDINATOR)))
    assert "立即同步" not in client.get(SYNC).text
    assert client.post(SYNC).status_code == 405
