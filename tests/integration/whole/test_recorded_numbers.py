"""The cards of the recorded course say what its truth says, worked out here from the programme's document."""

from __future__ import annotations

import csv
import json
import statistics
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.instants import MINUTE
from lms_scoring.domain.scorecard import CriterionState, Reason, Scorecard, Verdict
from tests.fixtures.courses.installed import Site
from tests.given import figure, result

from .conftest import Cards

pytestmark = pytest.mark.slow(reason="the whole recorded course is synced, by both its course files")

FIXTURES = Path(__file__).parents[2] / "fixtures"
Row = Mapping[str, str]


def _truth() -> list[Row]:
    with (FIXTURES / "moodle" / "truth.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = _truth()
GONE = {58, 59}
"""Unenrolled and deleted: Moodle no longer gives their homework and journal."""
EARLIER_ATTEMPT_COUNTS = {20: Fraction(10), 21: Fraction(10)}
"""Their first attempt was in time and marked 不合格: 10 for being in time and nothing for the mark."""
MARKS = {"优秀": 10, "良好": 8, "合格": 6, "不合格": 0, "": 0}
NO_STATUS, LEFT_OPEN, DELETED = 4, 7, 59
FOUR_DIGITS = 9
"""Its `0001:02:30.25` is a quarter of a second more than the truth's minutes say."""

everybody = pytest.mark.parametrize("row", [pytest.param(row, id=row["n"]) for row in ROWS])
listed = pytest.mark.parametrize(
    "row", [pytest.param(row, id=row["n"]) for row in ROWS if int(row["n"]) not in GONE]
)


@pytest.fixture(scope="session")
def cards(stored: Mapping[str, Cards]) -> Mapping[str, dict[str, Scorecard]]:
    """Learners' cards by course and person."""
    return {
        course: {person: card for (person, role), card in whole.items() if role is Role.LEARNER}
        for course, whole in stored.items()
    }


def card_of(cards: Mapping[str, dict[str, Scorecard]], row: Row, course: str = "lc2024") -> Scorecard:
    return cards[course][f"moodle-{row['userid']}"]


def homework_points(row: Row) -> Fraction:
    """10 in time, and 10, 8, 6 or 0 by the grade word; a late or missing piece of work: nothing."""
    number = int(row["n"])
    if number in EARLIER_ATTEMPT_COUNTS:
        return EARLIER_ATTEMPT_COUNTS[number]
    in_time = row["hw1_state"] == "submitted" and row["hw1_timing"].startswith("on-time")
    return Fraction(10 + MARKS[row["hw1_grade"]]) if in_time else Fraction(0)


@listed
def test_homework_points_follow_from_state_timing_and_grade(
    cards: Mapping[str, dict[str, Scorecard]], row: Row
) -> None:
    homework = result(card_of(cards, row), "homework")
    waits = row["hw1_state"] == "submitted" and row["hw1_grade"] == ""
    assert homework.points == homework_points(row)
    assert homework.state is (CriterionState.PENDING if waits else CriterionState.FINAL)


@listed
def test_a_journal_is_twenty_points_or_none(cards: Mapping[str, dict[str, Scorecard]], row: Row) -> None:
    points = 20 if row["journal_assign"] == "submitted" else 0
    assert result(card_of(cards, row), "journal").points == points


@everybody
def test_posts_are_one_point_each_up_to_twenty(cards: Mapping[str, dict[str, Scorecard]], row: Row) -> None:
    card = card_of(cards, row)
    topics, replies = Fraction(row["topics"]), Fraction(row["replies"])
    assert (figure(card, "posts", "topics"), figure(card, "posts", "replies")) == (topics, replies)
    assert result(card, "posts").points == min(topics + replies, 20)


@pytest.mark.parametrize("number", sorted(GONE))
def test_what_moodle_no_longer_gives_is_unknown_and_said_so(
    cards: Mapping[str, dict[str, Scorecard]], number: int
) -> None:
    card = card_of(cards, ROWS[number - 1])
    for criterion in ("homework", "journal"):
        (unreadable,) = result(card, criterion).findings
        assert (unreadable.verdict, unreadable.reason) == (Verdict.UNKNOWN, Reason.UNREADABLE)
        assert unreadable.note


@everybody
def test_scorm_minutes_are_those_of_the_truth(cards: Mapping[str, dict[str, Scorecard]], row: Row) -> None:
    number = int(row["n"])
    study = result(card_of(cards, row, "lc2024-scorm"), "study_time")
    minutes = Fraction(row["min_total"])
    if number == NO_STATUS:
        minutes -= Fraction(row["min_scorm1"])
    if number == FOUR_DIGITS:
        minutes += Fraction(1, 4 * 60)
    if number == DELETED:
        assert {finding.verdict for finding in study.findings} == {Verdict.UNKNOWN}
        return
    if number == LEFT_OPEN:
        assert Reason.IMPLAUSIBLE in {finding.reason for finding in study.findings}
    assert study.points == min(minutes / 750 * 40, 40)


def test_learner_4_is_told_that_a_package_could_not_be_read(
    cards: Mapping[str, dict[str, Scorecard]],
) -> None:
    study = result(card_of(cards, ROWS[NO_STATUS - 1], "lc2024-scorm"), "study_time")
    (unreadable,) = (finding for finding in study.findings if finding.verdict is Verdict.UNKNOWN)
    assert unreadable.activity == "1"


def test_study_time_of_the_statements_is_near_the_truth_and_scored_exactly(
    cards: Mapping[str, dict[str, Scorecard]],
) -> None:
    truth = json.loads((FIXTURES / "xapi" / "bounded_minutes.json").read_bytes())["minutes"]
    errors, total = [], Fraction(0)
    known = [row for row in ROWS if int(row["n"]) != 58]
    for row in known:
        card = card_of(cards, row)
        counted = figure(card, "study_time", "study_time")
        assert counted is not None
        assert result(card, "study_time").points == min(counted / MINUTE / 750 * 40, 40)
        minutes, true = counted / MINUTE, truth[str(int(row["n"]) - 1)]
        total += minutes
        if true > 0:
            errors.append((float(minutes) - true) / true)
    everything = sum(truth[str(int(row["n"]) - 1)] for row in known)
    cuts = statistics.quantiles(errors, n=20)
    assert -0.02 < cuts[0] < cuts[-1] < 0.02
    assert abs(float(total) - everything) / everything < 0.001


def test_who_watched_under_a_name_that_moodle_forgot_is_reported_as_belonging_to_nobody(
    scored: Site, cards: Mapping[str, dict[str, Scorecard]]
) -> None:
    """Learner 58 watched as `tea058`, a name that only the profile of an unenrolled person would tell."""
    with scored.installation.store.reading() as transaction:
        unjoined = transaction.unjoined("lc2024")
    assert [one.account.rpartition("|")[2] for one in unjoined] == ["tea058"]
    assert figure(card_of(cards, ROWS[57]), "study_time", "study_time") == 0


@everybody
def test_the_total_is_the_sum_and_passes_from_eighty_on(
    cards: Mapping[str, dict[str, Scorecard]], row: Row
) -> None:
    for course in cards:
        card = card_of(cards, row, course)
        assert card.total == sum(one.points for one in card.criteria)
        assert card.passed == (card.total >= 80)


def test_tutors_are_scored_by_what_their_class_handed_in_and_they_marked(
    stored: Mapping[str, Cards],
) -> None:
    first, second = (stored["lc2024"][person, Role.TUTOR] for person in ("moodle-63", "moodle-64"))
    assert [result(card, "marking").points for card in (first, second)] == [0, 40]
    assert result(first, "marking").state is CriterionState.PENDING, "learner 12's homework is unmarked"
    waiting = [row for row in ROWS if row["hw1_state"] == "submitted" and not row["hw1_grade"]]
    handed_in, marked = (figure(first, "marking", name) for name in ("handed_in", "marked"))
    assert handed_in is not None
    assert marked == handed_in - len(waiting)
    assert [result(card, "bulletins").points for card in (first, second)] == [20, 20]
