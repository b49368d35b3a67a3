"""Numbers, times and names as the pages say them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from lms_scoring.domain.board import Shown
from lms_scoring.domain.instants import DAY, HOUR, MINUTE, SECOND, parse_instant
from lms_scoring.domain.scorecard import Figure
from lms_scoring.web.voice import Voice
from lms_scoring.web.wording import read_wording
from tests import given

SHANGHAI = ZoneInfo("Asia/Shanghai")
EVENING = parse_instant("2024-10-25T16:05:09+00:00")
"""The 26th, five past midnight, in Shanghai."""


@pytest.fixture
def zh() -> Voice:
    return Voice(read_wording(), "zh")


@pytest.fixture
def en() -> Voice:
    return Voice(read_wording(), "en")


def test_times_are_told_in_the_zone(zh: Voice, en: Voice) -> None:
    assert zh.when(EVENING, SHANGHAI) == "2024年10月26日 00:05"
    assert en.when(EVENING, SHANGHAI) == "26 Oct 2024 00:05"
    assert zh.clock(EVENING, SHANGHAI) == "00:05:09"
    assert (zh.weekday(EVENING, SHANGHAI), en.weekday(EVENING, SHANGHAI)) == ("星期六", "Sat")


@pytest.mark.parametrize(
    ("duration", "chinese", "english"),
    [
        (HOUR - 1, "不到 1 小时", "less than an hour"),
        (HOUR, "1 小时", "1 hour"),
        (2 * DAY - 1, "47 小时", "47 hours"),
        (2 * DAY, "2 天", "2 days"),
        (60 * DAY - 1, "59 天", "59 days"),
        (60 * DAY, "2 个月", "2 months"),
        (2 * 365 * DAY - 1, "24 个月", "24 months"),
        (2 * 365 * DAY, "2 年", "2 years"),
    ],
)
def test_an_age_is_told_in_the_largest_fitting_unit(
    zh: Voice, en: Voice, duration: int, chinese: str, english: str
) -> None:
    assert (zh.age(duration), en.age(duration)) == (chinese, english)


def test_points_beside_a_mark_never_look_as_if_they_reached_it(zh: Voice, en: Voice) -> None:
    almost = Fraction(79_999, 1000)
    assert zh.points(almost, Fraction(80)) == "80.00（略低于）"
    assert en.points(almost, Fraction(80)) == "80.00 (just under)"
    assert en.points(almost) == "80.00"
    assert en.points(Fraction(80), Fraction(80)) == "80.00"


def test_points_of_a_row_say_what_a_board_says_of_them(zh: Voice, en: Voice) -> None:
    assert en.shown(Shown(7_995, 8_000)) == "79.95"
    assert en.shown(Shown(8_000, 8_000, under=True)) == "80.00 (just under)"
    assert en.shown(Shown(305, 2_000, unknowns=2)) == "at least 3.05"
    assert zh.shown(Shown(8_000, 8_000, under=True, unknowns=1)) == "至少 80.00（略低于）"


def test_a_gap_too_small_for_two_decimals_is_still_a_gap(en: Voice) -> None:
    card = given.card([given.membership()])
    tiny = replace(card, total=card.pass_mark - Fraction(1, 1000))
    assert en.gap(tiny) == "less than 0.01"
    assert en.gap(replace(card, total=card.pass_mark - Fraction(1, 200))) == "0.01"
    assert en.gap(replace(card, total=card.pass_mark + 3)) == "0.00"


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 100, "0.00"), (100, 100, "100.00"), (120, 100, "100.00"), (5, 0, "0")],
)
def test_a_bar_is_as_full_as_its_part(zh: Voice, part: int, whole: int, shown: str) -> None:
    assert zh.percent(Fraction(part), Fraction(whole)) == shown


def test_a_bar_is_not_full_before_everything_is_there(zh: Voice) -> None:
    assert zh.percent(Fraction(99_999_999), Fraction(100_000_000)) == "99.99"


def test_figures_stand_beside_what_is_asked_for(zh: Voice, en: Voice) -> None:
    time = Figure(name="study_time", value=Fraction(749 * MINUTE), asked=750 * MINUTE)
    assert zh.figure(time) == "749.00 / 750 分钟"
    assert en.figure(replace(time, asked=None)) == "749.00 min"
    almost = replace(time, value=Fraction(750 * MINUTE - 1))
    assert en.figure(almost) == "750.00 (just under) of 750 min"
    assert zh.figure(Figure(name="topics", value=Fraction(4), asked=10)) == "4（要求 10）"
    assert en.figure(Figure(name="works", value=Fraction(4))) == "4"


def test_advice_does_not_read_like_a_demand(zh: Voice, en: Voice) -> None:
    works = Figure(name="recommended", value=Fraction(1), advised=Fraction(3))
    assert (zh.figure(works), en.figure(works)) == ("1（建议 3）", "1 (advised: 3)")
    share = Figure(name="recommended_share", value=Fraction(5, 3), advised=Fraction(5))
    assert (zh.figure(share), en.figure(share)) == ("1.67%（建议约 5%）", "1.67 % (advised: about 5 %)")
    assert en.figure(replace(share, advised=None)) == "1.67 %"


def test_an_unknown_figure_is_not_nought(zh: Voice) -> None:
    assert zh.figure(Figure(name="topics", value=None, asked=10)) == "未知"
    assert zh.figure(Figure(name="topics", value=Fraction(0), asked=10)) == "0（要求 10）"


def test_what_could_not_be_read_is_told_by_its_number(zh: Voice, en: Voice) -> None:
    result = replace(given.card([given.membership()]).criteria[0], unknowns=1)
    assert (zh.unread(result), en.unread(result)) == ("有 1 条记录无法读取", "1 record could not be read")
    assert en.unread(replace(result, unknowns=2)) == "2 records could not be read"
    assert (zh.at_least("0.00", True), en.at_least("0.00", True)) == ("至少 0.00", "at least 0.00")
    assert en.at_least("0.00", False) == "0.00"


def test_durations_are_hours_minutes_and_whole_seconds(zh: Voice) -> None:
    assert zh.lasted(47 * HOUR + 13 * MINUTE + 20 * SECOND + 999) == "47:13:20"
    assert zh.lasted(Fraction(59_999, 1)) == "0:00:59"
    assert zh.minutes(Fraction(90 * SECOND)) == "1.50 分钟"


def test_people_and_classes_without_a_name_have_words_instead(zh: Voice, en: Voice) -> None:
    assert zh.name("") == "（姓名未知）"
    assert en.name("") == "(name unknown)"
    assert en.name("刘磊") == "刘磊"
    assert (zh.class_(None), zh.class_("一班")) == ("无班级", "一班")
    assert (en.heading("learner"), zh.heading("learner")) == ("Learner", "学员")


def test_shares_are_rounded_as_points_are_and_bars_are_cut(zh: Voice) -> None:
    assert (zh.share(2, 3), zh.percent(2, 3)) == ("66.67", "66.66")
    assert (zh.share(1, 3), zh.share(0, 5), zh.share(5, 5), zh.share(0, 0)) == (
        "33.33",
        "0.00",
        "100.00",
        "0.00",
    )


def test_a_tutor_whose_class_handed_in_nothing_has_nothing_to_mark(zh: Voice, en: Voice) -> None:
    nothing = Figure(name="marked", value=Fraction(0), asked=0)
    assert (zh.figure(nothing), en.figure(nothing)) == ("尚无作业可批改", "nothing to mark yet")
    assert en.figure(replace(nothing, asked=2)) != "nothing to mark yet"


def test_a_finding_is_said_in_the_readers_language_and_an_unknown_one_by_whoever_met_it(
    zh: Voice, en: Voice
) -> None:
    assert zh.finding("activity_shown") == "活动不再隐藏。"
    assert en.finding("activity_shown") == "An activity is no longer hidden."
    assert en.finding("only_elsewhere") is None
