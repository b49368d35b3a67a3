"""Homework: every reading of domain rule A1 about hand-ins, at its default and at each other setting."""

from fractions import Fraction

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import Grade, SubmissionState
from lms_scoring.domain.rules.handed_in import Late, untimely
from lms_scoring.domain.rules.more_homework import Take
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.scorecard import CriterionResult, CriterionState, Finding, Reason, Verdict
from tests.given import (
    DAY,
    DUE,
    END,
    START,
    card,
    decided,
    finding,
    homework,
    membership,
    result,
    scheme_with,
    standing,
)

FORFEIT = scheme_with("homework", late=Late.FORFEIT_ON_TIME)
ACCEPT = scheme_with("homework", late=Late.ACCEPT)
LATEST = scheme_with("homework", take=Take.LATEST)
MEAN = scheme_with("homework", take=Take.MEAN)
CUTOFFS = scheme_with(
    "homework",
    cutoffs={Grade.EXCELLENT: Fraction(9, 10), Grade.GOOD: Fraction(4, 5), Grade.PASS: Fraction(3, 5)},
)


def judged(*records: ev.Record, scheme: Scheme | None = None) -> CriterionResult:
    return result(card([membership(), *records], scheme=scheme), "homework")


def of(id_: str, *records: ev.Record, scheme: Scheme | None = None) -> Finding:
    return finding(card([membership(), *records], scheme=scheme), "homework", id_)


@pytest.mark.parametrize(
    ("grade", "points"), [(Grade.EXCELLENT, 20), (Grade.GOOD, 18), (Grade.PASS, 16), (Grade.FAIL, 10)]
)
def test_in_time_earns_ten_and_the_grade_its_own_points(grade: Grade, points: int) -> None:
    assert judged(homework(grade=grade)).points == points
    assert judged(homework(grade=grade)).state is CriterionState.FINAL


def test_nothing_handed_in_earns_nothing_and_waits_for_nothing() -> None:
    found = judged()
    assert standing(found) == (0, 0, CriterionState.FINAL)


def test_handed_in_at_the_very_second_of_the_deadline_is_in_time() -> None:
    assert judged(homework(grade=Grade.GOOD, at=DUE)).points == 18
    assert judged(homework(grade=Grade.GOOD, at=DUE + 999)).points == 18


def test_handed_in_a_second_after_the_deadline_is_late() -> None:
    late = homework(grade=Grade.EXCELLENT, at=DUE + 1_000)
    assert judged(late).points == 0
    assert (of("h", late).verdict, of("h", late).reason) == (Verdict.REJECTED, Reason.LATE)


def test_late_work_waits_for_no_mark() -> None:
    assert judged(homework(at=DUE + DAY)).state is CriterionState.FINAL


def test_a_late_attempt_does_not_take_away_one_in_time() -> None:
    assert judged(homework("a", Grade.PASS), homework("b", Grade.EXCELLENT, at=DUE + DAY)).points == 16


def test_forfeit_on_time_leaves_the_points_of_the_grade() -> None:
    late = homework(grade=Grade.EXCELLENT, at=DUE + DAY)
    assert judged(late, scheme=FORFEIT).points == 10
    assert (of("h", late, scheme=FORFEIT).verdict, of("h", late, scheme=FORFEIT).reason) == (
        Verdict.PARTLY,
        Reason.LATE,
    )


def test_forfeit_on_time_takes_nothing_from_work_in_time() -> None:
    assert judged(homework(grade=Grade.EXCELLENT), scheme=FORFEIT).points == 20


def test_forfeit_on_time_waits_for_the_mark_of_late_work() -> None:
    found = judged(homework(at=DUE + DAY), scheme=FORFEIT)
    assert standing(found) == (0, 10, CriterionState.PENDING)


def test_accepting_late_work_counts_it_in_full() -> None:
    assert judged(homework(grade=Grade.GOOD, at=DUE + DAY), scheme=ACCEPT).points == 18


@pytest.mark.parametrize("scheme", [None, FORFEIT, ACCEPT])
def test_work_handed_in_before_it_was_set_is_rejected_whatever_late_says(scheme: Scheme | None) -> None:
    early = homework(grade=Grade.EXCELLENT, at=START + DAY - 1, opens_at=START + DAY)
    assert judged(early, scheme=scheme).points == 0
    assert of("h", early, scheme=scheme).reason is Reason.TOO_EARLY


def test_work_handed_in_at_the_moment_it_was_set_counts() -> None:
    assert judged(homework(grade=Grade.PASS, at=START + DAY, opens_at=START + DAY)).points == 16


def test_without_opening_and_deadline_only_the_window_counts() -> None:
    assert judged(homework(grade=Grade.PASS, at=END - 1, opens_at=None, due_at=None)).points == 16
    after = homework(grade=Grade.PASS, at=END, opens_at=None, due_at=None)
    assert judged(after).points == 0
    assert of("h", after).reason is Reason.OUTSIDE_WINDOW


def test_the_first_instant_of_the_window_counts_and_the_one_before_does_not() -> None:
    assert judged(homework(grade=Grade.PASS, at=START, opens_at=None)).points == 16
    assert judged(homework(grade=Grade.PASS, at=START - 1, opens_at=None)).points == 0


def test_an_extension_moves_the_persons_own_deadline() -> None:
    assert judged(homework(grade=Grade.PASS, at=DUE + DAY, due_at=DUE + 2 * DAY)).points == 16


def test_an_extension_beyond_the_window_does_not_open_the_window() -> None:
    extended = homework(grade=Grade.EXCELLENT, at=END + DAY, due_at=END + 7 * DAY)
    assert judged(extended).points == 0
    assert of("h", extended).reason is Reason.OUTSIDE_WINDOW


def test_a_mark_given_after_the_window_counts() -> None:
    assert judged(homework(grade=Grade.EXCELLENT, graded_at=END + 1)).points == 20


def test_unmarked_work_in_time_keeps_its_ten_and_is_pending() -> None:
    found = judged(homework())
    assert standing(found) == (10, 20, CriterionState.PENDING)
    assert of("h", homework()).reason is Reason.UNMARKED


def test_unmarked_work_that_cannot_raise_the_best_is_not_pending() -> None:
    found = judged(homework("a", Grade.EXCELLENT), homework("b", attempt=1, at=DUE - 1))
    assert standing(found) == (20, 20, CriterionState.FINAL)


def test_unmarked_work_that_could_raise_the_best_is_pending() -> None:
    found = judged(homework("a", Grade.PASS), homework("b", attempt=1, at=DUE - 1))
    assert standing(found) == (16, 20, CriterionState.PENDING)


def test_the_best_of_several_attempts_counts() -> None:
    records: list[ev.Record] = [homework("a", Grade.EXCELLENT), homework("b", Grade.PASS, attempt=1, at=DUE)]
    assert judged(*records).points == 20
    assert (of("b", *records).verdict, of("b", *records).reason) == (Verdict.REJECTED, Reason.ANOTHER_COUNTS)
    assert [of(id_, *records).points for id_ in "ab"] == [20, 0]


def test_the_best_of_several_pieces_of_homework_counts() -> None:
    assert judged(homework("a", Grade.FAIL), homework("b", Grade.GOOD, activity="homework 2")).points == 18


def test_of_equally_good_attempts_the_earliest_is_named() -> None:
    records: list[ev.Record] = [homework("b", Grade.GOOD, at=DUE - 2), homework("a", Grade.GOOD, at=DUE - 1)]
    assert of("b", *records).verdict is Verdict.COUNTED


def test_the_latest_attempt_counts_where_the_scheme_takes_it() -> None:
    records: list[ev.Record] = [homework("a", Grade.EXCELLENT), homework("b", Grade.PASS, attempt=1, at=DUE)]
    assert judged(*records, scheme=LATEST).points == 16


def test_an_unmarked_latest_attempt_is_pending_where_the_scheme_takes_it() -> None:
    records: list[ev.Record] = [homework("a", Grade.EXCELLENT), homework("b", attempt=1, at=DUE)]
    found = judged(*records, scheme=LATEST)
    assert standing(found) == (10, 20, CriterionState.PENDING)


@pytest.mark.parametrize(
    "newer",
    [
        homework("b", attempt=1, at=None, state=SubmissionState.DRAFT),
        homework("b", attempt=1, at=DUE, state=SubmissionState.DRAFT),
        homework("b", Grade.FAIL, attempt=1, at=DUE + DAY),
        homework("b", Grade.FAIL, attempt=1, at=DUE, gone_at=END),
    ],
    ids=["reopened", "drafted", "late", "vanished"],
)
def test_a_newer_attempt_that_does_not_count_hides_no_earlier_one(newer: ev.Submission) -> None:
    assert judged(homework("a", Grade.GOOD), newer, scheme=LATEST).points == 18
    assert judged(homework("a", Grade.GOOD), newer, scheme=MEAN).points == 18


def test_of_attempts_in_the_same_millisecond_the_higher_number_is_the_latest() -> None:
    records: list[ev.Record] = [homework("b", Grade.PASS, attempt=0), homework("a", Grade.GOOD, attempt=1)]
    assert judged(*records, scheme=LATEST).points == 18


def test_the_mean_of_all_counting_attempts_where_the_scheme_takes_it() -> None:
    records: list[ev.Record] = [
        homework("a", Grade.EXCELLENT),
        homework("b", Grade.PASS, attempt=1, at=DUE),
        homework("c", Grade.GOOD, attempt=2, at=DUE),
        homework("d", Grade.EXCELLENT, attempt=3, at=DUE + DAY),
    ]
    assert judged(*records, scheme=MEAN).points == 18
    assert of("b", *records, scheme=MEAN).points == Fraction(16, 3)


def test_a_mean_with_an_unmarked_attempt_is_pending() -> None:
    found = judged(homework("a", Grade.PASS), homework("b", at=DUE), scheme=MEAN)
    assert standing(found) == (13, 18, CriterionState.PENDING)


def test_a_mean_stays_exact_where_it_is_no_whole_number() -> None:
    records: list[ev.Record] = [
        homework("a", Grade.EXCELLENT),
        homework("b", Grade.PASS),
        homework("c", Grade.PASS),
    ]
    assert judged(*records, scheme=MEAN).points == Fraction(52, 3)


def test_a_draft_does_not_count() -> None:
    draft = homework(grade=Grade.EXCELLENT, at=DUE - DAY, state=SubmissionState.DRAFT)
    assert judged(draft).points == 0
    assert of("h", draft).reason is Reason.DRAFT


def test_marks_in_points_of_a_maximum_are_read_by_the_cutoffs() -> None:
    def points(mark: Fraction) -> Fraction:
        return judged(homework(points=mark, max_points=Fraction(50)), scheme=CUTOFFS).points

    assert [points(Fraction(mark)) for mark in (50, 45, 40, 30, 0)] == [20, 20, 18, 16, 10]
    assert points(45 - Fraction(1, 10**9)) == 18
    assert points(30 - Fraction(1, 10**9)) == 10


def test_of_two_grades_with_the_same_cutoff_the_better_holds_in_whatever_order_they_stand() -> None:
    half = {Grade.PASS: Fraction(1, 2), Grade.GOOD: Fraction(1, 2)}
    marked = homework(points=Fraction(5), max_points=Fraction(10))
    for cutoffs in (half, dict(reversed(half.items()))):
        assert judged(marked, scheme=scheme_with("homework", cutoffs=cutoffs)).points == 18


def test_a_grade_word_outweighs_marks_in_points() -> None:
    both = homework(grade=Grade.PASS, points=Fraction(50), max_points=Fraction(50))
    assert judged(both, scheme=CUTOFFS).points == 16


def test_unmarked_work_is_unmarked_under_cutoffs_too() -> None:
    assert of("h", homework(), scheme=CUTOFFS).reason is Reason.UNMARKED


@pytest.mark.parametrize(("scheme", "most"), [(None, Fraction(50)), (CUTOFFS, None), (CUTOFFS, Fraction(0))])
def test_marks_in_points_that_mean_no_grade_are_not_taken_for_a_fail(
    scheme: Scheme | None, most: Fraction | None
) -> None:
    marked = homework(points=Fraction(10), max_points=most)
    found = judged(marked, scheme=scheme)
    assert standing(found) == (10, 20, CriterionState.PENDING)
    assert of("h", marked, scheme=scheme).reason is Reason.NO_GRADE_MEANING


def test_copied_work_that_somebody_voided_does_not_count() -> None:
    copied = homework(grade=Grade.EXCELLENT)
    records = (copied, decided(ev.Action.VOID, copied, at=END))
    assert judged(*records).points == 0
    assert of("h", *records).reason is Reason.VOIDED


def test_work_that_vanished_at_its_source_does_not_count() -> None:
    assert of("h", homework(grade=Grade.GOOD, gone_at=END)).reason is Reason.GONE


def test_a_grade_worth_more_than_the_criterion_earns_its_maximum() -> None:
    scheme = scheme_with("homework", on_time=Fraction(15))
    found = judged(homework(grade=Grade.EXCELLENT), scheme=scheme)
    assert found.points == 20
    assert of("h", homework(grade=Grade.EXCELLENT), scheme=scheme).points == 20


def test_what_was_never_handed_in_is_neither_early_nor_late() -> None:
    assert untimely(homework(at=None, opens_at=END, due_at=START)) is None


def test_a_hand_in_of_an_unbound_activity_is_not_homework() -> None:
    assert judged(homework(grade=Grade.GOOD, task=None)).findings == ()
