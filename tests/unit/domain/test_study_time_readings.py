"""Study time: every reading of domain rule A1 about minutes, at its default and at each other setting."""

from fractions import Fraction

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.instants import HOUR, MINUTE, SECOND, parse_instant
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.scorecard import Reason, Verdict
from lms_scoring.domain.study_time import Counting
from tests.given import (
    AFTER,
    DAY,
    END,
    START,
    card,
    decided,
    figure,
    finding,
    judgement,
    membership,
    reported,
    result,
    scheme_with,
    watch,
)

UNIQUE = scheme_with("study_time", counting=Counting.UNIQUE_CONTENT)
REPORTED = scheme_with("study_time", counting=Counting.REPORTED)


def minutes(*records: ev.Record, scheme: Scheme | None = None, as_of: int = AFTER) -> Fraction:
    """The study time that comes out, in minutes."""
    found = figure(card([membership(), *records], scheme=scheme, as_of=as_of), "study_time", "study_time")
    assert found is not None
    return found / MINUTE


def points(*records: ev.Record) -> Fraction:
    return result(card([membership(), *records]), "study_time").points


@pytest.mark.parametrize(
    ("watched", "expected"),
    [(0, Fraction(0)), (1, Fraction(4, 75)), (375, 20), (749, Fraction(2996, 75)), (750, 40), (900, 40)],
)
def test_minutes_earn_points_in_proportion_up_to_750(watched: int, expected: Fraction) -> None:
    assert points(watch(minutes=watched)) == expected


def test_a_millisecond_short_of_750_minutes_is_short() -> None:
    almost = watch(minutes=750 - Fraction(1, MINUTE))
    assert points(almost) == 40 - Fraction(40, 750 * MINUTE)


def test_a_span_across_the_opening_of_the_window_counts_with_the_part_inside() -> None:
    found = card([membership(), watch(start=START - 10 * MINUTE, minutes=30)])
    judged = finding(found, "study_time", "w")
    assert judged.amount == 20 * MINUTE
    assert (judged.verdict, judged.reason) == (Verdict.PARTLY, Reason.OUTSIDE_WINDOW)
    assert judged.of == 30 * MINUTE


def test_a_span_across_the_end_of_the_window_counts_with_the_part_inside() -> None:
    assert minutes(watch(start=END - 10 * MINUTE, minutes=30)) == 10


def test_a_span_longer_than_the_window_counts_as_long_as_the_window() -> None:
    assert minutes(watch(start=START - DAY, minutes=54 * 24 * 60)) == 52 * 24 * 60


@pytest.mark.parametrize("start", [START - HOUR, END, END + DAY])
def test_watching_outside_the_window_does_not_count(start: int) -> None:
    found = card([membership(), watch(start=start, minutes=60)])
    judged = finding(found, "study_time", "w")
    assert judgement(judged) == (Verdict.REJECTED, Reason.OUTSIDE_WINDOW, 0)


def test_the_window_is_days_of_shanghai_both_included() -> None:
    first = parse_instant("2024-10-24T16:00:00Z")
    last = parse_instant("2024-12-15T15:59:00Z")
    assert minutes(watch("a", first, 1), watch("b", last, 1)) == 2
    assert minutes(watch("a", first - MINUTE, 1), watch("b", last + MINUTE, 1)) == 0


def test_a_span_of_no_length_counts_nothing_and_is_not_called_outside() -> None:
    judged = finding(card([membership(), watch(minutes=0)]), "study_time", "w")
    assert judgement(judged) == (Verdict.COUNTED, None, 0)


def test_a_span_of_no_length_outside_the_window_is_called_outside() -> None:
    judged = finding(card([membership(), watch(start=END, minutes=0)]), "study_time", "w")
    assert judged.reason is Reason.OUTSIDE_WINDOW


def test_the_same_minute_in_two_tabs_counts_once() -> None:
    one = watch("a", START, 60, activity="video 1")
    other = watch("b", START + 30 * MINUTE, 60, activity="video 2")
    found = card([membership(), one, other])
    assert figure(found, "study_time", "study_time") == 90 * MINUTE
    judged = finding(found, "study_time", "b")
    assert judgement(judged) == (
        Verdict.PARTLY,
        Reason.OVERLAPS,
        30 * MINUTE,
    )


def test_a_span_inside_another_counts_nothing_more() -> None:
    outer, inner = watch("a", START, 60), watch("b", START + 10 * MINUTE, 10)
    after = watch("c", START + 50 * MINUTE, 20)
    found = card([membership(), outer, inner, after])
    judged = finding(found, "study_time", "b")
    assert judgement(judged) == (Verdict.REJECTED, Reason.OVERLAPS, 0)
    assert figure(found, "study_time", "study_time") == 70 * MINUTE


def test_spans_that_touch_are_not_said_to_overlap() -> None:
    found = card([membership(), watch("a", START, 10), watch("b", START + 10 * MINUTE, 10)])
    assert finding(found, "study_time", "b").reason is None


def test_watching_again_counts_as_study_time() -> None:
    first, again = watch("a", START, 60), watch("b", START + DAY, 60)
    assert minutes(first, again) == 120


def test_unique_content_counts_each_second_of_content_once() -> None:
    first, again = watch("a", START, 60), watch("b", START + DAY, 90)
    found = card([membership(), first, again], scheme=UNIQUE)
    assert figure(found, "study_time", "study_time") == 90 * MINUTE
    judged = finding(found, "study_time", "b")
    assert (judged.verdict, judged.reason) == (Verdict.PARTLY, Reason.REWATCHED)


def test_unique_content_of_two_videos_is_not_the_same_content() -> None:
    records: list[ev.Record] = [
        membership(),
        watch("a", START, 60),
        watch("b", START + DAY, 60, activity="video 2"),
    ]
    found = card(records, scheme=UNIQUE)
    assert figure(found, "study_time", "study_time") == 120 * MINUTE
    assert judgement(finding(found, "study_time", "a")) == (Verdict.COUNTED, None, 60 * MINUTE)


def test_unique_content_watched_only_again_is_rejected_as_rewatched() -> None:
    found = card([membership(), watch("a", START, 60), watch("b", START + DAY, 30)], scheme=UNIQUE)
    judged = finding(found, "study_time", "b")
    assert judgement(judged) == (Verdict.REJECTED, Reason.REWATCHED, 0)


def test_unique_content_in_two_tabs_at_once_counts_both() -> None:
    here, there = watch("a", START, 60), watch("b", START, 60, activity="video 2")
    assert minutes(here, there, scheme=UNIQUE) == 120


def test_content_is_spread_evenly_when_an_edge_cuts_the_span() -> None:
    fast = watch(start=START - 30 * MINUTE, minutes=60, segments=((0, 60), (100, 130)))
    assert minutes(fast, scheme=UNIQUE) == 45
    beginning = watch("seen", START + DAY, 15, segments=((45, 60),))
    assert minutes(fast, beginning, scheme=UNIQUE) == 45
    unseen = watch("unseen", START + DAY, 45, segments=((0, 45),))
    assert minutes(fast, unseen, scheme=UNIQUE) == 90


def test_the_end_of_the_window_cuts_content_in_proportion_too() -> None:
    fast = watch(start=END - 10 * MINUTE, minutes=30, segments=((0, 20), (40, 50)))
    assert minutes(fast, scheme=UNIQUE) == 10
    missed = watch("missed", START, 30, segments=((10, 20), (40, 50)))
    assert minutes(fast, missed, scheme=UNIQUE) == 30


def test_a_cut_through_the_middle_of_a_millisecond_stays_exact() -> None:
    span = ev.Watch(id="w", person="li", activity="v", start=START - 1, end=START + 2, segments=((0, 1_000),))
    found = card([membership(), span], scheme=UNIQUE)
    assert figure(found, "study_time", "study_time") == Fraction(2_000, 3)


def test_unique_content_of_a_span_without_segments_is_unreadable() -> None:
    found = card([membership(), watch(segments=())], scheme=UNIQUE)
    judged = finding(found, "study_time", "w")
    assert judgement(judged) == (Verdict.REJECTED, Reason.UNREADABLE, 0)


def test_the_wall_clock_needs_no_segments() -> None:
    assert minutes(watch(minutes=5, segments=())) == 5


def test_reported_totals_are_added_for_activities_without_spans() -> None:
    assert minutes(watch(minutes=30), reported(minutes=60)) == 90


def test_a_reported_total_of_an_activity_with_spans_does_not_count() -> None:
    found = card([membership(), watch(minutes=30, activity="both"), reported(minutes=60, activity="both")])
    judged = finding(found, "study_time", "r")
    assert judgement(judged) == (Verdict.REJECTED, Reason.SPANS_KNOWN, 0)
    assert figure(found, "study_time", "study_time") == 30 * MINUTE


@pytest.mark.parametrize(
    ("start", "length"),
    [(START - HOUR, 60), (END, 60), (START + DAY, 0)],
    ids=["before the window", "after the window", "without length"],
)
def test_a_span_without_a_part_in_the_window_leaves_the_reported_total_of_its_activity(
    start: int, length: int
) -> None:
    total = reported(minutes=60, activity="both")
    assert minutes(watch(start=start, minutes=length, activity="both"), total) == 60


def test_a_span_with_a_moment_in_the_window_puts_the_reported_total_out_of_count() -> None:
    edge = watch(start=START - HOUR + 1, minutes=60, activity="both")
    assert minutes(edge, reported(minutes=60, activity="both")) == Fraction(1, MINUTE)


def test_a_span_that_begins_only_now_leaves_the_reported_total_of_its_activity() -> None:
    total = reported(minutes=60, activity="both")
    now = START + 2 * DAY
    for start, expected in ((now, 60), (now - 1, Fraction(1, MINUTE))):
        assert minutes(watch(start=start, activity="both"), total, as_of=now) == expected


def test_a_voided_span_leaves_the_reported_total_of_its_activity() -> None:
    span = watch(minutes=30, activity="both")
    total = reported(minutes=60, activity="both")
    assert minutes(span, total, decided(ev.Action.VOID, span, at=END)) == 60


def test_where_reported_time_counts_spans_do_not() -> None:
    span, total = watch(minutes=30, activity="both"), reported(minutes=60, activity="both")
    found = card([membership(), span, total], scheme=REPORTED)
    assert figure(found, "study_time", "study_time") == 60 * MINUTE
    assert finding(found, "study_time", "w").reason is Reason.NOT_REPORTED
    assert finding(found, "study_time", "w").verdict is Verdict.REJECTED


def test_reported_totals_of_several_attempts_add_up() -> None:
    assert minutes(reported("a", minutes=40), reported("b", START + DAY, 25)) == 65


def test_a_reported_total_counts_at_most_as_long_as_its_attempt_and_a_second() -> None:
    found = card([membership(), reported(minutes=60, lasted=10)])
    judged = finding(found, "study_time", "r")
    assert judged.amount == 10 * MINUTE + SECOND
    assert (judged.verdict, judged.reason) == (Verdict.PARTLY, Reason.LONGER_THAN_SPAN)
    assert judged.of == 60 * MINUTE


def test_a_reported_total_one_second_over_its_span_counts_in_full() -> None:
    total = reported(minutes=10 + Fraction(1, 60), lasted=10)
    assert finding(card([membership(), total]), "study_time", "r").reason is None


@pytest.mark.parametrize("start", [START - 30 * MINUTE, END - 30 * MINUTE])
def test_of_a_reported_total_across_an_edge_at_most_the_part_inside_counts(start: int) -> None:
    judged = finding(card([membership(), reported(start=start, minutes=60)]), "study_time", "r")
    inside = 30 * MINUTE + (SECOND if start < START else 0)
    assert judgement(judged) == (Verdict.PARTLY, Reason.OUTSIDE_WINDOW, inside)


@pytest.mark.parametrize(
    ("inside", "lasted", "reason"),
    [
        (30, 60, Reason.OUTSIDE_WINDOW),
        (30, 300, Reason.OUTSIDE_WINDOW),
        (60, 60, Reason.LONGER_THAN_SPAN),
        (90, 90, Reason.LONGER_THAN_SPAN),
    ],
)
def test_of_a_total_that_both_its_attempt_and_an_edge_cut_the_edge_is_told(
    inside: int, lasted: int, reason: Reason
) -> None:
    total = reported(start=END - inside * MINUTE - SECOND, minutes=120, lasted=lasted)
    judged = finding(card([membership(), total]), "study_time", "r")
    assert judgement(judged) == (Verdict.PARTLY, reason, inside * MINUTE + SECOND)


def test_a_total_that_an_edge_does_not_shorten_names_no_edge() -> None:
    total = reported(start=END - 90 * MINUTE, minutes=80, lasted=300)
    assert finding(card([membership(), total]), "study_time", "r").reason is None


def test_a_total_of_an_attempt_that_goes_on_counts_as_long_as_it_has_lasted() -> None:
    total = reported(minutes=60, lasted=60)
    found = card([membership(), total], as_of=START + 20 * MINUTE)
    judged = finding(found, "study_time", "r")
    assert judgement(judged) == (Verdict.PARTLY, Reason.LONGER_THAN_SPAN, 20 * MINUTE + SECOND)


@pytest.mark.parametrize("start", [START - HOUR - SECOND, END])
def test_a_reported_total_outside_the_window_does_not_count(start: int) -> None:
    judged = finding(card([membership(), reported(start=start, minutes=60)]), "study_time", "r")
    assert judgement(judged) == (Verdict.REJECTED, Reason.OUTSIDE_WINDOW, 0)


def test_exactly_eight_hours_in_one_attempt_are_plausible() -> None:
    assert finding(card([membership(), reported(minutes=480)]), "study_time", "r").reason is None


def test_more_than_eight_hours_in_one_attempt_count_and_are_flagged() -> None:
    total = reported(minutes=480 + Fraction(1, MINUTE))
    judged = finding(card([membership(), total]), "study_time", "r")
    assert (judged.verdict, judged.reason) == (Verdict.COUNTED, Reason.IMPLAUSIBLE)
    assert judged.amount == 480 * MINUTE + 1


@pytest.mark.parametrize("lasted", [10, 479])
def test_a_long_total_of_which_a_plausible_time_counts_says_what_cut_it(lasted: int) -> None:
    judged = finding(card([membership(), reported(minutes=2833, lasted=lasted)]), "study_time", "r")
    assert judgement(judged) == (Verdict.PARTLY, Reason.LONGER_THAN_SPAN, lasted * MINUTE + SECOND)
    assert not judged.is_implausible


@pytest.mark.parametrize(
    "total",
    [
        reported(minutes=2833, lasted=540),
        reported(start=END - 540 * MINUTE - SECOND, minutes=2833, lasted=2833),
    ],
)
def test_a_cut_total_of_which_more_than_eight_hours_count_is_flagged_and_says_that_it_is_cut(
    total: ev.ReportedTime,
) -> None:
    judged = finding(card([membership(), total]), "study_time", "r")
    assert judgement(judged) == (Verdict.PARTLY, Reason.IMPLAUSIBLE_CUT, 540 * MINUTE + SECOND)
    assert judged.is_implausible


def test_an_implausible_total_that_a_person_confirmed_says_so_and_is_no_longer_flagged() -> None:
    total, cut = reported(minutes=540), reported(minutes=2833, lasted=540)
    confirmed = decided(ev.Action.RESTORE, total, at=END)
    judged = finding(card([membership(), total, confirmed]), "study_time", "r")
    assert judgement(judged) == (Verdict.COUNTED, Reason.CONFIRMED_LONG, 540 * MINUTE)
    judged = finding(card([membership(), cut, confirmed]), "study_time", "r")
    assert judgement(judged) == (Verdict.PARTLY, Reason.LONGER_THAN_SPAN, 540 * MINUTE + SECOND)
    usual = finding(card([membership(), reported(minutes=480), confirmed]), "study_time", "r")
    assert usual.reason is None


def test_a_reported_cap_limits_each_attempt() -> None:
    scheme = scheme_with("study_time", reported_cap=8 * HOUR)
    found = card([membership(), reported("a", minutes=500), reported("b", START + DAY, 480)], scheme=scheme)
    judged = finding(found, "study_time", "a")
    assert judgement(judged) == (
        Verdict.PARTLY,
        Reason.OVER_CAP,
        480 * MINUTE,
    )
    assert figure(found, "study_time", "study_time") == 960 * MINUTE


def test_a_reported_total_of_just_the_cap_is_not_cut() -> None:
    scheme = scheme_with("study_time", reported_cap=8 * HOUR)
    judged = finding(card([membership(), reported(minutes=480)], scheme=scheme), "study_time", "r")
    assert judgement(judged) == (Verdict.COUNTED, None, 480 * MINUTE)


def test_time_beyond_the_full_minutes_counts_in_the_figure_and_earns_nothing() -> None:
    found = card([membership(), watch("a", START, 700), watch("b", START + DAY, 100), watch("c", END - DAY)])
    over, late = finding(found, "study_time", "b"), finding(found, "study_time", "c")
    assert (over.amount, over.points) == (Fraction(100 * MINUTE), Fraction(50 * 40, 750))
    assert (late.amount, late.points) == (Fraction(60 * MINUTE), Fraction(0))
    assert (over.verdict, over.reason) == (late.verdict, late.reason) == (Verdict.PARTLY, Reason.OVER_CAP)
    assert figure(found, "study_time", "study_time") == 860 * MINUTE


def test_a_voided_or_vanished_span_does_not_count_and_says_why() -> None:
    voided, gone = watch("a"), watch("b", START + DAY, gone_at=END)
    found = card([membership(), voided, gone, decided(ev.Action.VOID, voided, at=END)])
    assert finding(found, "study_time", "a").reason is Reason.VOIDED
    assert finding(found, "study_time", "b").reason is Reason.GONE
    assert figure(found, "study_time", "study_time") == 0


def test_a_voided_reported_total_does_not_count() -> None:
    total = reported()
    assert minutes(total, decided(ev.Action.VOID, total, at=END)) == 0


def test_watching_counts_up_to_the_moment_of_the_question() -> None:
    span = watch(start=START, minutes=60)
    assert minutes(span, as_of=START + 20 * MINUTE) == 20
    assert minutes(span, as_of=START - 1) == 0


def test_of_a_reported_total_only_what_could_have_passed_by_then_counts() -> None:
    assert minutes(reported(minutes=60), as_of=START + 20 * MINUTE) == 20 + Fraction(1, 60)


def test_findings_come_in_the_order_of_time() -> None:
    found = card([membership(), watch("z", START, 1), watch("a", START + DAY, 1)])
    assert [one.id for one in result(found, "study_time").findings] == ["z", "a"]
