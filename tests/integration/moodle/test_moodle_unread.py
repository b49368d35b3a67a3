"""What is there and cannot be read is unknown on the card of the person whose it is, and stays as stored."""

from __future__ import annotations

from typing import Any

import pytest

from lms_scoring.demonstration.running import RunningMoodle
from lms_scoring.domain.evidence import Post, ReportedTime, Submission, Unknown
from lms_scoring.domain.unread import Unread
from lms_scoring.ports import Problem, ProblemKind

from .pulled import Pulled, edited_source, pulled, source_of

NO_PERMISSION = {"exception": "moodle_exception", "errorcode": "nopermission", "message": ""}
LEARNER_1 = 3
"""The user id of learner 1."""


def coded(pull: Pulled, code: str) -> list[Problem]:
    return [problem for problem in pull.problems if problem.code == code]


def scopes(pull: Pulled, activity: str) -> list[str]:
    return sorted(scope.kind for scope in pull.whole if scope.activity == activity)


def refused_to(answer: Any) -> Any:
    """The tracks of learner 1 are refused, everybody else's come."""
    mine = {"element": "x.start.time", "value": "1732169047"} in answer["data"]["tracks"]
    return NO_PERMISSION if mine else answer


def test_an_attempt_whose_tracks_are_refused_is_unknown(recorded: RunningMoodle, course: Pulled) -> None:
    pull = pulled(edited_source(recorded, SCO_TRACKS=refused_to), recorded)
    assert len(course.of(1, ReportedTime, 1)) == 1
    assert pull.of(1, ReportedTime, 1) == []
    [unknown] = pull.of(1, Unknown, 1)
    assert unknown.reason == Unread.ATTEMPT_REFUSED
    told = {(each.kind, each.subject): each.text for each in coded(pull, "attempt_refused")}
    assert "Moodle refused to give it (attempt 1)" in told[ProblemKind.UNKNOWN, unknown.id]
    tracks = [each for each in coded(pull, "call_refused") if each.subject.startswith("scorm-")]
    assert {(each.person, each.activity) for each in tracks} == {("campus-3", "1")}
    assert scopes(pull, "1") == [], "what was stored before stays"


def test_an_attempt_of_which_one_part_is_refused_is_unknown_beside_the_other(
    recorded: RunningMoodle, course: Pulled
) -> None:
    def second_part(answer: Any) -> Any:
        part = {"element": "scoid", "value": "11"} in answer["data"]["tracks"]
        return NO_PERMISSION if part else answer

    pull = pulled(edited_source(recorded, SCO_TRACKS=second_part), recorded)
    mine = next(n for n in range(1, 60) if len(course.of(n, ReportedTime, 13)) == 2)
    assert len(pull.of(mine, ReportedTime, 13)) == 1
    assert len(pull.of(mine, Unknown, 13)) == 1


def test_where_the_parts_of_a_package_are_refused_who_began_it_is_unknown(
    recorded: RunningMoodle, course: Pulled
) -> None:
    pull = pulled(edited_source(recorded, SCOES=lambda _: NO_PERMISSION), recorded)
    assert len(pull.of(1, Unknown, 1)) == 1
    assert pull.of(13, Unknown, 1) == [], "learner 13 began nothing"
    assert scopes(pull, "1") == []


def test_tracks_that_can_be_read_again_end_the_unknown(recorded: RunningMoodle, course: Pulled) -> None:
    first = pulled(edited_source(recorded, SCO_TRACKS=refused_to), recorded)
    second = pulled(source_of(recorded), recorded, cursor=first.cursor)
    assert second.of(1, Unknown, 1) == []
    assert second.of(1, ReportedTime, 1) == course.of(1, ReportedTime, 1)
    assert scopes(second, "1") == ["reported_time", "unknown"]


def broken(rows: Any, field: str, *, owner: int = LEARNER_1) -> Any:
    return [{**row, field: "?"} if row["userid"] == owner else row for row in rows]


def in_assignments(rows: str, field: str, value: Any = "?") -> Any:
    def edit(answer: Any) -> Any:
        for part in answer["assignments"]:
            for row in part[rows]:
                if row["userid"] == LEARNER_1:
                    row[field] = value
        return answer

    return edit


def test_a_hand_in_that_is_set_aside_is_unknown(recorded: RunningMoodle) -> None:
    source = edited_source(recorded, SUBMISSIONS=in_assignments("submissions", "timemodified"))
    pull = pulled(source, recorded)
    assert pull.of(1, Submission, 17) == []
    [unknown] = pull.of(1, Unknown, 17)
    assert unknown.reason == Unread.EVIDENCE_UNREADABLE
    [told] = [each for each in pull.problems if each.subject == unknown.id]
    assert told.code == "evidence_unreadable", "and not that the learner left the course"
    assert told.text.startswith("A row of the hand-ins has not the shape that is known")
    assert scopes(pull, "17") == []


@pytest.mark.parametrize("grade", ["1/0", "1e999999999", "3_0", "²", "NaN", "-"])
def test_a_mark_that_is_no_number_is_set_aside_and_the_hand_in_stays_as_it_was(
    recorded: RunningMoodle, grade: str
) -> None:
    pull = pulled(edited_source(recorded, GRADES=in_assignments("grades", "grade", grade)), recorded)
    assert pull.of(1, Submission, 17) == [], "without its mark it would count as unmarked"
    [unknown] = pull.of(1, Unknown, 17)
    assert unknown.reason == Unread.MARK_UNREADABLE
    [bad] = [each for each in coded(pull, "mark_unreadable") if each.subject == "assign-1-3-0"]
    assert (bad.kind, bad.person, bad.activity) == (ProblemKind.REFUSED, "campus-3", "17")
    assert bad.raw is not None
    assert grade in bad.raw.decode()
    assert scopes(pull, "17") == []
    assert len(pull.of(2, Submission, 17)) == 1


@pytest.mark.parametrize("grade", ["", None])
def test_a_comment_without_a_mark_leaves_the_work_unmarked(
    recorded: RunningMoodle, grade: str | None
) -> None:
    """A tutor who comments and leaves the mark empty makes Moodle keep none, not -1."""
    pull = pulled(edited_source(recorded, GRADES=in_assignments("grades", "grade", grade)), recorded)
    [work] = pull.of(1, Submission, 17)
    assert (work.grade, work.points, work.graded_at) == (None, None, None)
    assert pull.of(1, Unknown, 17) == []
    assert scopes(pull, "17") == ["submission", "unknown"]


def test_a_row_of_the_marks_that_is_set_aside_is_no_missing_mark(recorded: RunningMoodle) -> None:
    source = edited_source(recorded, GRADES=in_assignments("grades", "timemodified"))
    pull = pulled(source, recorded)
    assert pull.of(1, Submission, 17) == []
    assert len(pull.of(1, Unknown, 17)) == 1
    assert len(pull.of(2, Submission, 17)) == 1


def test_where_the_marks_are_refused_nobodys_work_counts_as_unmarked(recorded: RunningMoodle) -> None:
    pull = pulled(edited_source(recorded, GRADES=lambda _: NO_PERMISSION), recorded)
    assert pull.of(1, Submission, 17) == []
    assert len(pull.of(1, Unknown, 17)) == 1
    assert len(pull.of(10, Submission, 17)) == 1, "a draft has no mark"


def test_earlier_attempts_that_are_refused_are_unknown(recorded: RunningMoodle) -> None:
    pull = pulled(edited_source(recorded, SUBMISSION_STATUS=lambda _: NO_PERMISSION), recorded)
    assert [each.attempt for each in pull.of(20, Submission, 17)] == [1]
    [unknown] = pull.of(20, Unknown, 17)
    assert unknown.reason == Unread.EARLIER_ATTEMPTS


def test_a_topic_that_is_set_aside_is_unknown(recorded: RunningMoodle) -> None:
    def edit(answer: Any) -> Any:
        return {**answer, "discussions": broken(answer["discussions"], "created")}

    pull = pulled(edited_source(recorded, DISCUSSIONS=edit), recorded)
    assert len(pull.of(1, Unknown, 25)) == 1
    assert scopes(pull, "25") == []


def test_a_post_that_is_set_aside_is_unknown_until_it_can_be_read(
    recorded: RunningMoodle, course: Pulled
) -> None:
    def edit(answer: Any) -> Any:
        posts = [
            {**each, "timecreated": "?"} if each["author"]["id"] == LEARNER_1 else each
            for each in answer["posts"]
        ]
        return {**answer, "posts": posts}

    first = pulled(edited_source(recorded, DISCUSSION_POSTS=edit), recorded)
    [unknown] = first.of(1, Unknown, 25)
    assert unknown.reason == Unread.EVIDENCE_UNREADABLE
    second = pulled(source_of(recorded), recorded, cursor=first.cursor)
    assert second.of(1, Unknown, 25) == []
    assert len(second.of(1, Post, 25)) == len(course.of(1, Post, 25))
    assert scopes(second, "25") == ["post", "unknown"]


def test_a_topic_whose_posts_are_refused_is_unknown(recorded: RunningMoodle, course: Pulled) -> None:
    pull = pulled(edited_source(recorded, DISCUSSION_POSTS=lambda _: NO_PERMISSION), recorded)
    topics = [each for each in course.of(1, Post, 25) if each.parent is None]
    replied = {each.parent for each in course.all(Post)}
    assert any(topic.id in replied for topic in topics)
    assert len(pull.of(1, Unknown, 25)) == 1


def test_entries_of_a_database_and_the_blog_that_are_set_aside_are_unknown(
    recorded: RunningMoodle, course: Pulled
) -> None:
    def entries(field: str) -> Any:
        return lambda answer: {
            **answer,
            "entries": [{**each, field: "?"} for each in answer["entries"]],
        }

    source = edited_source(recorded, DATABASE_ENTRIES=entries("timecreated"), BLOG_ENTRIES=entries("created"))
    pull = pulled(source, recorded)
    for activity in ("22", "blog"):
        owners = {each.person for each in course.all(Submission) if each.activity == activity}
        assert owners
        assert {each.person for each in pull.all(Unknown) if each.activity == activity} == owners
        assert scopes(pull, activity) == [], "what was stored before stays"
        assert scopes(course, activity) == ["submission", "unknown"]
