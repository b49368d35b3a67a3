"""Each peculiar learner of the recorded course, one by one."""

from __future__ import annotations

import pytest

from lms_scoring.domain.evidence import (
    DueBasis,
    Grade,
    Post,
    PostState,
    ReportedTime,
    Submission,
    SubmissionState,
    Unknown,
)
from lms_scoring.domain.identity import account, mbox, sha1_of
from lms_scoring.domain.instants import HOUR, MINUTE, parse_instant
from lms_scoring.domain.unread import Unread
from lms_scoring.ports import ProblemKind

from .pulled import Pulled

SCORM1, SCORM2 = 1, 4
HOMEWORK, JOURNAL, FORUM = 17, 19, 25
FIRST_CLASS_DUE = parse_instant("2024-12-01T23:59:00+08:00")
SECOND_CLASS_DUE = parse_instant("2024-12-05T23:59:00+08:00")
EXTENDED = parse_instant("2024-12-12T23:59:00+08:00")


def homework(course: Pulled, learner: int) -> list[Submission]:
    return sorted(course.of(learner, Submission, HOMEWORK), key=lambda each: each.attempt)


def test_learner_3_has_both_scorm_attempts(course: Pulled) -> None:
    times = {record.id: record.duration for record in course.of(3, ReportedTime, SCORM1)}
    assert times == {"scorm-2-5-1": 40 * MINUTE, "scorm-2-5-2": 25 * MINUTE}


@pytest.mark.parametrize("learner", [4, 8])
def test_learners_4_and_8_began_a_scorm_of_which_moodle_gives_nothing(course: Pulled, learner: int) -> None:
    assert course.of(learner, ReportedTime, SCORM1) == []
    [unknown] = course.of(learner, Unknown, SCORM1)
    assert unknown.reason == Unread.ATTEMPT_UNREADABLE
    problems = [each for each in course.problems if each.subject == unknown.id]
    assert [(each.kind, each.code) for each in problems] == [(ProblemKind.UNKNOWN, "attempt_unreadable")]


@pytest.mark.parametrize("learner", [5, 6, 11])
def test_learners_5_6_and_11_were_late_in_the_first_class(course: Pulled, learner: int) -> None:
    [only] = homework(course, learner)
    assert only.due_at == FIRST_CLASS_DUE
    assert only.submitted_at is not None
    assert only.submitted_at > FIRST_CLASS_DUE


def test_learner_7_left_a_scorm_open_for_47_hours(course: Pulled) -> None:
    [time] = course.of(7, ReportedTime, SCORM2)
    assert time.duration == 47 * HOUR + 13 * MINUTE + 20_000


def test_learner_9_has_a_time_with_four_digits_of_hours(course: Pulled) -> None:
    [time] = course.of(9, ReportedTime, SCORM1)
    assert (time.id, time.duration) == ("scorm-2-11-1", 62 * MINUTE + 30_250)
    assert (time.started_at, time.ended_at) == (1_732_705_906_000, 1_732_709_656_000)


def test_learner_10_has_a_draft_only(course: Pulled) -> None:
    [only] = homework(course, 10)
    assert (only.state, only.submitted_at, only.characters) == (SubmissionState.DRAFT, None, 7)


def test_learner_12_is_not_graded(course: Pulled) -> None:
    [only] = homework(course, 12)
    assert only.state is SubmissionState.SUBMITTED
    assert (only.grade, only.graded_at, only.graded_by) == (None, None, None)


def test_learner_13_did_nothing_and_has_no_unknowns(course: Pulled) -> None:
    assert (course.of(13, ReportedTime), course.of(13, Post), course.of(13, Unknown)) == ([], [], [])
    assert {each.state for each in homework(course, 13)} == {SubmissionState.DRAFT}


@pytest.mark.parametrize("learner", [14, 15, 46])
def test_learners_14_15_and_46_are_in_time_by_an_extension(course: Pulled, learner: int) -> None:
    [only] = homework(course, learner)
    assert only.submitted_at is not None
    assert SECOND_CLASS_DUE < only.submitted_at < EXTENDED == only.due_at
    assert only.due_basis is DueBasis.OWN


def test_learner_47_has_an_extension_without_need(course: Pulled) -> None:
    [only] = homework(course, 47)
    assert only.submitted_at is not None
    assert only.submitted_at < FIRST_CLASS_DUE < EXTENDED == only.due_at


def test_learner_20_has_both_attempts_with_their_marks(course: Pulled) -> None:
    first, second = homework(course, 20)
    assert (first.id, first.state, first.grade) == ("assign-1-22-0", SubmissionState.SUBMITTED, Grade.FAIL)
    assert (second.id, second.state, second.grade) == ("assign-1-22-1", SubmissionState.SUBMITTED, Grade.GOOD)
    assert first.due_at == second.due_at == FIRST_CLASS_DUE


def test_learner_21_keeps_the_graded_attempt_behind_the_reopened_one(course: Pulled) -> None:
    first, second = homework(course, 21)
    assert (first.state, first.grade) == (SubmissionState.SUBMITTED, Grade.FAIL)
    assert first.submitted_at == parse_instant("2024-11-26T20:07:26+08:00")
    assert (second.state, second.grade, second.attempt) == (SubmissionState.DRAFT, None, 1)


@pytest.mark.parametrize("learner", [35, 36])
def test_learners_35_and_36_are_in_time_by_the_override_of_their_class(course: Pulled, learner: int) -> None:
    [only] = homework(course, learner)
    assert only.submitted_at is not None
    assert FIRST_CLASS_DUE < only.submitted_at < SECOND_CLASS_DUE == only.due_at


@pytest.mark.parametrize("learner", [40, 41])
def test_learners_40_and_41_were_late_in_the_second_class(course: Pulled, learner: int) -> None:
    [only] = homework(course, learner)
    assert only.submitted_at is not None
    assert only.submitted_at > SECOND_CLASS_DUE == only.due_at


def test_learner_45_was_locked_out_and_handed_in_nothing(course: Pulled) -> None:
    [only] = homework(course, 45)
    assert (only.state, only.characters, only.submitted_at) == (SubmissionState.DRAFT, 0, None)


@pytest.mark.parametrize(
    ("learner", "name"),
    [
        (7, "Aygül Memet"),
        (19, "John O'Brien"),
        (31, 'Maria "Mia" García-López'),
        (44, "阿依古丽·买买提"),
    ],
)
def test_learners_with_other_names_are_called_as_they_are(course: Pulled, learner: int, name: str) -> None:
    assert course.people[f"campus-{learner + 2}"].name == name


def test_learner_52_keeps_the_emoji_in_the_name(course: Pulled) -> None:
    assert not course.people["campus-54"].name.isalpha()


@pytest.mark.parametrize(("learner", "post"), [(1, 278), (2, 303), (16, 417)])
def test_learners_1_2_and_16_have_one_reply_less(course: Pulled, learner: int, post: int) -> None:
    assert ("Post", f"post-{post}") not in course.records
    assert len(course.of(learner, Post)) > 0


@pytest.mark.parametrize(("learner", "topic"), [(17, 77), (33, 159)])
def test_learners_17_and_33_have_one_topic_less(course: Pulled, learner: int, topic: int) -> None:
    assert ("Post", f"post-{topic}") not in course.records
    assert len(course.of(learner, Post)) > 0


@pytest.mark.parametrize(("learner", "post"), [(18, 432), (48, 626)])
def test_learners_18_and_48_have_an_erased_reply_without_a_time(
    course: Pulled, learner: int, post: int
) -> None:
    [erased] = [each for each in course.of(learner, Post) if each.state is PostState.DELETED]
    assert (erased.id, erased.created_at, erased.forum) == (f"post-{post}", None, str(FORUM))


def test_learner_56_whose_account_is_suspended_is_withdrawn_and_keeps_the_work(course: Pulled) -> None:
    assert course.memberships(56) == {("learner", "二班", "withdrawn")}
    [only] = homework(course, 56)
    assert (only.grade, only.due_at, only.due_basis) == (Grade.PASS, SECOND_CLASS_DUE, DueBasis.CLASS)


def test_learner_57_whose_enrolment_is_suspended_is_withdrawn_and_keeps_the_work(course: Pulled) -> None:
    assert course.memberships(57) == {("learner", "二班", "withdrawn")}
    [only] = homework(course, 57)
    assert (only.grade, only.due_at, only.due_basis) == (Grade.GOOD, SECOND_CLASS_DUE, DueBasis.CLASS)
    about = [(one.person, one.activity) for one in course.problems if one.code == "due_of_class"]
    assert ("campus-59", "17") in about


def test_learner_58_who_left_is_withdrawn_of_unknown_class_with_unknown_work(course: Pulled) -> None:
    assert course.memberships(58) == {("learner", None, "withdrawn")}
    assert course.people["campus-60"].name == "胡超"
    assert homework(course, 58) == []
    assert {each.activity for each in course.of(58, Unknown)} == {"17", "18", "19"}
    assert sum(each.duration for each in course.of(58, ReportedTime)) == 124 * MINUTE
    assert len(course.of(58, Post)) == 7


def test_learner_59_who_was_deleted_has_no_name_and_unknown_work_and_time(course: Pulled) -> None:
    assert course.memberships(59) == {("learner", None, "withdrawn")}
    assert course.people["campus-61"].name == ""
    assert {each.activity for each in course.of(59, Unknown)} == {
        *("17", "18", "19"),
        *("1", "4", "7", "10", "13"),
    }
    assert course.of(59, ReportedTime) == []
    assert len(course.of(59, Post)) == 7
    assert "nameless" in course.codes(ProblemKind.NOTICE)
    told = [one for one in course.problems if one.code == "nameless"]
    assert [(one.subject, one.person) for one in told] == [("user 61", "campus-61")], "so it goes with them"


def test_learner_60_is_a_learner_and_a_tutor(course: Pulled) -> None:
    assert course.memberships(60) == {("learner", "二班", "active"), ("tutor", "二班", "active")}


def test_the_tutors_private_replies_are_kept_as_private(course: Pulled) -> None:
    private = [each for each in course.all(Post) if each.state is PostState.PRIVATE]
    assert len(private) == 6
    assert {each.person for each in private} <= {course.account(61), course.account(62)}


def test_everybody_is_known_by_every_exact_account(course: Pulled) -> None:
    assert course.people["campus-3"].accounts == (
        account(course.url, "3"),
        account(course.url, "tea001"),
        mbox("tea001@lc.example"),
        sha1_of("tea001@lc.example"),
        account(course.url, "LC240001"),
    )


def test_lessons_h5p_and_blogs_are_kept(course: Pulled) -> None:
    lesson = sum(each.duration for each in course.of(34, ReportedTime, 24))
    assert round(lesson / MINUTE, 1) == 31.1
    h5p = [each for each in course.all(ReportedTime) if each.activity == "16"]
    assert sorted(each.duration // MINUTE for each in h5p) == [1, 2, 3, 31]
    blogs = [each for each in course.all(Submission) if each.activity == "blog"]
    assert {each.person for each in blogs} == {course.account(each) for each in (2, 12, 42, 52)}


def test_every_module_of_the_course_is_an_activity(course: Pulled) -> None:
    assert len(course.activities) == 28
    assert (course.activities["17"].name, course.activities["17"].kind) == ("课程作业", "assign")
    assert course.activities["blog"].kind == "blog"


def test_an_assignment_has_the_dates_of_who_has_no_others(course: Pulled) -> None:
    homework, forum = course.activities["17"], course.activities["25"]
    assert homework.opens_at is not None
    assert homework.opens_at < FIRST_CLASS_DUE == homework.due_at, "the second class has until later"
    assert (forum.opens_at, forum.due_at, forum.dates_told) == (None, None, True)


def test_journals_diaries_and_videos_are_said_to_be_unreadable(course: Pulled) -> None:
    told = {each.subject for each in course.problems if each.code == "not_readable"}
    assert told == {"3", "6", "9", "12", "15", "20", "21"}
