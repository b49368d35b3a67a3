"""Cards in time: what an instant can know, and how long a card holds."""

from fractions import Fraction

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import Grade, Role
from lms_scoring.domain.instants import HOUR, MINUTE
from lms_scoring.domain.scorecard import Reason
from tests.given import (
    AFTER,
    CHEN,
    DUE,
    END,
    LI,
    START,
    WANG,
    card,
    decided,
    finding,
    homework,
    journal,
    membership,
    recommendation,
    reported,
    result,
    topic,
    tutor,
    watch,
)


@pytest.mark.parametrize(
    ("record", "criterion", "at"),
    [
        (watch(start=DUE), "study_time", DUE + 1),
        (reported(start=DUE), "study_time", DUE),
        (journal(at=DUE), "journal", DUE),
        (homework(at=DUE), "homework", DUE),
        (topic(at=DUE), "posts", DUE),
    ],
)
def test_evidence_dated_later_is_left_out(record: ev.Record, criterion: str, at: int) -> None:
    before, then = (card([membership(), record], as_of=instant) for instant in (at - 1, at))
    assert result(before, criterion).points == 0
    assert result(then, criterion).points > 0


def test_evidence_dated_later_leaves_no_finding() -> None:
    assert result(card([membership(), topic(at=DUE)], as_of=DUE - 1), "posts").findings == ()


def test_a_mark_given_later_is_not_known_yet() -> None:
    marked = homework(grade=Grade.GOOD, graded_at=END)
    assert result(card([membership(), marked], as_of=END - 1), "homework").points == 10
    assert result(card([membership(), marked], as_of=END), "homework").points == 18
    assert finding(card([membership(), marked], as_of=END - 1), "homework", "h").reason is Reason.UNMARKED


def test_a_mark_in_points_given_later_is_not_known_yet() -> None:
    marked = homework(points=Fraction(5), max_points=Fraction(9), graded_at=END)
    records: list[ev.Record] = [tutor(), membership(), marked]
    assert result(card(records, role=Role.TUTOR, as_of=END - 1), "marking").points == 0
    assert result(card(records, role=Role.TUTOR, as_of=END), "marking").points == 40


def test_what_is_gone_is_gone_whatever_the_clock_said_when_that_was_noticed() -> None:
    gone = topic(gone_at=END)
    for as_of in (END - 1, END):
        assert finding(card([membership(), gone], as_of=as_of), "posts", "t").reason is Reason.GONE
    assert card([membership(), gone], as_of=START).valid_until == END


def test_so_is_a_membership() -> None:
    records: list[ev.Record] = [tutor(), membership(gone_at=END), homework()]
    assert result(card(records, role=Role.TUTOR, as_of=END - 1), "marking").could_become == 0


def test_a_recommendation_made_later_is_not_known_yet() -> None:
    records: list[ev.Record] = [tutor(), membership(), homework(), recommendation(at=END)]
    assert result(card(records, role=Role.TUTOR, as_of=END - 1), "recommending").points == 0
    assert result(card(records, role=Role.TUTOR, as_of=END), "recommending").points == 20


def test_drafts_and_deleted_posts_without_a_date_are_always_known() -> None:
    draft = homework(at=None, state=ev.SubmissionState.DRAFT)
    deleted = topic(at=None, state=ev.PostState.DELETED)
    found = card([membership(), draft, deleted], as_of=START)
    assert finding(found, "homework", "h").reason is Reason.DRAFT
    assert finding(found, "posts", "t").reason is Reason.DELETED


def test_a_card_holds_until_the_next_edge_of_the_window() -> None:
    assert card([membership()], as_of=START - 1).valid_until == START
    assert card([membership()], as_of=START).valid_until == END
    assert card([membership()], as_of=END).valid_until is None


@pytest.mark.parametrize(
    ("record", "until"),
    [
        (watch(start=DUE, minutes=1), DUE),
        (watch(start=DUE - 2 * MINUTE, minutes=3), DUE + MINUTE),
        (reported(start=DUE), DUE),
        (homework(at=DUE), DUE),
        (homework(at=START, grade=Grade.PASS, graded_at=DUE), DUE),
        (topic(at=DUE), DUE),
        (decided(ev.Action.EXEMPT, "journal", at=DUE), DUE),
    ],
)
def test_a_card_holds_until_evidence_dated_later_has_happened(record: ev.Record, until: int) -> None:
    assert card([membership(), record], as_of=DUE - 1).valid_until == until


def test_a_card_holds_until_the_earliest_of_what_is_still_to_come() -> None:
    records: list[ev.Record] = [
        membership(),
        topic("a", at=DUE),
        topic("b", at=DUE + 1),
        topic("c", at=DUE - 1),
    ]
    assert card(records, as_of=START).valid_until == DUE - 1
    assert card(records, as_of=DUE).valid_until == DUE + 1
    assert card(records, as_of=DUE + 1).valid_until == END


def test_somebody_elses_future_does_not_end_a_card() -> None:
    records: list[ev.Record] = [membership(), membership("zhao"), topic(at=DUE, person="zhao")]
    assert card(records, as_of=START, person=LI).valid_until == END
    assert card(records, as_of=START, person="zhao").valid_until == DUE


def test_a_tutors_card_holds_until_the_classs_future_evidence() -> None:
    records: list[ev.Record] = [
        tutor(),
        tutor(CHEN),
        membership(),
        homework(at=DUE),
        recommendation(at=DUE - 1),
    ]
    assert card(records, as_of=START, role=Role.TUTOR, person=WANG).valid_until == DUE - 1
    assert card(records, as_of=START, role=Role.TUTOR, person=CHEN).valid_until == DUE


def test_evidence_dated_after_the_window_can_end_a_card_too() -> None:
    marked = homework(grade=Grade.PASS, graded_at=AFTER + HOUR)
    assert card([membership(), marked]).valid_until == AFTER + HOUR
