"""Pages of courses that are not like the others: other schemes, other times, nothing there yet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.instants import HOUR
from lms_scoring.domain.scheme import Scheme
from lms_scoring.ports import Grant, KeptCourse, KeptScheme
from lms_scoring.services.scoring.assess import assess
from lms_scoring.store import SqlStore
from tests.fixtures.databases import empty_database
from tests.fixtures.pages import pages
from tests.given import DAY, START, shipped
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.incomplete import make_incomplete
from tests.integration.web.school import (
    ADMINISTRATOR,
    COORDINATOR,
    COURSE,
    PUBLIC,
    RULES,
    SECOND_CLASS,
    School,
    StoppedClock,
    home,
    score_by,
)

BOARD = f"/courses/{COURSE}/"


def under(school: School, scheme: Scheme, *, at: int | None = None) -> School:
    """The same school, scored by another scheme or at another time."""
    rules = replace(RULES, scheme=scheme)
    if at is not None:
        school.go_back(at)
    score_by(school, rules)
    app = pages(store=school.store, courses=lambda: {COURSE: rules}, clock=school.clock, public_url=PUBLIC)
    return replace(school, app=app)


def test_a_scheme_with_bands_shows_them_on_board_and_card(own_school: School) -> None:
    school = under(own_school, shipped("prefecture-three-bands").scheme)
    client = school.signed_in(COORDINATOR)
    results = school.page(client, BOARD).texts("td", "result")
    assert "合格 优秀" in results
    best = school.page(client, f"{BOARD}people/moodle-3")
    assert "等级：优秀" in best.text
    assert "不合格" in results  # and not twice, though the scheme has a band of that name
    assert "等级：不合格" in school.page(client, f"{BOARD}people/moodle-7").text


def test_a_role_that_the_scheme_does_not_score_has_no_board(own_school: School) -> None:
    school = under(own_school, shipped("prefecture-three-bands").scheme)
    client = school.signed_in(COORDINATOR)
    assert client.get(f"{BOARD}?role=tutor").status_code == 404
    assert school.page(client, BOARD).all("nav", "tabs") == []


def test_while_the_window_is_open_nobody_has_failed(own_school: School) -> None:
    school = under(own_school, RULES.scheme, at=START + 3 * DAY)
    page = school.page(school.signed_in("moodle-6"), f"{BOARD}people/moodle-6")
    (sentence,) = page.texts("p", "verdict-sentence")
    assert sentence.startswith("进行中：目前 ")
    assert "距合格线 80 分还差" in sentence


def test_cards_of_an_older_scheme_say_so_until_they_are_scored_again(own_school: School) -> None:
    rules = replace(RULES, scheme=shipped("prefecture-three-bands").scheme)
    app = pages(
        store=own_school.store, courses=lambda: {COURSE: rules}, clock=own_school.clock, public_url=PUBLIC
    )
    school = replace(own_school, app=app)
    page = school.page(school.signed_in("moodle-3"), f"{BOARD}people/moodle-3")
    assert any("按较早的方案计分" in remark for remark in page.texts("p", "remark"))
    assert "现行方案中没有这一项" in page.text


def test_other_evidence_that_changes_no_points_is_a_version_too(own_school: School) -> None:
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, "moodle", at=own_school.clock.now())
        late = ev.Post(
            id="late",
            person=home("moodle-3"),
            forum="25",
            parent=None,
            created_at=START - HOUR,
            state=ev.PostState.LIVE,
            bulletin=False,
        )
        transaction.keep_records(COURSE, "moodle", [late], run=run)
    assess(RULES, own_school.store, clock=own_school.clock)
    page = own_school.page(own_school.signed_in("moodle-3"), f"{BOARD}people/moodle-3")
    (table,) = page.all("table", "history")
    assert "分数未变 计分的证据有变化" in table.text


def test_who_is_learner_and_tutor_has_both_cards_on_one_page(own_school: School) -> None:
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, "moodle", at=own_school.clock.now())
        tutor = ev.Membership(
            id="m-both",
            person=home("moodle-3"),
            role=ev.Role.TUTOR,
            class_=SECOND_CLASS,
            status=ev.MembershipStatus.ACTIVE,
        )
        transaction.keep_records(COURSE, "moodle", [tutor], run=run)
    assess(RULES, own_school.store, clock=own_school.clock, everyone=True)
    client = own_school.signed_in("moodle-3")
    page = own_school.page(client, f"{BOARD}people/moodle-3")
    assert page.texts("h2") == ["学员 · 一班", "辅导教师 · 二班"]
    assert own_school.page(client, "/").texts("li") == [
        "我的工作",
        "成绩榜",
        "我的成绩",
        "核查与异议",
        "考核方案",
    ]


def test_a_coordinator_who_also_learns_chooses_where_to_go(own_school: School) -> None:
    with own_school.store.writing() as transaction:
        transaction.keep_grant(Grant(person="moodle-3", role="coordinator", course=COURSE))
    page = own_school.page(own_school.signed_in("moodle-3"), "/")
    theirs = "总览 成绩榜 班级工作 我的成绩 核查与异议 数据同步 考核方案 结项"
    assert page.texts("li") == theirs.split()
    links = [e.attributes["href"] for e in page.all("a")][-7:]
    rest = ("desk", "people/moodle-3", "cases", "sync", "scheme", "closing")
    assert links == [BOARD, *(f"{BOARD}{one}" for one in rest)]


def test_the_place_one_is_at_is_marked_among_the_tabs(school: School) -> None:
    page = school.page(school.signed_in(COORDINATOR), f"{BOARD}sync")
    here = [e.text for e in page.all("a") if e.attributes.get("aria-current") == "page"]
    assert here == ["数据同步"]


def test_a_page_behind_a_place_is_at_that_place_too(school: School) -> None:
    page = school.page(school.signed_in(COORDINATOR), f"{BOARD}desk/marking")
    here = [e.text for e in page.all("a") if e.attributes.get("aria-current") == "page"]
    assert here == ["班级工作", "批改"]


def test_pages_that_have_no_tab_are_at_that_of_the_page_that_leads_to_them(own_school: School) -> None:
    make_incomplete(own_school)
    client = own_school.signed_in(COORDINATOR)
    tabs = {
        "sync/accounts": "数据同步",
        "quarantine": "数据同步",
        "quarantine/1": "数据同步",
        "losses/1": "数据同步",
        "rescore": "考核方案",
        "disputes": "核查与异议",
    }
    for path, tab in tabs.items():
        page = own_school.page(client, f"{BOARD}{path}")
        here = [e.text for e in page.all("a") if e.attributes.get("aria-current") == "page"]
        assert here[0] == tab, path


def test_a_course_that_was_never_synced_says_what_to_do(tmp_path: Path) -> None:
    url = empty_database(tmp_path / "empty.sqlite")
    store = SqlStore(url)
    with store.writing() as transaction:
        scheme = RULES.scheme.fingerprint
        transaction.keep_scheme(KeptScheme(fingerprint=scheme, name="longcheng-2024", text=""))
        transaction.keep_course(KeptCourse(id=COURSE, title="新课程", scheme=scheme, settings=""))
    clock = StoppedClock()
    app = pages(store=store, courses=lambda: {COURSE: RULES}, clock=clock, public_url=PUBLIC)
    school = School(store=store, app=app, clock=clock)
    client = school.signed_in(ADMINISTRATOR)
    board = school.page(client, BOARD)
    assert "还没有成绩" in board.text
    assert "尚未同步数据" in board.text
    report = school.page(client, f"{BOARD}sync").text
    for sentence in ("没有尚未解决的问题", "所有账号都已对应到人员", "还没有任何证据", "还没有同步过"):
        assert sentence in report
    school.close()


def test_a_course_that_is_set_up_and_not_in_the_store_is_listed_for_nobody(tmp_path: Path) -> None:
    url = empty_database(tmp_path / "empty.sqlite")
    clock, store = StoppedClock(), SqlStore(url)
    app = pages(store=store, courses=lambda: {COURSE: RULES}, clock=clock, public_url=PUBLIC)
    school = School(store=store, app=app, clock=clock)
    client = school.signed_in(ADMINISTRATOR)
    assert "没有您可以查看的课程" in HtmlPage(client.get("/").text).text
    assert client.get(BOARD).status_code == 403
    school.close()
