"""Hand-ins of a Moodle: their marks, their dates and how long they are."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest

from adapters.moodle.evidence.hand_ins import dates_of, submission
from adapters.moodle.payloads.hand_ins import AssignmentRow, GradeRow, SubmissionRow
from lms_scoring.domain.errors import MalformedEvidence
from lms_scoring.domain.evidence import DueBasis, Grade
from tests.unit.adapters.moodle.recorded import DATES, HOMEWORK, SITE, marked


@pytest.mark.parametrize(
    ("grade", "maximum", "points"),
    [("76.50000", 100, Fraction(153, 2)), ("0.00000", 100, Fraction(0)), ("0.10000", 5, Fraction(1, 10))],
)
def test_points_are_exact_and_nought_is_a_mark(grade: str, maximum: int, points: Fraction) -> None:
    row = GradeRow(userid=3, attemptnumber=0, timemodified=1, grade=grade, grader=2)
    mark = marked(row, AssignmentRow(id=2, cmid=18, grade=maximum))
    assert mark is not None
    assert (mark.points, mark.max_points, mark.grade) == (points, Fraction(maximum), None)


@pytest.mark.parametrize(
    ("grade", "assignment"),
    [("-1.00000", -3), ("-1.00000", 100), ("3.00000", 0), ("", -3), ("", 100), (None, 100)],
)
def test_minus_one_nothing_and_assignments_without_marks_mean_no_mark(
    grade: str | None, assignment: int
) -> None:
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
    "grade", ["-", "1/0", "1/2", "1_0", "３", "²", "NaN", "Infinity", "1e999999999", "0e99", "1" * 41]
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
    dates = dates_of(0, due, extension, basis=DueBasis.OWN)
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
    record = submission(SITE, row, assignment=HOMEWORK, dates=DATES, mark=None)
    assert record.characters == len("甲 & 乙")


def test_files_have_no_number_of_characters() -> None:
    row = SubmissionRow(userid=3, attemptnumber=0, status="submitted", timemodified=1)
    record = submission(SITE, row, assignment=HOMEWORK, dates=DATES, mark=None)
    assert record.characters is None
