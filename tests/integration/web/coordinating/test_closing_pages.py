"""Closing on its page: what is pending, the state on every page, corrections, and reopening."""

from __future__ import annotations

from dataclasses import replace

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_scoring.domain.instants import HOUR
from lms_scoring.ports import Act, Hold, Passback
from lms_scoring.services.gradebook.switch_passback import switch_passback
from tests.fixtures.courses.scripted import NOTHING_TO_WAIT_FOR
from tests.given import END
from tests.integration.web.doubtful import make_contested, make_doubtful
from tests.integration.web.forms import token_of
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COORDINATOR, COURSE, HOSTILE, TUTORS, School

PAGE = f"/courses/{COURSE}/closing"
REASON = f"考核结束 {HOSTILE}"


def closing_of(school: School) -> Act | None:
    with school.store.reading() as transaction:
        return transaction.closing(COURSE)


def posted(client: FlaskClient, **typed: str) -> TestResponse:
    return client.post(PAGE, data={"token": token_of(client), "reason": REASON, **typed})


def close(school: School) -> FlaskClient:
    client = school.signed_in(COORDINATOR)
    page = school.page(client, PAGE)
    (seen,) = (e for e in page.all("input") if e.attributes.get("name") == "seen")
    answer = posted(client, do="close", seen=seen.attributes["value"])
    assert (answer.status_code, answer.location) == (303, PAGE)
    return client


def test_what_is_pending_stands_there_before_anything_is_closed(school: School) -> None:
    page = school.page(school.signed_in(COORDINATOR), PAGE)
    assert "有作业尚未批改的学员：1 人" in page.text
    (table,) = page.all("table")
    assert "黄涛 一班 66.96 76.96 结果不变" in table.text
    assert "无法对应到人员的账号：1 个" in page.text


def test_each_number_says_of_what_and_leads_to_where_that_is_seen(school: School) -> None:
    client = school.signed_in(COORDINATOR)
    page = school.page(client, PAGE)
    said = page.text
    assert "学员目前的结果（人数）" in said
    assert "平台上有、但同步时无法读取的记录：1 条；不按 0 处理，也不计分。" in said
    assert "值得人工看一眼的情况：1 处；没有丢失数据。" in said
    main = {e.text: e.attributes["href"] for e in page.all("a")}
    sync = f"/courses/{COURSE}/sync"
    assert main["查看这些记录"] == f"{sync}#problem-unknown"
    assert main["查看"] == f"{sync}#problem-notice"
    assert main["查看并指定归属"] == f"{sync}/accounts"
    assert main["有作业尚未批改的学员：1 人（见下表）"] == "#waiting"
    assert [e.attributes.get("id") for e in page.all("table")] == ["waiting"]
    parts = {e.attributes.get("id") for e in school.page(client, sync).elements}
    assert {"problem-unknown", "problem-notice"} <= parts


def test_each_result_is_counted_as_told_and_leads_to_its_rows_of_the_scoreboard(own_school: School) -> None:
    make_contested(own_school)
    client = own_school.signed_in(COORDINATOR)
    page = own_school.page(client, PAGE)
    counts = [e for e in page.all("a") if "state=" in e.attributes["href"]]
    assert "暂定不合格 1" in page.text
    for count in counts:
        rows = own_school.page(client, count.attributes["href"]).all("tr")
        assert len(rows) - 2 == int(count.text)


def test_cases_that_wait_are_told_before_anything_is_closed(own_school: School) -> None:
    make_doubtful(own_school)
    page = own_school.page(own_school.signed_in(COORDINATOR), PAGE)
    assert "还没有处理完的核查：2 件" in page.text
    (link,) = (e for e in page.all("a") if e.text == "查看并处理")
    assert link.attributes["href"] == f"/courses/{COURSE}/cases"


def test_disputes_that_wait_are_told_and_one_that_comes_meanwhile_is_shown_first(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    page = own_school.page(client, PAGE)
    assert "异议：" not in page.text
    (seen,) = (e for e in page.all("input") if e.attributes.get("name") == "seen")
    make_contested(own_school)
    stale = posted(client, do="close", seen=seen.attributes["value"])
    assert stale.status_code == 409
    page = HtmlPage(stale.text)
    assert "还没有答复的异议：1 项；结项后只由管理员答复。" in page.text
    (link,) = (e for e in page.all("a") if e.text == "查看并答复")
    assert link.attributes["href"] == f"/courses/{COURSE}/disputes"


def test_what_is_held_back_from_the_gradebook_is_told_before_anything_is_closed(own_school: School) -> None:
    switch_passback(
        COURSE, Passback.VERDICT, own_school.store, clock=own_school.clock, reading=NOTHING_TO_WAIT_FOR
    )
    with own_school.store.writing() as transaction:
        grade, *_ = transaction.outgoing(COURSE)
        transaction.keep_outgoing(replace(grade, held=Hold.TO_CHECK))
        held = sum(one.is_held for one in transaction.outgoing(COURSE))
    page = own_school.page(own_school.signed_in(COORDINATOR), PAGE)
    assert f"暂不写入平台成绩册的成绩：{held} 条" in page.text


def test_a_closed_course_says_so_on_every_page_to_everybody(own_school: School) -> None:
    close(own_school)
    for who in ("moodle-3", TUTORS["一班"], COORDINATOR):
        client = own_school.signed_in(who)
        for path in (f"/courses/{COURSE}/people/moodle-3", f"/courses/{COURSE}/scheme"):
            if who == TUTORS["一班"] or path.endswith("scheme") or who in ("moodle-3", COORDINATOR):
                page = own_school.page(client, path)
                (banner,) = page.texts("p", "closed")
                assert banner.startswith("本培训项目已于 2024年12月17日 00:00 结项，此后只有")
                assert REASON in banner
    board = own_school.page(own_school.signed_in(COORDINATOR), f"/courses/{COURSE}/")
    assert len(board.texts("p", "closed")) == 1


def test_a_learner_who_waited_for_a_mark_has_a_final_result(own_school: School) -> None:
    close(own_school)
    page = own_school.page(own_school.signed_in("moodle-4"), f"/courses/{COURSE}/people/moodle-4")
    assert page.texts("p", "verdict-sentence")[0].startswith("不合格：66.96 分")
    assert "批改后" not in page.text
    assert "还可得分" not in page.text
    (history,) = page.all("table", "history")
    assert REASON in history.text


def test_a_correction_is_seen_in_the_history_of_the_card(own_school: School) -> None:
    client = close(own_school)
    own_school.clock.go_on(1000)
    decisions = f"/courses/{COURSE}/people/moodle-4/decisions"
    wish = {"criterion": "homework", "action": "exempt", "reason": "纸质批改", "token": token_of(client)}
    asked = HtmlPage(client.post(decisions, data=wish).text)
    (seen,) = (e for e in asked.all("button") if e.attributes.get("name") == "seen")
    answer = client.post(decisions, data={**wish, "seen": seen.attributes["value"]})
    assert answer.status_code == 303
    page = own_school.page(own_school.signed_in("moodle-4"), f"/courses/{COURSE}/people/moodle-4")
    (history,) = page.all("table", "history")
    assert "结项后的更正" in history.text
    assert "纸质批改" in page.text


def test_files_that_leave_the_page_say_since_when_it_is_closed(own_school: School) -> None:
    client = close(own_school)
    lines = client.get(f"/courses/{COURSE}/board.csv").get_data(as_text=True).splitlines()
    assert "closed_at" in lines[0]
    assert all("2024-12-16T16:00:00" in line for line in lines[1:])
    assert client.get(f"/courses/{COURSE}/board.xlsx").status_code == 200


def test_tutors_are_offered_no_decisions_in_a_closed_course(own_school: School) -> None:
    close(own_school)
    client = own_school.signed_in(TUTORS["一班"])
    assert client.get(f"/courses/{COURSE}/people/moodle-3").status_code == 200
    assert client.get(f"/courses/{COURSE}/people/moodle-3/decisions").status_code == 403


def test_reopening_is_signed_and_takes_the_banner_away(own_school: School) -> None:
    client = close(own_school)
    own_school.clock.go_on(1000)
    assert posted(client, do="reopen", reason=" ").status_code == 400
    assert closing_of(own_school) is not None
    assert posted(client, do="reopen").status_code == 303
    assert closing_of(own_school) is None
    page = own_school.page(client, PAGE)
    assert page.texts("p", "closed") == []
    (acts,) = page.all("table")[-1:]
    assert "重新开放 moodle-40" in acts.text or "重新开放 陈主任" in acts.text
    again = posted(client, do="reopen")
    assert again.status_code == 409
    assert "没有结项，不需要重新开放" in again.text


def test_nothing_is_closed_that_was_not_shown_or_has_no_reason(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    stale = posted(client, do="close", seen="something else")
    assert stale.status_code == 409
    assert "情况有变化" in stale.text
    answer = posted(client, do="close", seen="", reason="")
    assert answer.status_code == 400
    assert "请写明理由" in answer.text
    assert "理由最多 2000 字" in posted(client, do="close", seen="", reason="长" * 2_001).text
    assert closing_of(own_school) is None


def test_a_course_whose_window_is_open_offers_no_button(own_school: School) -> None:
    own_school.go_back(END - HOUR)
    client = own_school.signed_in(COORDINATOR)
    page = own_school.page(client, PAGE)
    assert "结束之后才能结项" in page.text
    assert [e for e in page.all("button") if e.attributes.get("value") == "close"] == []
    refused = posted(client, do="close", seen="")
    assert refused.status_code == 409
    assert "考核时间还没有结束，现在不能结项" in refused.text
