"""What a card's page says of what is still needed, of dates, and of the minutes of each day."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.instants import DAY
from lms_scoring.domain.scheme import Scheme
from lms_scoring.ports import Activity
from tests.given import START, scheme_with
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import (
    COORDINATOR,
    COURSE,
    FIRST,
    RULES,
    SOURCE,
    TUTORS,
    School,
    score_by,
)


def card_page(school: School, person: str, *, more: str = "", by: str = COORDINATOR) -> HtmlPage:
    return school.page(school.signed_in(by), f"/courses/{COURSE}/people/{person}?lang=zh{more}")


def box(page: HtmlPage, look: str) -> str:
    """The text of the first section of that look."""
    return page.all("section", look)[0].text


def test_who_passed_needs_nothing_more(school: School) -> None:
    page = card_page(school, "moodle-3")
    assert "已经达到合格线，不必再做什么。" in box(page, "needs")
    assert page.texts("p", "chip-line") == [], "that it passed is said already"


def test_who_cannot_pass_any_more_reads_why_for_each_criterion(school: School) -> None:
    text = box(card_page(school, "moodle-6"), "needs")
    assert "已经无法达到合格线 80 分：最多还能到 79.95 分，差 0.05 分。原因：" in text
    assert "课程学习时间最多还能得 39.95 / 40 分：考核时间已过。" in text
    assert "研讨发帖最多还能得 4.00 / 20 分：考核时间已过。" in text
    assert "研修日志最多" not in text, "what has all its points is no reason"


def test_a_tutor_reads_that_marking_would_do(school: School) -> None:
    text = box(card_page(school, TUTORS[FIRST]), "needs")
    assert "再批改 1 份作业" in text
    assert "考核结束后做也算" in text


def test_in_the_window_ways_say_how_much_and_until_when(own_school: School) -> None:
    other = scheme_with("homework", on_time=Fraction(9))
    own_school.go_back(START + 5 * DAY)
    score_by(own_school, replace(RULES, scheme=other))
    page = card_page(own_school, "moodle-5")
    text = box(page, "needs")
    assert "任选一种就够" in text
    assert "最晚 2024年12月15日 23:59" in text
    assert "考核结束，此后的学习、提交和发帖不再计分" in box(page, "todo")


def test_dates_that_are_not_the_persons_own_say_whose_they_are(own_school: School) -> None:
    with own_school.store.writing() as transaction:
        transaction.keep_activities(
            COURSE, SOURCE, [Activity(id="17", name="课程作业", kind="assign", due_at=START + 12 * DAY)]
        )
    own_school.go_back(START + 5 * DAY)
    score_by(own_school, RULES)
    page = card_page(own_school, "moodle-7")
    whose = "（按作业的统一时间；个人的可能更晚）"
    assert f"最晚 2024年11月6日 00:00{whose}" in box(page, "needs")
    assert f"课程作业{whose}" in box(page, "todo")
    own_school.go_back(START + 14 * DAY)
    score_by(own_school, replace(RULES, scheme=passing_from(90)))
    english = own_school.page(own_school.signed_in(COORDINATOR), f"/courses/{COURSE}/people/moodle-7?lang=en")
    whose = "(by the assignment's dates; a person's own may be later)"
    assert f"because the deadline for handing in has passed {whose}." in box(english, "needs")


def passing_from(mark: int) -> Scheme:
    learner = RULES.scheme.roles[Role.LEARNER]
    harder = replace(learner, pass_mark=Fraction(mark))
    return replace(RULES.scheme, roles={**RULES.scheme.roles, Role.LEARNER: harder})


def test_who_reads_of_somebody_else_is_not_spoken_to_as_i(school: School) -> None:
    assert "我还差什么" in card_page(school, "moodle-3", by="moodle-3").texts("h3")
    assert "还差什么" in card_page(school, "moodle-3").texts("h3")


def test_the_chart_says_the_same_in_words_and_as_a_table_on_demand(school: School) -> None:
    page = card_page(school, "moodle-3")
    text = box(page, "daily")
    assert "52 天中有 14 天学习" in text
    assert page.all("table", "by-day") == []
    (table,) = card_page(school, "moodle-3", more="&open=learner-1-study_time-minutes").all("table", "by-day")
    assert "合计" in table.text
    assert "达到" in table.text
    (printed,) = card_page(school, "moodle-3", more="&open=all").all("table", "by-day")
    assert printed.text == table.text


def test_a_tutors_card_has_no_minutes_to_draw(school: School) -> None:
    assert card_page(school, TUTORS[FIRST]).all("section", "daily") == []


def test_the_big_bar_says_what_it_draws(school: School) -> None:
    bars = card_page(school, "moodle-3").all("svg", "big")
    assert [bar.attributes["aria-label"] for bar in bars] == ["100.00 分，满分 100 分，合格线 80 分"]


def test_no_next_sync_is_invented(school: School) -> None:
    assert "目前没有自动同步，由管理员手动开始" in card_page(school, "moodle-3").text


def totals(page: HtmlPage) -> dict[str, str]:
    (box_,) = page.all("dl", "totals")
    names = [one.text for one in page.all("dt") if one.text in box_.text]
    return {name: box_.text.partition(name)[2].split()[0] for name in names}


def test_when_all_is_over_and_marked_there_is_one_total_alone(school: School) -> None:
    assert totals(card_page(school, "moodle-6")) == {"目前得分": "79.95"}


def test_while_marks_are_awaited_the_totals_say_what_they_can_make(school: School) -> None:
    found = totals(card_page(school, "moodle-4"))
    assert list(found) == ["目前得分", "若不再批改", "若未批改的都得最好成绩"]


def test_a_tutor_can_still_do_something_when_the_window_is_over(school: School) -> None:
    page = card_page(school, TUTORS[FIRST])
    assert totals(page) == {
        "目前得分": "32.00",
        "若不再批改和推优": "32.00",
        "若作业全部批改": "72.00",
        "做到最好，最多": "92.00",
    }
    overview = box(page, "overview")
    assert "作业推优 还可得分" in overview
    assert "参与研讨 已确定" in overview
    assert "批改和推优现在做仍然计分" in box(page, "todo")
