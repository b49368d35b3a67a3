"""The marking queue: what waits for its mark, since when, and where it is marked."""

from __future__ import annotations

from dataclasses import replace

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.identity import KnownPerson, account
from lms_scoring.domain.instants import SECOND
from lms_scoring.ports import Activity
from tests.given import DAY, DUE
from tests.integration.web.desk.presses import MARKING, TUTOR
from tests.integration.web.school import COURSE, SOURCE, School, home, late_mark, mark_the_last


def test_the_queue_has_what_waits_the_share_and_what_is_asked(school: School) -> None:
    page = school.page(school.signed_in(TUTOR), MARKING)
    assert "已批改 3 / 4（75%），要求全部批改（100%）。" in page.text
    (table,) = page.all("table", "queue")
    assert "黄涛 课程作业 2024年11月3日 00:00 44 天" in table.text
    assert len(page.texts("tr")) == 2


def test_when_all_is_marked_there_is_no_queue(own_school: School) -> None:
    mark_the_last(own_school)
    page = own_school.page(own_school.signed_in(TUTOR), MARKING)
    assert "4 份作业已全部批改" in page.text
    assert page.all("table", "queue") == []


def test_what_waits_leads_to_the_platforms_own_page_where_that_is_known(own_school: School) -> None:
    site = "https://moodle.example"
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=own_school.clock.now() + SECOND)
        transaction.keep_people([KnownPerson(id="moodle-4", name="黄涛", accounts=(account(site, "4"),))])
        late = replace(
            late_mark("moodle-4"),
            id="late",
            person=account(site, "4"),
            attempt=1,
            submitted_at=DUE + DAY,
            grade=None,
            graded_at=None,
        )
        transaction.keep_records(COURSE, SOURCE, [late], run=run)
    page = own_school.page(own_school.signed_in(TUTOR), MARKING)
    (link,) = page.all("a", "go")
    assert link.attributes["href"] == f"{site}/mod/assign/view.php?id=17&action=grader&userid=4"
    assert link.attributes["target"] == "_blank"
    assert link.attributes["rel"] == "noopener noreferrer"
    assert "黄涛（在新窗口打开）" in link.text
    (table,) = page.all("table", "queue")
    assert "逾期提交" in table.text


def test_where_the_page_is_not_known_none_is_guessed(school: School) -> None:
    page = school.page(school.signed_in(TUTOR), MARKING)
    assert "请在学习平台上打开这项作业" in page.text
    assert page.all("a", "go") == []


def test_what_could_not_be_read_may_be_homework_to_mark(own_school: School) -> None:
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=own_school.clock.now() + SECOND)
        unread = ev.Unknown(id="u-17", person=home("moodle-7"), activity="17", reason="no access")
        transaction.keep_records(COURSE, SOURCE, [unread], run=run)
    page = own_school.page(own_school.signed_in(TUTOR), f"{MARKING}?lang=en")
    assert "1 more record could not be read and may be homework to mark" in page.text


def test_before_anybody_handed_in_there_is_nothing_to_mark(own_school: School) -> None:
    own_school.go_back(DUE - 40 * DAY)
    page = own_school.page(own_school.signed_in(TUTOR), MARKING)
    assert "还没有人交作业，暂时没有要批改的。" in page.text


def test_an_activity_without_a_name_is_called_by_its_id(own_school: School) -> None:
    with own_school.store.writing() as transaction:
        transaction.keep_activities(COURSE, SOURCE, [Activity(id="17", name="", kind="assign")])
    (table,) = own_school.page(own_school.signed_in(TUTOR), MARKING).all("table", "queue")
    assert "黄涛 17 2024" in table.text
