"""One person's card, opened down to its evidence."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from urllib.parse import urlsplit

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.figures import rounded
from lms_scoring.domain.instants import HOUR
from lms_scoring.domain.packed_card import packed
from lms_scoring.services.scoring.assess import assess
from tests.given import AFTER, scheme_with
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import (
    COORDINATOR,
    COURSE,
    FIRST,
    LEARNERS,
    RULES,
    TUTORS,
    School,
    late_mark,
    score_by,
)


def card_page(school: School, person: str, *, language: str = "zh") -> HtmlPage:
    """The card with everything opened."""
    path = f"/courses/{COURSE}/people/{person}?open=all&lang={language}"
    return school.page(school.signed_in(COORDINATOR), path)


def sections(page: HtmlPage) -> dict[str, str]:
    """The text of each criterion by its title."""
    parts = page.all("section", "criterion")
    return dict(zip(page.texts("h4"), (part.text for part in parts), strict=True))


def test_the_verdict_is_one_sentence(school: School) -> None:
    assert card_page(school, "moodle-3").texts("p", "verdict-sentence") == [
        "合格：目前 100.00 分，合格线 80 分。"
    ]
    assert card_page(school, "moodle-6").texts("p", "verdict-sentence") == [
        "不合格：79.95 分，距合格线 80 分差 0.05 分。"
    ]
    (sentence,) = card_page(school, TUTORS[FIRST], language="en").texts("p", "verdict-sentence")
    assert sentence.startswith("Waiting for marking: 32.00 points so far; ")
    assert "could make it 72.00" in sentence


def test_every_card_shows_the_points_it_has_and_computes_none(school: School) -> None:
    with school.store.reading() as transaction:
        rows = transaction.board(COURSE, role=Role.LEARNER)
    for row in rows:
        page = card_page(school, row.card.person)
        shown = page.texts("p", "points")
        unread = ["至少 " if result.is_at_least else "" for result in row.card.criteria]
        assert shown == [
            f"{word}{rounded(result.points)} / {result.max} 分"
            for word, result in zip(unread, row.card.criteria, strict=True)
        ]


def test_every_piece_of_evidence_stands_on_the_page_with_its_verdict(school: School) -> None:
    with school.store.reading() as transaction:
        card = transaction.scorecard(COURSE, "moodle-5", role=Role.LEARNER, class_=FIRST)
    assert card is not None
    findings = [finding for result in card.criteria for finding in result.findings]
    page = card_page(school, "moodle-5")
    assert sorted(page.texts("small", "record")) == sorted(finding.id for finding in findings)
    assert len(page.all("span", "verdict")) == len(findings)


def test_evidence_that_did_not_count_says_why(school: School) -> None:
    parts = sections(card_page(school, "moodle-5", language="en"))
    assert "not counted late" in parts["Homework"]
    assert "not counted flooding" in parts["Posts"]
    assert "outside the programme's dates" in parts["Study time"]
    assert "overlaps other watching" in parts["Study time"]


def test_what_could_not_be_read_is_pointed_out_and_not_taken_for_nothing(school: School) -> None:
    page = card_page(school, "moodle-7")
    part = sections(page)["课程学习时间"]
    assert "至少 4.80 / 40 分" in part
    assert "有 1 条记录无法读取" in part
    assert "已确定" not in part
    assert "至少 90.00 / 750 分钟" in part
    (unreadable,) = (row for row in page.all("tr", "is-unknown"))
    assert unreadable.text.endswith("未知"), "a record that could not be read earned no 0.00"
    assert "时间不详" in part
    assert "no access to the tracks" in part


def test_a_total_of_which_something_could_not_be_read_is_at_least_so_much(school: School) -> None:
    zh, en = card_page(school, "moodle-7"), card_page(school, "moodle-7", language="en")
    assert zh.texts("p", "verdict-sentence") == [
        "不合格：按已读取的记录至少 10.80 分，距合格线 80 分最多差 69.20 分。"
    ]
    assert en.texts("p", "verdict-sentence") == [
        "Not passed by what could be read: at least 10.80 points, at most 69.20 short of the pass mark of 80."
    ]
    assert "各项合计 至少 10.80 分" in zh.text
    assert card_page(school, "moodle-3").all("span", "unknown") == []


def test_points_that_reading_could_take_away_are_not_at_least_so_many(own_school: School) -> None:
    with own_school.store.writing() as transaction:
        card = transaction.scorecard(COURSE, "moodle-6", role=Role.LEARNER, class_=FIRST)
        assert card is not None
        criteria = tuple(
            replace(one, unknowns=1, may_fall=True) if one.id == "homework" else one for one in card.criteria
        )
        kept = packed(replace(card, criteria=criteria))
        transaction.keep_scorecard(COURSE, kept, at=own_school.clock.now())
    page = card_page(own_school, "moodle-6")
    part = sections(page)["课程作业"]
    assert "有 1 条记录无法读取；能读取后，或由管理员判定后，本项得分可能增加，也可能减少。" in part
    assert "至少 16.00" not in part
    assert page.texts("p", "verdict-sentence") == ["不合格：79.95 分，距合格线 80 分差 0.05 分。"]


def test_a_rule_stands_in_plain_words_beside_its_figures(school: School) -> None:
    parts = sections(card_page(school, "moodle-4"))
    assert "学习满 750 分钟得 40 分" in parts["课程学习时间"]
    assert "318.00 / 750 分钟" in parts["课程学习时间"]
    assert "9（要求 10）" in parts["研讨发帖"]
    assert "批改后最高可得 20.00 分" in parts["课程作业"]


def test_advice_about_recommending_is_told_as_advice(school: School) -> None:
    zh, en = card_page(school, TUTORS[FIRST]), card_page(school, TUTORS[FIRST], language="en")
    assert "0（建议 1）" in zh.text
    assert "推优比例 0.00%（建议约 5%）" in zh.text
    assert "share recommended 0.00 % (advised: about 5 %)" in en.text


def test_a_long_ledger_is_shown_to_whoever_asks_for_it(school: School) -> None:
    client = school.signed_in("moodle-3")
    path = f"/courses/{COURSE}/people/moodle-3"
    closed = school.page(client, path)
    (link,) = [e for e in closed.all("a") if e.text == "证据（20 条）"]
    assert closed.all("details", "day") == []
    opened = school.page(client, path + link.attributes["href"].partition("#")[0])
    assert len(opened.all("details", "day")) == 15
    assert "展开全部证据" in closed.text
    everything = school.page(client, f"{path}?open=all")
    assert "展开全部证据" not in everything.text
    assert len(everything.all("details", "day")) > 15


def test_a_long_ledger_is_folded_by_days_whose_sums_are_the_whole(school: School) -> None:
    page = card_page(school, "moodle-3")
    study_time = next(part for part in page.all("section", "criterion") if "课程学习时间" in part.text)
    days = [e for e in page.all("details", "day") if "观看" in e.text]
    assert len(days) == 15  # fourteen days of watching, and the day before the window
    assert all("2024年" in day.text for day in days)
    earned = [Fraction(text.removesuffix(" 分")) for text in _points_of_days(page)]
    assert "合计 40.00 分" in study_time.text
    assert sum(earned) == 40


def test_times_are_those_of_the_programmes_zone(school: School) -> None:
    assert "2024年10月25日 10:00:00" in sections(card_page(school, "moodle-6"))["研讨发帖"]


def test_a_long_history_is_shown_to_whoever_asks_for_it(own_school: School) -> None:
    with own_school.store.writing() as transaction:
        (row,) = transaction.history(COURSE, "moodle-3", role=Role.LEARNER, class_=FIRST)
        for number in range(2, 16):
            card = replace(row.card, evidence=f"{number:064d}")
            transaction.keep_scorecard(COURSE, packed(card), at=row.scored_at + number * HOUR)
    client, path = own_school.signed_in("moodle-3"), f"/courses/{COURSE}/people/moodle-3"
    closed = own_school.page(client, path)
    assert (closed.text.count("分数未变"), closed.text.count("首次计分")) == (12, 0)
    (link,) = [e for e in closed.all("a") if e.text == "查看全部 15 次计分"]
    for more in (link.attributes["href"].partition("#")[0], "?open=all"):
        opened = own_school.page(client, path + more)
        assert (opened.text.count("分数未变"), opened.text.count("首次计分")) == (14, 1)
        assert "查看全部" not in opened.text


def test_a_changed_score_says_what_changed(own_school: School) -> None:
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, "moodle", at=AFTER + HOUR)
        transaction.keep_records(COURSE, "moodle", [late_mark("moodle-4")], run=run)
    own_school.clock.go_on(HOUR)
    assess(RULES, own_school.store, clock=own_school.clock)
    (table,) = card_page(own_school, "moodle-4").all("table", "history")
    assert "课程作业：10.00 → 20.00 计分的证据有变化" in table.text
    assert table.text.endswith("首次计分")


def test_a_score_by_other_rules_says_so(own_school: School) -> None:
    other = scheme_with("homework", on_time=Fraction(5))
    score_by(own_school, replace(RULES, scheme=other))
    (table,) = card_page(own_school, "moodle-4", language="en").all("table", "history")
    assert "Homework: 10.00 → 5.00 other rules (scheme applied)" in table.text
    assert "other evidence" not in table.text
    (table,) = card_page(own_school, "moodle-7", language="en").all("table", "history")
    assert "same points other rules (scheme applied)" in table.text


def test_who_withdrew_keeps_the_card_with_a_remark(school: School) -> None:
    page = card_page(school, "moodle-10")
    assert any("不列入成绩榜的默认名单" in remark for remark in page.texts("p", "remark"))


def test_a_learner_reads_the_own_card_and_no_way_to_the_board(school: School) -> None:
    page = school.page(school.signed_in("moodle-3"), f"/courses/{COURSE}/people/moodle-3")
    links = {urlsplit(e.attributes["href"]).path for e in page.all("a")} - {""}
    own, scheme, contest = (
        f"/courses/{COURSE}/{one}" for one in ("people/moodle-3", "scheme", "disputes/new")
    )
    assert links == {"/", own, scheme, contest, f"/courses/{COURSE}/records/moodle-3.pdf"}


def test_everybodys_card_is_a_sound_page_in_both_languages(school: School) -> None:
    for person in [*(learner.id for learner in LEARNERS), *TUTORS.values()]:
        for language in ("zh", "en"):
            assert card_page(school, person, language=language).all("section", "criterion")


def _points_of_days(page: HtmlPage) -> list[str]:
    pairs = zip(page.all("span", "points"), page.all("details", "day"), strict=True)
    return [points.text for points, day in pairs if "观看" in day.text]
