"""A pull of the recorded course says what is true of its sixty learners."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from lms_scoring.domain.evidence import (
    DueBasis,
    Grade,
    Post,
    PostState,
    ReportedTime,
    Submission,
    SubmissionState,
)

from .pulled import Pulled

TRUTH = Path(__file__).parents[2] / "fixtures" / "moodle" / "truth.csv"
SCORMS = {"min_scorm1": 1, "min_scorm2": 4, "min_scorm3": 7, "min_scorm4": 10, "min_scorm5": 13}
HOMEWORK, POINTS, JOURNAL, DATABASE, FORUM, QUESTIONS = 17, 18, 19, 22, 25, 26
GRADES = {"优秀": Grade.EXCELLENT, "良好": Grade.GOOD, "合格": Grade.PASS, "不合格": Grade.FAIL, "": None}
CST = timezone(timedelta(hours=8))
OTHER_NAMES = {
    7: "Aygül Memet",
    19: "John O'Brien",
    31: 'Maria "Mia" García-López',
    44: "阿依古丽·买买提",
    59: "",
}
"""Whose names are no Han names (the truth glues family and given name), and who was deleted."""
UNENROLLED, DELETED, NO_STATUS = 58, 59, 4

Row = dict[str, str]


def truth() -> list[Row]:
    with TRUTH.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ROWS = truth()
EVERYBODY = [pytest.param(row, id=row["n"]) for row in ROWS]
LISTED = [pytest.param(row, id=row["n"]) for row in ROWS if int(row["n"]) not in (UNENROLLED, DELETED)]


@pytest.mark.parametrize("row", EVERYBODY)
def test_the_minutes_of_each_scorm_are_true(course: Pulled, row: Row) -> None:
    learner = int(row["n"])
    for column, activity in SCORMS.items():
        seconds = sum(record.duration for record in course.of(learner, ReportedTime, activity)) / 1000
        told = 0 if learner == DELETED or (learner, activity) == (NO_STATUS, 1) else float(row[column])
        assert round(seconds / 60, 2) == told, column


@pytest.mark.parametrize("row", EVERYBODY)
def test_topics_and_replies_are_true(course: Pulled, row: Row) -> None:
    learner = int(row["n"])
    posts = [post for post in course.of(learner, Post) if post.state is PostState.LIVE]
    told = (int(row["topics"]), int(row["replies"]), int(row["qa_replies"]))
    assert told == (
        sum(post.forum == str(FORUM) and post.parent is None for post in posts),
        sum(post.forum == str(FORUM) and post.parent is not None for post in posts),
        sum(post.forum == str(QUESTIONS) and post.parent is not None for post in posts),
    )


@pytest.mark.parametrize("row", EVERYBODY)
def test_the_entries_of_the_database_are_true(course: Pulled, row: Row) -> None:
    assert len(course.of(int(row["n"]), Submission, DATABASE)) == int(row["data_entries"])


@pytest.mark.parametrize("row", LISTED)
def test_the_homework_is_true(course: Pulled, row: Row) -> None:
    learner = int(row["n"])
    attempts = sorted(course.of(learner, Submission, HOMEWORK), key=lambda each: each.attempt)
    handed_in = [each for each in attempts if each.state is SubmissionState.SUBMITTED]
    assert state_of(attempts) == row["hw1_state"]
    if not handed_in:
        assert (row["hw1_timing"], row["hw1_submitted_at_cst"], row["hw1_grade"]) == ("", "", "")
        return
    latest = handed_in[-1]
    assert latest.submitted_at is not None
    assert at_cst(latest.submitted_at) == row["hw1_submitted_at_cst"]
    assert latest.grade is GRADES[row["hw1_grade"]]
    assert latest.due_at is not None
    assert (latest.submitted_at <= latest.due_at) is row["hw1_timing"].startswith("on-time")
    assert (latest.due_at == extended()) is (learner in (14, 15, 46, 47))


@pytest.mark.parametrize("row", LISTED)
def test_the_points_of_the_lesson_design_are_true(course: Pulled, row: Row) -> None:
    attempts = course.of(int(row["n"]), Submission, POINTS)
    assert ("submitted" if attempts else "none") == row["hw2_state"]
    for each in attempts:
        assert (None if each.points is None else float(each.points)) == (
            float(row["hw2_points"]) if row["hw2_points"] else None
        )
        assert (each.max_points == 100) is (each.points is not None)


@pytest.mark.parametrize("row", LISTED)
def test_the_journal_is_true(course: Pulled, row: Row) -> None:
    attempts = course.of(int(row["n"]), Submission, JOURNAL)
    assert ("submitted" if attempts else "none") == row["journal_assign"]


@pytest.mark.parametrize("row", EVERYBODY)
def test_names_and_classes_are_true(course: Pulled, row: Row) -> None:
    learner = int(row["n"])
    person = course.people[f"campus-{row['userid']}"]
    told = [class_ for role, class_, _ in course.memberships(learner) if role == "learner"]
    assert person.name == OTHER_NAMES.get(learner, row["fullname_cn"])
    assert told == [None if learner in (UNENROLLED, DELETED) else row["group"]]


def state_of(attempts: list[Submission]) -> str:
    """The state in the words of the truth: Moodle has a row also for who only looked."""
    if not attempts:
        return "none"
    latest = attempts[-1]
    if latest.state is SubmissionState.SUBMITTED:
        return "submitted"
    if latest.attempt > 0:
        return "reopened"
    return "draft" if latest.characters else "none"


def at_cst(instant: int) -> str:
    return datetime.fromtimestamp(instant // 1000, CST).strftime("%Y-%m-%d %H:%M")


def extended() -> int:
    return int(datetime(2024, 12, 12, 15, 59, tzinfo=UTC).timestamp() * 1000)


def test_nobody_had_to_lend_a_deadline_but_the_suspended(course: Pulled) -> None:
    lent = {
        record.person
        for record in course.records.values()
        if isinstance(record, Submission) and record.due_basis is not DueBasis.OWN
    }
    assert lent == {course.account(56), course.account(57)}
