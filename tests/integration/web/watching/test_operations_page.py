"""The page of operations: what goes on by itself in all courses, for administrators alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain.instants import HOUR, MINUTE
from lms_scoring.ports import Hold, Kept, RunState, SendState, SyncRequest
from lms_scoring.services.following_up.heartbeats import STOPPED
from lms_scoring.services.following_up.troubles import SCORING, losses_of, platform_itself
from tests.fixtures.pages import pages
from tests.integration.web.forms import sent
from tests.integration.web.going_on import goes_on, grades_of_every_kind, keep, trouble
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.incomplete import make_incomplete
from tests.integration.web.school import ADMINISTRATOR, COURSE, SOURCE, School, late_mark

PAGE = "/administration/operations"
TITLE = "龙城区2024年骨干教师远程培训"


def seen(school: School, *, language: str = "zh") -> HtmlPage:
    return school.page(school.signed_in(ADMINISTRATOR), f"{PAGE}?lang={language}")


def counts(page: HtmlPage) -> list[str]:
    """What waits, line by line."""
    waiting = page.all("table")[0]
    return [one.text for one in page.all("tr") if one.text in waiting.text][1:]


def test_where_nothing_waits_or_fails_it_says_so(own_school: School) -> None:
    goes_on(own_school)
    page = seen(own_school)
    assert "由另一个进程执行" in page.text
    for said in ("没有出错。", "没有被拒绝或暂不发送的成绩。", "没有读不懂的记录，也没有等待确认的消失。"):
        assert said in page.text
    assert counts(page) == [
        f"{what} 0 无" for what in ("待读取的来源", "待重新计分的人", "待发送的成绩", "待发出的通知")
    ]


def test_what_waits_is_told_with_its_course_and_since_when(own_school: School) -> None:
    goes_on(own_school)
    now = own_school.clock.now()
    asked = SyncRequest(course=COURSE, source=SOURCE, asked_at=now - HOUR)
    keep(own_school, lambda transaction: transaction.ask_for_sync(asked))
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=now)
        transaction.keep_records(COURSE, SOURCE, [late_mark("moodle-4")], run=run)
        transaction.end_run(run, at=now + MINUTE, state=RunState.DONE, kept=Kept())
    page = seen(own_school)
    assert counts(page)[0].startswith("待读取的来源 1 2")
    assert counts(page)[1].startswith("待重新计分的人 2 2")
    waiting = [line for line in page.texts("li") if line.startswith(TITLE)]
    assert [line.removeprefix(f"{TITLE} : ")[:8] for line in waiting] == ["等待读取：moo", "待重新计分的人："]
    assert {one.attributes["href"] for one in page.all("a") if one.text == TITLE} == {
        f"/courses/{COURSE}/sync"
    }


def test_what_fails_and_what_is_missing_is_told_of_every_course(own_school: School) -> None:
    now = own_school.clock.now()
    trouble(own_school, reason="moodle: HTTP 503")
    trouble(own_school, concern=SCORING, course=COURSE, since=now - HOUR, reason="a fault")
    trouble(own_school, concern=losses_of("lrs"), course=COURSE, failures=7, reason="Two files are bad.")
    trouble(own_school, concern=platform_itself("lrs"), over_at=now)
    page = seen(own_school)
    failing = [one for one in page.texts("li") if "HTTP 503" in one or "fault" in one or "files" in one]
    assert len(failing) == 3
    assert any(one.startswith("moodle (整个平台): ") for one in failing)
    assert any(one.startswith(f"{TITLE} : 计分: ") for one in failing)
    assert any(one.startswith(f"{TITLE} : lrs：同步完成，但有 7 项缺失") for one in failing)


def test_what_fails_can_be_tried_at_once(own_school: School) -> None:
    now = own_school.clock.now()
    trouble(own_school, try_at=now + HOUR)
    trouble(own_school, concern=platform_itself("lrs"), course=COURSE, try_at=now + HOUR)
    assert "立即重试以上全部" in seen(own_school).text
    answer = sent(own_school.signed_in(ADMINISTRATOR), f"{PAGE}/retry")
    assert (answer.status_code, answer.location) == (303, f"{PAGE}#failing")
    with own_school.store.reading() as transaction:
        assert {one.try_at for one in transaction.troubles() if one.over_at is None} == {now}
        assert [(one.source, one.urgent) for one in transaction.sync_requests()] == [("lrs", True)]


def test_where_nothing_fails_there_is_nothing_to_try(own_school: School) -> None:
    goes_on(own_school)
    assert f"{PAGE}/retry" not in {one.attributes.get("action") for one in seen(own_school).all("form")}


def test_what_was_refused_in_a_course_can_be_sent_again(own_school: School) -> None:
    grades_of_every_kind(own_school)
    page = seen(own_school)
    forms = [one for one in page.all("form") if one.attributes["action"] == f"{PAGE}/grades"]
    assert len(forms) == 1
    (course,) = (one.attributes["value"] for one in page.all("input") if one.attributes["name"] == "course")
    answer = sent(own_school.signed_in(ADMINISTRATOR), f"{PAGE}/grades", course=course)
    assert (answer.status_code, answer.location) == (303, f"{PAGE}#grades")
    with own_school.store.reading() as transaction:
        left = [one for one in transaction.outgoing(COURSE) if one.state is SendState.REFUSED]
    assert {one.held for one in left} == {Hold.WITHDRAWN}


def test_grades_are_told_by_course_and_why_they_are_nowhere(own_school: School) -> None:
    grades_of_every_kind(own_school)
    page = seen(own_school)
    rows = [one.text for one in page.all("tr")]
    refused = f"{TITLE} 平台拒绝 重新发送这些成绩 {TITLE} 2 "
    assert any(row.startswith(refused) for row in rows)
    assert any(row.startswith(f"{TITLE} 暂不发送，异议尚待答复 1 ") for row in rows)
    unread = "考核期已经结束，最后的记录还没有读完；课程的数据同步页写明何时同步"
    assert any(row.startswith(f"{TITLE} 暂不发送，{unread}") for row in rows)
    unseen = "刚收到的作业或帖子还没有检查是否存疑，检查之后自动发送"
    assert any(row.startswith(f"{TITLE} 暂不发送，{unseen} 1 ") for row in rows)
    assert any(row.startswith("another 暂不发送，结果取决于待核查的记录 1 ") for row in rows)


def test_what_was_set_aside_or_vanished_leads_to_where_it_is_decided(own_school: School) -> None:
    make_incomplete(own_school)
    page = seen(own_school)
    ways = {one.attributes["href"] for one in page.all("a")}
    assert {f"/courses/{COURSE}/quarantine", f"/courses/{COURSE}/losses/1"} <= ways


def test_the_latest_runs_stand_with_what_they_failed_of(own_school: School) -> None:
    page = seen(own_school)
    runs = [one.text for one in page.all("tr") if TITLE in one.text]
    assert len(runs) == 3
    assert [word for row in runs for word in ("失败", "完成") if word in row] == ["失败", "完成", "完成"]


@pytest.mark.parametrize(
    ("here", "later", "said"),
    [
        (True, 0, "由提供本页面的进程执行"),
        (False, 0, "由另一个进程执行"),
        (False, STOPPED, "没有进程执行"),
    ],
)
def test_whether_anybody_runs_the_jobs_is_told_first(
    own_school: School, here: bool, later: int, said: str
) -> None:
    goes_on(own_school)
    own_school.clock.go_on(later)
    app = pages(
        store=own_school.store,
        courses=dict,
        clock=own_school.clock,
        public_url="http://127.0.0.1:8000",
        jobs_here=lambda: here,
    )
    assert said in seen(replace(own_school, app=app)).text


def test_every_administrators_page_leads_there(own_school: School) -> None:
    page = own_school.page(own_school.signed_in(ADMINISTRATOR), "/administration/roles")
    assert PAGE in {one.attributes["href"] for one in page.all("a")}
    assert PAGE not in {
        one.attributes["href"]
        for one in own_school.page(own_school.signed_in("moodle-31"), f"/courses/{COURSE}/").all("a")
    }


def test_it_is_told_in_english(own_school: School) -> None:
    goes_on(own_school)
    assert "People to be scored again" in seen(own_school, language="en").text
