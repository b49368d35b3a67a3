"""Golden pairs: what recorded answers of a Moodle mean (raw/x.json and expected/x.jsonl)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec
import pytest

from adapters.moodle.evidence.entries import blog_entry, data_entry
from adapters.moodle.evidence.forums import post, topic_post
from adapters.moodle.evidence.hand_ins import submission
from adapters.moodle.evidence.reported_times import h5p_time, lesson_time, scorm_time
from adapters.moodle.payloads.entries import BlogEntries, BlogEntry, Entries, Entry
from adapters.moodle.payloads.forums import Discussion, Discussions, PostRow, Posts
from adapters.moodle.payloads.hand_ins import GradeRow, PreviousAttempt, SubmissionRow
from adapters.moodle.payloads.reported_times import H5pAttempts, LessonOverview, Tracks
from adapters.moodle.payloads.rows import rows_of
from lms_scoring.domain.evidence import Record
from lms_scoring.files.evidence_file import evidence_lines
from tests.unit.adapters.moodle.recorded import DATES, FOLDER, HOMEWORK, SITE, marked, raw, roster


class LastAttempt(msgspec.Struct):
    submission: SubmissionRow


class Feedback(msgspec.Struct):
    grade: GradeRow | None = None


class Status(msgspec.Struct):
    lastattempt: LastAttempt
    feedback: Feedback = msgspec.field(default_factory=Feedback)
    previousattempts: list[PreviousAttempt] = []


def scorm(sco: int, user: int, activity: str) -> Callable[[str], Iterable[Record]]:
    return lambda name: [scorm_time(SITE, raw(name, Tracks).data, activity=activity, sco=sco, user=user)]


def attempts(name: str) -> Iterable[Record]:
    status = raw(name, Status)
    rows = [(each.submission, each.grade) for each in status.previousattempts]
    for row, grade in [*rows, (status.lastattempt.submission, status.feedback.grade)]:
        assert row is not None
        yield submission(SITE, row, assignment=HOMEWORK, dates=DATES, mark=marked(grade))


def places(name: str) -> Iterable[Record]:
    return roster(name).memberships(SITE, 2)


def posts(name: str) -> Iterable[Record]:
    for row in rows_of(raw(name, Posts).posts, PostRow).good:
        assert row.author.id is not None
        yield post(SITE, row, forum="25", author=row.author.id)


def topics(name: str) -> Iterable[Record]:
    rows = rows_of(raw(name, Discussions).discussions, Discussion).good
    return [topic_post(SITE, row, forum="27") for row in rows]


def lesson(name: str) -> Iterable[Record]:
    data = raw(name, LessonOverview).data
    assert data is not None
    for student in data.students:
        for attempt in student.attempts:
            record = lesson_time(SITE, attempt, activity="24", lesson=1, user=student.id)
            assert record is not None
            yield record


def h5p(name: str) -> Iterable[Record]:
    for user in raw(name, H5pAttempts).usersattempts:
        for attempt in user.attempts:
            yield h5p_time(SITE, attempt, activity="16", user=user.userid)


def database(name: str) -> Iterable[Record]:
    rows = rows_of(raw(name, Entries).entries, Entry).good
    return [data_entry(SITE, row, activity="22") for row in rows]


def blog(name: str) -> Iterable[Record]:
    rows = rows_of(raw(name, BlogEntries).entries, BlogEntry).good
    return [blog_entry(SITE, row) for row in rows]


PAIRS: dict[str, Callable[[str], Iterable[Record]]] = {
    "scorm_1": scorm(2, 3, "1"),
    "scorm_3_first_attempt": scorm(2, 5, "1"),
    "scorm_7_left_open": scorm(4, 9, "4"),
    "scorm_9_four_digits": scorm(2, 11, "1"),
    "submission_handed_in": attempts,
    "submission_draft": attempts,
    "submission_reopened": attempts,
    "submission_second_attempt": attempts,
    "submission_locked": attempts,
    "enrolled_users": places,
    "posts_erased_reply": posts,
    "posts_deleted_author": posts,
    "posts_private_reply": posts,
    "topics": topics,
    "lesson": lesson,
    "h5p": h5p,
    "database": database,
    "blog": blog,
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_recorded_answer_means_these_records(name: str) -> None:
    expected = (FOLDER / "expected" / f"{name}.jsonl").read_bytes()
    assert b"".join(evidence_lines(PAIRS[name](name))).decode() == expected.decode()


def test_every_recorded_answer_has_its_pair() -> None:
    assert {path.stem for path in (FOLDER / "raw").iterdir()} == set(PAIRS)
