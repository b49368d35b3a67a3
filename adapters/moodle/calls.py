"""The calls that are made, each with its parameters and the shape of its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from adapters.moodle.functions import Function
from adapters.moodle.payloads.courses import Courses, Section, SiteInfo, Updates
from adapters.moodle.payloads.entries import BlogEntries, Entries
from adapters.moodle.payloads.forums import Discussions, ForumRow, Posts
from adapters.moodle.payloads.hand_ins import (
    Assignments,
    Grades,
    Participant,
    ScaleValue,
    Submissions,
    SubmissionStatus,
    UserFlags,
)
from adapters.moodle.payloads.people import GradableUsers
from adapters.moodle.payloads.reported_times import (
    AttemptCount,
    H5pAttempts,
    LessonOverview,
    LessonTimers,
    Scoes,
    Tracks,
)
from adapters.moodle.web_service import Arguments, Call

_USER_FIELDS = "id,username,firstname,lastname,fullname,email,idnumber,groups,roles"
_BY_CREATION = 4
"""Moodle's number for discussions in the order of their creation, so that a new one shifts no page."""
_LAST_ATTEMPT = 0


def site_info() -> Call[SiteInfo]:
    return Call(Function.SITE_INFO, {}, SiteInfo)


def courses(field: str, value: str) -> Call[Courses]:
    return Call(Function.COURSES_BY_FIELD, {"field": field, "value": value}, Courses)


def contents(course: int) -> Call[list[Section]]:
    return Call(Function.COURSE_CONTENTS, {"courseid": course}, list[Section])


def updates_since(course: int, since: int) -> Call[Updates]:
    return Call(Function.UPDATES_SINCE, {"courseid": course, "since": since}, Updates)


def enrolled_users(course: int, *, start: int, limit: int) -> Call[list[msgspec.Raw]]:
    """One page of the roster; pictures, descriptions and profile fields are left out, they cost most."""
    options: list[Mapping[str, int | str]] = [
        {"name": "userfields", "value": _USER_FIELDS},
        {"name": "limitfrom", "value": start},
        {"name": "limitnumber", "value": limit},
    ]
    arguments: Arguments = {"courseid": course, "options": options}
    return Call(Function.ENROLLED_USERS, arguments, list[msgspec.Raw])


def suspended_users(course: int) -> Call[list[msgspec.Raw]]:
    """Those whose enrolment is suspended."""
    options: list[Mapping[str, int | str]] = [
        {"name": "onlysuspended", "value": 1},
        {"name": "userfields", "value": "id"},
    ]
    return Call(Function.ENROLLED_USERS, {"courseid": course, "options": options}, list[msgspec.Raw])


def gradable_users(course: int) -> Call[GradableUsers]:
    return Call(Function.GRADABLE_USERS, {"courseid": course}, GradableUsers)


def users_by_id(users: Sequence[int]) -> Call[list[msgspec.Raw]]:
    arguments: Arguments = {"field": "id", "values": [str(user) for user in users]}
    return Call(Function.USERS_BY_FIELD, arguments, list[msgspec.Raw])


def assignments(course: int) -> Call[Assignments]:
    """`includenotenrolledcourses` because a service account is not enrolled, and would see none."""
    arguments: Arguments = {"courseids": [course], "includenotenrolledcourses": 1}
    return Call(Function.ASSIGNMENTS, arguments, Assignments)


def submissions(assignment: int) -> Call[Submissions]:
    return Call(Function.SUBMISSIONS, {"assignmentids": [assignment]}, Submissions)


def grades(assignment: int) -> Call[Grades]:
    return Call(Function.GRADES, {"assignmentids": [assignment]}, Grades)


def submissions_since(assignments: Sequence[int], since: int) -> Call[Submissions]:
    """Of everybody's latest attempts those that changed since (seconds)."""
    return Call(Function.SUBMISSIONS, {"assignmentids": list(assignments), "since": since}, Submissions)


def grades_since(assignments: Sequence[int], since: int) -> Call[Grades]:
    """Of everybody's latest marks those that changed since (seconds)."""
    return Call(Function.GRADES, {"assignmentids": list(assignments), "since": since}, Grades)


def user_flags(assignments: Sequence[int]) -> Call[UserFlags]:
    return Call(Function.USER_FLAGS, {"assignmentids": list(assignments)}, UserFlags)


def participant(assignment: int, user: int) -> Call[Participant]:
    return Call(Function.PARTICIPANT, {"assignid": assignment, "userid": user}, Participant)


def submission_status(assignment: int, user: int) -> Call[SubmissionStatus]:
    return Call(Function.SUBMISSION_STATUS, {"assignid": assignment, "userid": user}, SubmissionStatus)


def scale_values(scale: int) -> Call[list[ScaleValue]]:
    return Call(Function.SCALE_VALUES, {"scaleid": scale}, list[ScaleValue])


def forums(course: int) -> Call[list[ForumRow]]:
    return Call(Function.FORUMS, {"courseids": [course]}, list[ForumRow])


def discussions(forum: int, *, page: int, size: int) -> Call[Discussions]:
    arguments: Arguments = {"forumid": forum, "sortorder": _BY_CREATION, "page": page, "perpage": size}
    return Call(Function.DISCUSSIONS, arguments, Discussions)


def discussion_posts(discussion: int) -> Call[Posts]:
    return Call(Function.DISCUSSION_POSTS, {"discussionid": discussion}, Posts)


def scoes(scorm: int) -> Call[Scoes]:
    return Call(Function.SCOES, {"scormid": scorm}, Scoes)


def attempt_count(scorm: int, user: int) -> Call[AttemptCount]:
    return Call(Function.ATTEMPT_COUNT, {"scormid": scorm, "userid": user}, AttemptCount)


def sco_tracks(sco: int, user: int, attempt: int) -> Call[Tracks]:
    """Of one attempt by its number: 0 would mean the last one only."""
    arguments: Arguments = {"scoid": sco, "userid": user, "attempt": attempt}
    return Call(Function.SCO_TRACKS, arguments, Tracks)


def last_attempt(sco: int, user: int) -> Call[Tracks]:
    """Of the last attempt, which the answer names by its number; 1 where there is none."""
    return sco_tracks(sco, user, _LAST_ATTEMPT)


def lesson_overview(lesson: int) -> Call[LessonOverview]:
    return Call(Function.LESSON_OVERVIEW, {"lessonid": lesson}, LessonOverview)


def lesson_timers(lesson: int, user: int) -> Call[LessonTimers]:
    return Call(Function.LESSON_TIMERS, {"lessonid": lesson, "userid": user}, LessonTimers)


def database_entries(database: int) -> Call[Entries]:
    return Call(Function.DATABASE_ENTRIES, {"databaseid": database, "returncontents": 1}, Entries)


def h5p_attempts(h5p: int) -> Call[H5pAttempts]:
    return Call(Function.H5P_ATTEMPTS, {"h5pactivityid": h5p}, H5pAttempts)


def h5p_attempts_of_one(h5p: int) -> Call[H5pAttempts]:
    """Of the first learner alone."""
    return Call(Function.H5P_ATTEMPTS, {"h5pactivityid": h5p, "page": 0, "perpage": 1}, H5pAttempts)


def blog_entries(course: int, *, page: int, size: int) -> Call[BlogEntries]:
    filters: list[Mapping[str, int | str]] = [{"name": "courseid", "value": course}]
    arguments: Arguments = {"filters": filters, "page": page, "perpage": size}
    return Call(Function.BLOG_ENTRIES, arguments, BlogEntries)
