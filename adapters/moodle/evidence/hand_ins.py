"""Attempts and their marks into hand-ins, with the dates of each learner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from adapters.moodle.evidence.characters import characters_in
from adapters.moodle.evidence.site import Site
from adapters.moodle.payloads.hand_ins import AssignmentRow, GradeRow, SubmissionRow
from lms_scoring.domain.errors import MalformedEvidence
from lms_scoring.domain.evidence import DueBasis, Grade, Submission, SubmissionState
from lms_scoring.domain.instants import SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """From when to when one person may hand in (None: no limit), and how that is known."""

    opens_at: int | None
    due_at: int | None
    basis: DueBasis = DueBasis.OWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A mark: a grade word, or points of a maximum. `word` is the scale's word, or place, as it stood."""

    grade: Grade | None
    points: Fraction | None
    max_points: Fraction | None
    word: str | None
    at: int
    by: str | None

    @property
    def is_understood(self) -> bool:
        """Whether it is known what it is worth."""
        return self.grade is not None or self.points is not None


def submission(
    site: Site, row: SubmissionRow, *, assignment: AssignmentRow, dates: Dates, mark: Mark | None
) -> Submission:
    """One attempt; Moodle moves its `timemodified` when it is handed in, and nothing else tells when."""
    state = SubmissionState.SUBMITTED if row.status == "submitted" else SubmissionState.DRAFT
    return Submission(
        id=f"assign-{assignment.id}-{row.userid}-{row.attemptnumber}",
        person=site.account(row.userid),
        task=None,
        activity=str(assignment.cmid),
        attempt=row.attemptnumber,
        state=state,
        submitted_at=row.timemodified * SECOND if state is SubmissionState.SUBMITTED else None,
        opens_at=dates.opens_at,
        due_at=dates.due_at,
        grade=None if mark is None else mark.grade,
        points=None if mark is None else mark.points,
        max_points=None if mark is None else mark.max_points,
        graded_at=None if mark is None else mark.at,
        graded_by=None if mark is None else mark.by,
        characters=_characters(row),
        due_basis=dates.basis,
        source=site.name,
    )


def mark_of(
    site: Site,
    row: GradeRow,
    *,
    assignment: AssignmentRow,
    words: Mapping[int, str],
    grade_words: Mapping[str, Grade],
) -> Mark | None:
    """The mark of a row; None where there is none (-1, empty, or an assignment without marks).

    words: the scale's words by their 1-based place. Raises MalformedEvidence for a mark that is no number.
    """
    if not row.grade or assignment.grade == 0:
        return None
    value = _exact(row.grade)
    if value < 0:
        return None
    at, by = row.timemodified * SECOND, site.account(row.grader) if row.grader > 0 else None
    if assignment.grade > 0:
        maximum = Fraction(assignment.grade)
        return Mark(grade=None, points=value, max_points=maximum, word=None, at=at, by=by)
    word = words.get(int(value), row.grade) if value.denominator == 1 else row.grade
    return Mark(grade=grade_words.get(word), points=None, max_points=None, word=word, at=at, by=by)


def dates_of(opens: int | None, due: int | None, extension: int | None, *, basis: DueBasis) -> Dates:
    """The dates in seconds as Moodle has them, where 0 is none; an extension moves the deadline later."""
    until = None if not due else max(due, extension or 0)
    return Dates(
        opens_at=None if not opens else opens * SECOND,
        due_at=None if until is None else until * SECOND,
        basis=basis,
    )


def general_dates(assignment: AssignmentRow) -> Dates:
    """The dates of everybody to whom no others were given."""
    return dates_of(assignment.allowsubmissionsfromdate, assignment.duedate, None, basis=DueBasis.ASSIGNMENT)


_LONGEST_NUMBER = 40


def _exact(text: str) -> Fraction:
    """From the decimal text: a mark never passes through a binary number, and its size has bounds."""
    try:
        plain = len(text) <= _LONGEST_NUMBER and text.isascii() and "_" not in text
        number = Decimal(text if plain else "NaN")
    except InvalidOperation as error:
        raise MalformedEvidence("grade is not a decimal number") from error
    if not number.is_finite() or abs(number.adjusted()) > _LONGEST_NUMBER:
        raise MalformedEvidence("grade is not a decimal number one can mark with")
    return Fraction(number)


def _characters(row: SubmissionRow) -> int | None:
    texts = [
        field.text or ""
        for plugin in row.plugins
        if plugin.type == "onlinetext"
        for field in plugin.editorfields
    ]
    return sum(map(characters_in, texts)) if texts else None
