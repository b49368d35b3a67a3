"""Bulletins of a class, and drafts of the next one."""

from __future__ import annotations

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.proceedings.dispute import Contested
from tests.given import DAY, END
from tests.integration.web.contested import kept
from tests.integration.web.desk.presses import BULLETINS, TUTOR, recommends
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COORDINATOR, FIRST, School


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
    assert "本班在册学员 5 人，目前已有 1 人达标（合格线 80 分）；总分的中位数是 至少 66.96 分。" in text
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
