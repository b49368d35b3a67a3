"""Golden pairs: what recorded answers of a Moodle mean (raw/x.json and expected/x.jsonl)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from adapters.moodle import evidence
from adapters.moodle.evidence import Dates, Mark, Site
from adapters.moodle.payloads import (
    AssignmentRow,
    BlogEntries,
    BlogEntry,
    Discussion,
    Discussions,
    Entries,
    Entry,
    GradeRow,
    H5pAttempts,
    LessonOverview,
    PostRow,
    Posts,
    PreviousAttempt,
    SubmissionRow,
    Tracks,
    User,
    rows_of,
)
from adapters.moodle.roster import Roster, name_of
from adapters.moodle.source import GRADE_WORDS, ROLES
from lms_scoring.domain.errors import MalformedEvidence
from lms_scoring.domain.evidence import DueBasis, Grade, Record
from lms_scoring.files.evidence_file import evidence_lines

FOLDER = Path(__file__).parents[2] / "fixtures" / "moodle"
SITE = Site(name="campus", home="https://moodle.example/")
HOMEWORK = AssignmentRow(id=1, cmid=17, grade=-3, duedate=1_733_068_740)
WORDS = {1: "不合格", 2: "合格", 3: "良好", 4: "优秀"}
DATES = Dates(opens_at=1_729_814_400_000, due_at=1_733_068_740_000)

T = TypeVar("T")


class LastAttempt(msgspec.Struct):
    submission: SubmissionRow


class Feedback(msgspec.Struct):
    grade: GradeRow | None = None


class Status(msgspec.Struct):
    lastattempt: LastAttempt
    feedback: Feedback = msgspec.field(default_factory=Feedback)
    previousattempts: list[PreviousAttempt] = []


def raw(name: str, shape: type[T]) -> T:
    return msgspec.json.decode((FOLDER / "raw" / f"{name}.json").read_bytes(), type=shape, strict=False)


def scorm(sco: int, user: int, activity: str) -> Callable[[str], Iterable[Record]]:
    return lambda name: [
        evidence.scorm_time(SITE, raw(name, Tracks).data, activity=activity, sco=sco, user=user)
    ]


def attempts(name: str) -> Iterable[Record]:
    status = raw(name, Status)
    rows = [(each.submission, each.grade) for each in status.previousattempts]
    for row, grade in [*rows, (status.lastattempt.submission, status.feedback.grade)]:
        assert row is not None
        yield evidence.submission(SITE, row, assignment=HOMEWORK, dates=DATES, mark=marked(grade))


def marked(grade: GradeRow | None, assignment: AssignmentRow = HOMEWORK) -> Mark | None:
    if grade is None:
        return None
    return evidence.mark_of(SITE, grade, assignment=assignment, words=WORDS, grade_words=GRADE_WORDS)


def places(name: str) -> Iterable[Record]:
    return roster(name).memberships(SITE, 2)


def roster(name: str) -> Roster:
    users = {user.id: user for user in raw(name, list[User])}
    return Roster(users=users, withdrawn=frozenset({54}), roles=ROLES)


def posts(name: str) -> Iterable[Record]:
    for row in rows_of(raw(name, Posts).posts, PostRow).good:
        assert row.author.id is not None
        yield evidence.post(SITE, row, forum="25", author=row.author.id)


def topics(name: str) -> Iterable[Record]:
    rows = rows_of(raw(name, Discussions).discussions, Discussion).good
    return [evidence.topic_post(SITE, row, forum="27") for row in rows]


def lesson(name: str) -> Iterable[Record]:
    data = raw(name, LessonOverview).data
    assert data is not None
    for student in data.students:
        for attempt in student.attempts:
            record = evidence.lesson_time(SITE, attempt, activity="24", lesson=1, user=student.id)
            assert record is not None
            yield record


def h5p(name: str) -> Iterable[Record]:
    for user in raw(name, H5pAttempts).usersattempts:
        for attempt in user.attempts:
            yield evidence.h5p_time(SITE, attempt, activity="16", user=user.userid)


def database(name: str) -> Iterable[Record]:
    rows = rows_of(raw(name, Entries).entries, Entry).good
    return [evidence.data_entry(SITE, row, activity="22") for row in rows]


def blog(name: str) -> Iterable[Record]:
    rows = rows_of(raw(name, BlogEntries).entries, BlogEntry).good
    return [evidence.blog_entry(SITE, row) for row in rows]


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


@pytest.mark.parametrize(
    ("user", "name", "accounts"),
    [
        (9, "Aygül Memet", ["9", "tea007", "LC240007"]),
        (21, "John O'Brien", ["21", "tea019", "LC240019"]),
        (46, "阿依古丽·买买提", ["46", "tea044", "LC240044"]),
        (63, "苏建华", ["63", "tutor1", "T1"]),
    ],
)
def test_a_user_is_known_by_name_and_accounts(user: int, name: str, accounts: list[str]) -> None:
    row = roster("enrolled_users").users[user]
    person = evidence.known_person(SITE, row, name=name_of(row))
    assert (person.id, person.name) == (f"campus-{user}", name)
    ours = [each for each in person.accounts if each.startswith("account:")]
    assert ours == [f"account:https://moodle.example|{each}" for each in accounts]
    assert [each.partition(":")[0] for each in person.accounts if each not in ours] == [
        "mbox",
        "mbox_sha1sum",
    ]


def test_a_number_that_is_somebody_elses_user_id_identifies_nobody() -> None:
    user = User(id=7, username="8", idnumber="20240007")
    person = evidence.known_person(SITE, user, name="", other_ids={7, 8, 9})
    assert person.accounts == (
        "account:https://moodle.example|7",
        "account:https://moodle.example|20240007",
    )


@pytest.mark.parametrize(
    ("name", "identifies"),
    [("57", False), ("9999999", False), ("10000000", True), ("057", True), ("tea057", True)],
)
def test_a_number_that_could_be_anybodys_user_id_identifies_nobody(name: str, identifies: bool) -> None:
    """User 57 may be in the course tomorrow, or in another one."""
    own, called = (f"account:https://moodle.example|{text}" for text in ("12", name))
    for user in (User(id=12, username=name), User(id=12, idnumber=name)):
        person = evidence.known_person(SITE, user, name="", other_ids={12})
        assert person.accounts == ((own, called) if identifies else (own,))
        assert person.own == 1


def test_who_is_called_by_the_own_user_id_has_one_account() -> None:
    person = evidence.known_person(SITE, User(id=57, username="57"), name="", other_ids={57})
    assert person.accounts == ("account:https://moodle.example|57",)


@pytest.mark.parametrize(
    ("grade", "maximum", "points"),
    [("76.50000", 100, Fraction(153, 2)), ("0.00000", 100, Fraction(0)), ("0.10000", 5, Fraction(1, 10))],
)
def test_points_are_exact_and_nought_is_a_mark(grade: str, maximum: int, points: Fraction) -> None:
    row = GradeRow(userid=3, attemptnumber=0, timemodified=1, grade=grade, grader=2)
    mark = marked(row, AssignmentRow(id=2, cmid=18, grade=maximum))
    assert mark is not None
    assert (mark.points, mark.max_points, mark.grade) == (points, Fraction(maximum), None)


@pytest.mark.parametrize(("grade", "assignment"), [("-1.00000", -3), ("-1.00000", 100), ("3.00000", 0)])
def test_minus_one_and_assignments_without_marks_mean_no_mark(grade: str, assignment: int) -> None:
    row = GradeRow(userid=3, attemptnumber=0, timemodified=1, grade=grade)
    assert marked(row, AssignmentRow(id=2, cmid=18, grade=assignment)) is None


@pytest.mark.parametrize(
    ("grade", "word", "meaning"),
    [("4.00000", "优秀", Grade.EXCELLENT), ("5.00000", "5.00000", None), ("2.50000", "2.50000", None)],
)
def test_a_mark_on_a_scale_is_the_word_at_its_place(grade: str, word: str, meaning: Grade | None) -> None:
    mark = marked(GradeRow(userid=3, attemptnumber=0, timemodified=1, grade=grade))
    assert mark is not None
    assert (mark.word, mark.grade) == (word, meaning)


@pytest.mark.parametrize(
    "grade", ["-", "", "1/0", "1/2", "1_0", "３", "²", "NaN", "Infinity", "1e999999999", "0e99", "1" * 41]
)
def test_a_mark_that_is_no_number_is_malformed(grade: str) -> None:
    with pytest.raises(MalformedEvidence, match="decimal number"):
        marked(GradeRow(userid=3, attemptnumber=0, timemodified=1, grade=grade))


@pytest.mark.parametrize(
    ("due", "extension", "until"),
    [(100, None, 100), (100, 0, 100), (100, 90, 100), (100, 110, 110), (0, 110, None), (None, None, None)],
)
def test_an_extension_moves_a_deadline_only_later(
    due: int | None, extension: int | None, until: int | None
) -> None:
    dates = evidence.dates_of(0, due, extension, basis=DueBasis.OWN)
    assert dates.due_at == (None if until is None else until * 1000)
    assert dates.opens_at is None


def test_text_is_counted_without_tags() -> None:
    row = msgspec.convert(
        {
            "userid": 3,
            "attemptnumber": 0,
            "status": "submitted",
            "timemodified": 1,
            "plugins": [
                {
                    "type": "onlinetext",
                    "editorfields": [{"name": "onlinetext", "text": "<p>甲 &amp; 乙<br/></p>\n"}],
                },
                {"type": "file"},
            ],
        },
        SubmissionRow,
    )
    record = evidence.submission(SITE, row, assignment=HOMEWORK, dates=DATES, mark=None)
    assert record.characters == len("甲 & 乙")


def test_files_have_no_number_of_characters() -> None:
    row = SubmissionRow(userid=3, attemptnumber=0, status="submitted", timemodified=1)
    record = evidence.submission(SITE, row, assignment=HOMEWORK, dates=DATES, mark=None)
    assert record.characters is None


@pytest.mark.parametrize(
    ("tracks", "reason"),
    [
        ({"total_time": "soon", "x.start.time": "1", "timemodified": "2"}, "no form"),
        ({"total_time": "00:00:01", "x.start.time": "1"}, "timemodified"),
        ({"total_time": "00:00:01", "x.start.time": "3", "timemodified": "2"}, "ended before"),
        ({"total_time": "00:00:01", "x.start.time": "x", "timemodified": "2"}, "x.start.time"),
        ({"total_time": "00:00:01", "timemodified": "9" * 5000}, "timemodified"),
        ({"total_time": "9" * 5000 + ":00:00", "timemodified": "2"}, "no form"),
    ],
)
def test_a_scorm_attempt_that_cannot_be_true_is_malformed(tracks: dict[str, str], reason: str) -> None:
    with pytest.raises(MalformedEvidence, match=reason):
        evidence.scorm_time(SITE, tracked(tracks).data, activity="1", sco=2, user=3)


def test_a_scorm_2004_attempt_without_a_start_is_reckoned_back_from_its_end() -> None:
    tracks = tracked({"cmi.total_time": "PT1H0.5S", "timemodified": "10000"})
    record = evidence.scorm_time(SITE, tracks.data, activity="1", sco=2, user=3)
    assert (record.duration, record.started_at, record.ended_at) == (3_600_500, 6_400_000, 10_000_000)


def tracked(tracks: dict[str, str]) -> Tracks:
    elements = [{"element": name, "value": value} for name, value in tracks.items()]
    return msgspec.convert({"data": {"attempt": 1, "tracks": elements}}, Tracks)
