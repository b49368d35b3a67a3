"""Figures, instants, days, intervals and plans: the arithmetic under every card."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from lms_scoring.domain import figures
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.instants import (
    HOUR,
    MINUTE,
    day_of,
    days_between,
    instant_of,
    iso,
    moment_of,
    parse_instant,
    start_of,
)
from lms_scoring.domain.intervals import Span, clip, length, union
from lms_scoring.domain.plan import Plan, compiled
from lms_scoring.domain.rules.rule import common_denominator, parts_under
from lms_scoring.domain.rules.terms import AtLeast, CappedShare, Complete, Counted, Granted
from tests.given import main_scheme, shipped

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")

# -- numbers as people read them -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "rounded", "cut"),
    [
        (Fraction(0), "0.00", "0.00"),
        (Fraction(5996, 75), "79.95", "79.94"),
        (Fraction(1, 200), "0.01", "0.00"),
        (Fraction(1, 201), "0.00", "0.00"),
        (Fraction(79_995, 1000), "80.00", "79.99"),
        (Fraction(100), "100.00", "100.00"),
        (Fraction(7, 100), "0.07", "0.07"),
    ],
)
def test_numbers_are_rounded_half_up_to_two_decimals_and_cut_for_gradebooks(
    number: Fraction, rounded: str, cut: str
) -> None:
    assert figures.rounded(number) == rounded
    assert figures.cut(number) == cut


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [
        (0, 52, "0.00"),
        (4, 5, "80.00"),
        (1, 3, "33.33"),
        (Fraction(2, 3), Fraction(1), "66.66"),
        (Fraction(99_999_999, 7), Fraction(100_000_000, 7), "99.99"),
        (30, Fraction(165, 2), "36.36"),
        (9, 9, "100.00"),
        (10, 9, "100.00"),
        (-1, 9, "0.00"),
        (1, 0, "0"),
    ],
)
def test_a_share_is_full_only_where_the_part_is_the_whole(
    part: Fraction | int, whole: Fraction | int, percent: str
) -> None:
    assert figures.cut_percent(part, whole) == percent


@pytest.mark.parametrize(
    ("points", "language", "text"),
    [
        (Fraction(80), "en", "80.00"),
        (Fraction(79_995, 1000), "en", "80.00 (just under)"),
        (Fraction(79_995, 1000), "zh", "80.00（略低于）"),
        (Fraction(79_994, 1000), "en", "79.99"),
        (Fraction(81), "zh", "81.00"),
    ],
)
def test_just_under_is_said_only_where_rounding_would_show_the_pass_mark(
    points: Fraction, language: str, text: str
) -> None:
    assert figures.points_text(points, pass_mark=Fraction(80), language=language) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(40), "40"),
        (Fraction(1, 2), "0.5"),
        (Fraction(1, 3), "1/3"),
        (Fraction(1_234_567, 2), "617283.5"),
        (Fraction(2996, 75), "2996/75"),
        (Fraction(8001, 8), "1000.125"),
        (Fraction("12.345678"), "12.345678"),
        (Fraction(1, 1_000_000), "0.000001"),
    ],
)
def test_plain_numbers_are_as_short_as_they_are_exact(number: Fraction, text: str) -> None:
    assert figures.plain(number) == text


# -- instants and days -----------------------------------------------------------------------------


def test_an_instant_is_milliseconds_since_1970() -> None:
    assert parse_instant("1970-01-01T08:00:01.002+08:00") == 1_002
    assert instant_of(datetime(1970, 1, 1, 0, 0, 0, 1_999, tzinfo=UTC)) == 1


def test_a_time_without_offset_is_no_instant() -> None:
    with pytest.raises(ValueError, match="time without offset"):
        parse_instant("2024-10-25T00:00:00")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2024-12-15T24:00:00+08:00", "2024-12-16T00:00:00+08:00"),
        ("2024-12-15 24:00+08:00", "2024-12-16T00:00:00+08:00"),
        ("20241215T240000.000+0800", "2024-12-16T00:00:00+08:00"),
        ("2024-12-31t24z", "2025-01-01T00:00:00Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("2017-01-01T07:59:60.25+08:00", "2017-01-01T00:00:00.250Z"),
        ("20161231T235960Z", "2017-01-01T00:00:00Z"),
        ("2024-10-25t10:00:00z", "2024-10-25T10:00:00Z"),
        ("2024-10-25 10:00:00,5Z", "2024-10-25T10:00:00.500Z"),
    ],
)
def test_the_end_of_a_day_and_a_leap_second_are_the_instants_that_follow(text: str, same: str) -> None:
    assert parse_instant(text) == parse_instant(same)


@pytest.mark.parametrize(
    "text",
    [
        *("2024-12-15T24:00:01Z", "2024-12-15T24:30Z", "2024-12-15T25:00:00Z", "2024-02-30T24:00:00Z"),
        *("2024-12-15T10:00:60Z", "2024-12-15T23:59:60+08:00", "2024-12-15T23:59:61Z"),
        *("2024-12-15+08:00Z", "2024-12-15x10:00:00Z", "2024-12-15T10:00:00+24:00", "tomorrow", ""),
    ],
)
def test_what_names_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # most of them in Python's own words
        parse_instant(text)


@pytest.mark.parametrize("text", ["2024-10-25", "2024-10-25T24:00:00", "2024-12-31T23:59:60"])
def test_an_odd_time_without_offset_is_no_instant_either(text: str) -> None:
    with pytest.raises(ValueError, match="time without offset"):
        parse_instant(text)


def test_an_instant_is_written_with_offset_and_milliseconds_only_where_there_are_any() -> None:
    assert iso(0) == "1970-01-01T00:00:00+00:00"
    assert iso(1) == "1970-01-01T00:00:00.001+00:00"
    assert iso(0, SHANGHAI) == "1970-01-01T08:00:00+08:00"


def test_a_day_is_that_of_the_zone() -> None:
    instant = parse_instant("2024-10-24T16:00:00Z")
    assert day_of(instant, SHANGHAI) == date(2024, 10, 25)
    assert day_of(instant - 1, SHANGHAI) == date(2024, 10, 24)
    assert moment_of(instant, SHANGHAI).utcoffset() == timedelta(hours=8)
    assert start_of(date(2024, 10, 25), SHANGHAI) == instant


@pytest.mark.parametrize(("day", "hours"), [("2024-03-31", 23), ("2024-10-27", 25), ("2024-10-28", 24)])
def test_days_on_which_clocks_change_have_their_own_length(day: str, hours: int) -> None:
    first = date.fromisoformat(day)
    start, end = start_of(first, BERLIN), start_of(first + timedelta(days=1), BERLIN)
    assert end - start == hours * HOUR
    assert list(days_between(start, end, BERLIN)) == [(first, start, end)]


def test_a_span_over_midnight_is_parted_at_midnight() -> None:
    start = parse_instant("2024-10-25T23:30:00+08:00")
    midnight = start + 30 * MINUTE
    assert list(days_between(start, start + HOUR, SHANGHAI)) == [
        (date(2024, 10, 25), start, midnight),
        (date(2024, 10, 26), midnight, start + HOUR),
    ]


def test_a_span_up_to_midnight_does_not_touch_the_next_day() -> None:
    start = parse_instant("2024-10-25T23:00:00+08:00")
    assert [day for day, _, _ in days_between(start, start + HOUR, SHANGHAI)] == [date(2024, 10, 25)]
    assert list(days_between(start, start, SHANGHAI)) == []


def test_an_offset_of_seconds_is_exact() -> None:
    odd = timezone(timedelta(hours=8, minutes=5, seconds=43))
    assert instant_of(datetime(1970, 1, 1, 8, 5, 43, tzinfo=odd)) == 0


# -- intervals -------------------------------------------------------------------------------------


def test_a_union_is_disjoint_in_order_and_without_empty_intervals() -> None:
    assert union([(5, 7), (1, 2), (2, 3), (6, 9), (4, 4), (8, 1)]) == [(1, 3), (5, 9)]
    assert union([(1, 9), (2, 3)]) == [(1, 9)]
    assert length(union([(1, 9), (2, 3), (20, 21)])) == 9
    assert length([]) == 0


@pytest.mark.parametrize(
    ("interval", "inside"),
    [((0, 5), (2, 5)), ((3, 20), (3, 10)), ((3, 4), (3, 4)), ((0, 20), (2, 10))],
)
def test_clipping_keeps_what_lies_inside(interval: tuple[int, int], inside: tuple[int, int]) -> None:
    assert clip(*interval, low=2, high=10) == inside


@pytest.mark.parametrize("interval", [(0, 2), (10, 12), (0, 1), (11, 12), (3, 3)])
def test_clipping_leaves_an_empty_interval_where_nothing_lies_inside(interval: tuple[int, int]) -> None:
    start, end = clip(*interval, low=2, high=10)
    assert start == end


def test_a_span_holds_its_start_and_not_its_end() -> None:
    span = Span(start=2, end=4)
    assert [span.holds(instant) for instant in (1, 2, 3, 4)] == [False, True, True, False]


def test_parts_fill_a_cap_in_their_order() -> None:
    assert parts_under([Fraction(3), Fraction(4), Fraction(5)], Fraction(5)) == [3, 2, 0]


# -- terms and plans -------------------------------------------------------------------------------


def test_a_common_denominator_is_the_least() -> None:
    assert common_denominator(Fraction(1, 4), Fraction(1, 6), Fraction(3)) == 12


def test_terms_are_columns_of_whole_numerators() -> None:
    share = CappedShare(full=3, most=Fraction(5, 2))
    assert (share.column([[0, 1, 3, 9]]), share.denominator) == ([0, 5, 15, 15], 6)
    counted = Counted(values=(Fraction(1, 2), Fraction(1)), caps=(Fraction(1), None), most=Fraction(3))
    assert (counted.column([[1, 4, 4], [1, 1, 5]]), counted.denominator) == ([3, 4, 6], 2)
    single = Counted(values=(Fraction(1),), caps=(None,), most=Fraction(2))
    assert single.column([[0, 1, 2, 3]]) == [0, 1, 2, 2]
    granted = Granted(unit=2, most=Fraction(7, 3))
    assert (granted.column([[0, 1, 9]]), granted.denominator) == ([0, 3, 14], 6)
    at_least = AtLeast(needed=2, most=Fraction(7, 3))
    assert (at_least.column([[1, 2, 3]]), at_least.denominator) == ([0, 7, 7], 3)
    complete = Complete(most=Fraction(4))
    assert (complete.column([[0, 1, 2, 2], [0, 1, 1, 2]]), complete.denominator) == ([0, 4, 0, 4], 1)


def test_a_plan_adds_criteria_over_one_denominator_and_compares_integers() -> None:
    plan = compiled(main_scheme().roles[Role.LEARNER])
    minutes = [749 * MINUTE, 750 * MINUTE]
    measures = [[minutes], [[16, 16]], [[1, 1]], [[4, 4], [0, 0]]]
    totals = plan.totals(measures)
    assert [Fraction(total, plan.denominator) for total in totals] == [Fraction(5996, 75), 80]
    assert list(plan.passes(totals)) == [False, True]
    assert plan.threshold == 80 * plan.denominator


def test_a_plan_of_a_scaled_scheme_scales() -> None:
    rules = shipped("prefecture-three-bands").scheme.roles[Role.LEARNER]
    plan = compiled(rules)
    assert [Fraction(t, plan.denominator) for t in plan.totals([[[0]], [[24]], [[3], [4]]])] == [31]


def test_a_plan_of_nothing_has_no_totals() -> None:
    assert Plan(terms=(), denominator=1, threshold=0).totals([]) == []


def test_a_plan_wants_measures_for_each_of_its_criteria() -> None:
    with pytest.raises(ValueError, match="shorter"):
        compiled(main_scheme().roles[Role.LEARNER]).totals([[[0]]])
