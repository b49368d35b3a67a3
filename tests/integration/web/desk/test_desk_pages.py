"""The tutor's desk: what to do today, the marking queue, recommending with its effect, bulletins, drafts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.identity import KnownPerson, account
from lms_scoring.domain.instants import HOUR, SECOND
from lms_scoring.domain.proceedings.dispute import Contested
from lms_scoring.ports import Activity
from lms_scoring.services.scoring.assess import assess
from tests.given import DAY, DUE, END
from tests.integration.web.contested import kept
from tests.integration.web.forms import pressed, sent
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import (
    ADMINISTRATOR,
    COORDINATOR,
    COURSE,
    FIRST,
    HOSTILE,
    RULES,
    SECOND_CLASS,
    SOURCE,
    TUTORS,
    School,
    home,
    late_mark,
    mark_the_last,
)

TUTOR, COLLEAGUE = TUTORS[FIRST], TUTORS[SECOND_CLASS]
DESK = f"/courses/{COURSE}/desk"
MARKING, RECOMMENDING, BULLETINS = f"{DESK}/marking", f"{DESK}/recommending", f"{DESK}/bulletins"
WORK = "moodle/s-moodle-3-17"
PAGES = (DESK, MARKING, RECOMMENDING, BULLETINS)


def confirmed(client: FlaskClient, **fields: str) -> TestResponse:
    """Shown the effect, the tutor goes on."""
    shown = sent(client, RECOMMENDING, **fields)
    assert shown.status_code == 200
    page = HtmlPage(shown.text)
    assert page.faults == []
    return sent(client, RECOMMENDING, **fields, seen=pressed(page, "seen"))


def recommends(client: FlaskClient, submission: str = WORK) -> None:
    assert confirmed(client, submission=submission, do="recommend").status_code == 303


# -- all pages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [TUTOR, COORDINATOR])
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_says_as_of_when_it_is_and_leads_to_the_others(
    school: School, who: str, path: str, language: str
) -> None:
    page = school.page(school.signed_in(who), f"{path}?lang={language}")
    assert ("2024年12月16日 23:59" if language == "zh" else "16 Dec 2024 23:59") in page.text
    links = {one.attributes["href"] for one in page.all("a")}
    assert set(PAGES) <= links


@pytest.mark.parametrize("path", PAGES)
def test_a_tutor_sees_nothing_of_another_class(school: School, path: str) -> None:
    client = school.signed_in(TUTOR)
    page = school.page(client, path)
    for strange in (SECOND_CLASS, "Aygül Memet", "赵国强"):
        assert strange not in page.text
    assert client.get(f"{path}?class={SECOND_CLASS}").status_code == 403
    assert client.get(f"{path}?class={FIRST}").status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_a_coordinator_chooses_a_class(school: School, path: str) -> None:
    client = school.signed_in(COORDINATOR)
    assert "一班" in school.page(client, path).text
    chosen = school.page(client, f"{path}?class={SECOND_CLASS}")
    current = [one.text for one in chosen.all("a") if one.attributes.get("aria-current") == "true"]
    assert current == [SECOND_CLASS]
    assert "黄涛" not in chosen.text
    links = {one.attributes["href"] for one in chosen.all("a")}
    assert {f"{one}?class=%E4%BA%8C%E7%8F%AD" for one in PAGES} <= links


@pytest.mark.parametrize("path", PAGES)
def test_a_hostile_name_is_only_a_name(school: School, path: str) -> None:
    page = school.page(school.signed_in(COLLEAGUE), path)
    assert (HOSTILE in page.text) == (path == RECOMMENDING)


def test_an_administrator_of_no_name_sees_the_desk_and_recommends_nothing(school: School) -> None:
    client = school.signed_in(ADMINISTRATOR)
    for path in PAGES:
        school.page(client, path)
    assert sent(client, RECOMMENDING, submission=WORK, do="recommend").status_code == 403


# -- what to do -----------------------------------------------------------------------------------------


def test_a_tutor_begins_with_what_is_to_be_done(school: School) -> None:
    client = school.signed_in(TUTOR)
    assert client.get("/").location == DESK
    page = school.page(client, DESK)
    (tasks,) = page.all("ul", "tasks")
    assert "还有 1 份作业没有批改（共 4 份，要求全部批改），最早的已等 44 天。" in tasks.text
    assert "您已推优 0 件。 建议约 1 件。" in tasks.text
    assert "班级简报 满分 20.00 / 20 分" in tasks.text
    assert "待批改：目前 32.00 分；尚未批改的作业批改后最高可到 72.00 分，合格线 60 分。" in page.text
    assert "不可达" in page.text


def test_the_own_card_leads_back_to_what_is_to_be_done(school: School) -> None:
    path = f"/courses/{COURSE}/people/{TUTOR}"
    words = "我的工作：去批改、推优、写简报"
    (link,) = (one for one in school.page(school.signed_in(TUTOR), path).all("a") if one.text == words)
    assert link.attributes["href"] == DESK
    assert words not in school.page(school.signed_in(COORDINATOR), path).text


def test_what_the_end_of_the_window_ended_is_not_called_to_do(school: School) -> None:
    (tasks,) = school.page(school.signed_in(TUTOR), DESK).all("ul", "tasks")
    assert tasks.text.count("待完成") == 2  # marking and recommending still count
    assert "参与研讨 已确定 12.00 / 20 分" in tasks.text


def test_what_is_done_is_said_to_be(own_school: School) -> None:
    mark_the_last(own_school)
    client = own_school.signed_in(TUTOR)
    recommends(client)
    (tasks,) = own_school.page(client, DESK).all("ul", "tasks")
    assert "4 份作业已全部批改" in tasks.text
    assert "您已推优 1 件。" in tasks.text
    assert "待完成" not in tasks.text


def test_a_coordinator_sees_what_each_class_waits_for(school: School) -> None:
    page = school.page(school.signed_in(COORDINATOR), DESK)
    assert page.all("ul", "tasks") == []
    facts = list(zip(page.texts("dt"), page.texts("dd"), strict=True))
    assert [fact for name, fact in facts if name == "已批改 / 应批改"] == ["3 / 4", "3 / 3"]
    assert "王敏" in page.text
    assert "赵国强" in page.text


def test_learners_whose_records_a_person_must_look_at_are_named(own_school: School) -> None:
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=own_school.clock.now() + SECOND)
        unread = ev.Unknown(id="u-5", person=home("moodle-6"), activity="video-2", reason="no access")
        transaction.keep_records(COURSE, SOURCE, [unread], run=run)
    assess(RULES, own_school.store, clock=own_school.clock)
    page = own_school.page(own_school.signed_in(TUTOR), DESK)
    assert "待核查：马欣怡" in page.text


# -- the marking queue ----------------------------------------------------------------------------------


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
    own_school.clock.time = DUE - 40 * DAY
    page = own_school.page(own_school.signed_in(TUTOR), MARKING)
    assert "还没有人交作业，暂时没有要批改的。" in page.text


# -- recommending ---------------------------------------------------------------------------------------


def test_works_stand_with_their_marks_the_best_first(school: School) -> None:
    page = school.page(school.signed_in(TUTOR), RECOMMENDING)
    (table,) = page.all("table", "works")
    rows = [one.text for one in page.all("tr")]
    assert "刘磊 课程作业 2024年11月3日 00:00 评为优秀" in rows[1]
    assert table.text.index("评为良好") < table.text.index("评为合格") < table.text.index("没有评分")


def test_each_work_is_one_journal_or_one_piece_of_homework(school: School) -> None:
    page = school.page(school.signed_in(TUTOR), f"{RECOMMENDING}?lang=en")
    assert {"homework", "journal"} >= set(page.texts("span", "what"))
    assert "刘磊 journal" in page.text


def test_a_work_is_recommended_once_its_effect_on_the_own_score_was_seen(own_school: School) -> None:
    client = own_school.signed_in(TUTOR)
    shown = HtmlPage(sent(client, RECOMMENDING, submission=WORK, do="recommend").text)
    (effect,) = shown.all("table", "effect")
    assert "作业推优 满分 20 0.00 20.00" in effect.text
    assert "总分 满分 100 32.00 52.00" in effect.text
    assert "您已推优 0 件" in own_school.page(client, RECOMMENDING).text
    recommends(client)
    page = own_school.page(client, RECOMMENDING)
    assert "您已推优 1 件。 建议约 1 件。" in page.text
    chosen, others = page.all("table", "works")
    assert "刘磊" in chosen.text
    assert "已推优 王敏 · 2024年12月17日" in chosen.text
    assert "评为优秀" not in others.text


def test_taking_back_needs_a_reason_and_is_shown_first(own_school: School) -> None:
    client = own_school.signed_in(TUTOR)
    recommends(client)
    fields = {"submission": WORK, "do": "take_back"}
    asking = HtmlPage(sent(client, RECOMMENDING, **fields).text)
    assert [one.attributes["id"] for one in asking.all("textarea")] == ["reason"]
    assert asking.all("table", "effect") == []
    assert "请写明理由" not in asking.text
    assert "请写明理由" in sent(client, RECOMMENDING, **fields, reason=" ").text
    assert "最多 2000 字" in sent(client, RECOMMENDING, **fields, reason="字" * 2_001).text
    assert confirmed(client, **fields, reason="内容雷同").status_code == 303
    assert "您已推优 0 件" in own_school.page(client, RECOMMENDING).text


def test_recommending_again_says_why(own_school: School) -> None:
    client = own_school.signed_in(TUTOR)
    recommends(client)
    confirmed(client, submission=WORK, do="take_back", reason="内容雷同")
    own_school.clock.go_on(HOUR)
    again = HtmlPage(sent(client, RECOMMENDING, submission=WORK, do="recommend").text)
    assert len(again.all("textarea")) == 1
    assert confirmed(client, submission=WORK, do="recommend", reason="核对后并不雷同").status_code == 303
    assert "您已推优 1 件" in own_school.page(client, RECOMMENDING).text


def test_what_was_never_shown_is_not_recommended(own_school: School) -> None:
    client = own_school.signed_in(TUTOR)
    answer = sent(client, RECOMMENDING, submission=WORK, do="recommend", seen="made-up")
    assert answer.status_code == 200
    assert "您已推优 0 件" in own_school.page(client, RECOMMENDING).text


def test_recommending_twice_leads_back(own_school: School) -> None:
    client = own_school.signed_in(TUTOR)
    recommends(client)
    assert sent(client, RECOMMENDING, submission=WORK, do="recommend").status_code == 303


@pytest.mark.parametrize(
    ("who", "fields", "status"),
    [
        (TUTOR, {"submission": WORK}, 400),
        (TUTOR, {"submission": WORK, "do": "burn"}, 400),
        (TUTOR, {"submission": "absent", "do": "recommend"}, 403),
        (COLLEAGUE, {"submission": WORK, "do": "recommend"}, 403),
        (COORDINATOR, {"submission": WORK, "do": "recommend"}, 403),
        ("moodle-3", {"submission": WORK, "do": "recommend"}, 403),
    ],
)
def test_whoever_or_whatever_is_not_of_the_class_is_refused(
    school: School, who: str, fields: dict[str, str], status: int
) -> None:
    assert sent(school.signed_in(who), RECOMMENDING, **fields).status_code == status


def test_a_clock_that_was_set_back_keeps_nothing(own_school: School) -> None:
    client = own_school.signed_in(TUTOR)
    recommends(client)
    confirmed(client, submission=WORK, do="take_back", reason="x")
    own_school.clock.go_on(-SECOND)
    answer = sent(client, RECOMMENDING, submission=WORK, do="recommend", reason="y")
    assert answer.status_code == 409
    assert "校准服务器的时钟" in answer.text


def test_a_coordinator_reads_who_recommended_what_and_presses_nothing(own_school: School) -> None:
    recommends(own_school.signed_in(TUTOR))
    client = own_school.signed_in(COORDINATOR)
    page = own_school.page(client, RECOMMENDING)
    (chosen,) = page.all("table", "works")
    assert "已推优 王敏" in chosen.text
    assert "还没有推优。" in page.text, "of the other class"
    chosen, others = own_school.page(client, f"{RECOMMENDING}?class={FIRST}").all("table", "works")
    assert "马欣怡" in others.text
    buttons = [one for one in page.all("button") if one.attributes.get("name") == "do"]
    assert buttons == []


def test_before_anybody_handed_in_there_is_nothing_to_recommend(own_school: School) -> None:
    own_school.clock.time = DUE - 40 * DAY
    page = own_school.page(own_school.signed_in(TUTOR), RECOMMENDING)
    assert "暂时没有可推优的作品" in page.text


# -- bulletins ------------------------------------------------------------------------------------------


def draft(page: HtmlPage) -> str:
    (area,) = page.all("textarea")
    return "".join(area.texts)


def test_bulletins_are_listed_with_what_counts_of_them(school: School) -> None:
    page = school.page(school.signed_in(TUTOR), BULLETINS)
    (topics,) = page.all("ul", "topics")
    assert "2024年10月30日 00:00 · 班级简报 · 计分" in topics.text
    assert "班级简报 1（要求 1）" in page.text


def test_a_draft_has_the_class_in_figures_and_nobody_by_name(school: School) -> None:
    text = draft(school.page(school.signed_in(TUTOR), BULLETINS))
    assert text.startswith("一班研修简报（2024年12月17日）\n")
    assert "本班在册学员 5 人，目前已有 1 人达标（合格线 80 分）；总分的中位数是 66.96 分。" in text
    assert "其余学员中：4 人已无法达标。" in text
    assert (
        "· 课程作业（满分 20 分）：1 人已得满分，2 人得了一部分，2 人还没有得分，其中 1 人等待批改。" in text
    )
    assert "考核时间已于 2024年12月15日 结束。" in text
    assert "建议每天在线学习不少于半小时。" in text
    for name in ("刘磊", "黄涛", "周桂英", "马欣怡", "王敏"):
        assert name not in text


def test_a_draft_calls_nobody_passed_whose_result_is_contested(own_school: School) -> None:
    kept(own_school, Contested(role=Role.LEARNER, class_=FIRST, criterion="posts"))
    text = draft(own_school.page(own_school.signed_in(TUTOR), BULLETINS))
    assert "目前已有 0 人达标" in text
    assert "其余学员中：1 人结果待核查，4 人已无法达标。" in text


def test_a_draft_is_written_in_the_language_of_the_page(school: School) -> None:
    text = draft(school.page(school.signed_in(TUTOR), f"{BULLETINS}?lang=en"))
    assert text.startswith("一班: bulletin of 17 Dec 2024\n")
    assert "Our class has 5 learners; those who have passed so far, with 80 points or more: 1." in text
    assert "- Posts (of 20): all the points 2, some 3, none yet 0." in text
    assert "none yet 2; 1 waits for a mark." in text


def test_a_draft_counts_the_days_that_are_left_and_the_works_recommended(own_school: School) -> None:
    client = own_school.signed_in(TUTOR)
    recommends(client)
    assert "本班已推荐优秀作品 1 件" in draft(own_school.page(client, BULLETINS))
    own_school.clock.time = END - 2 * DAY - 1
    assert "还有 3 天" in draft(own_school.page(client, BULLETINS))
    own_school.clock.time = END - 1
    assert "还有 1 天" in draft(own_school.page(client, BULLETINS))


def test_a_coordinator_sees_the_bulletins_of_every_tutor(school: School) -> None:
    page = school.page(school.signed_in(COORDINATOR), BULLETINS)
    assert {"王敏发布的简报", "赵国强发布的简报"} <= set(page.texts("h3"))
    assert len(page.all("textarea")) == 2


def test_an_activity_without_a_name_is_called_by_its_id(own_school: School) -> None:
    with own_school.store.writing() as transaction:
        transaction.keep_activities(COURSE, SOURCE, [Activity(id="17", name="", kind="assign")])
    (table,) = own_school.page(own_school.signed_in(TUTOR), MARKING).all("table", "queue")
    assert "黄涛 17 2024" in table.text
