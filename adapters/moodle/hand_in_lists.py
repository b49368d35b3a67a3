"""The lists of one assignment: everybody's latest attempts and marks, and the words of its scale."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.moodle import calls
from adapters.moodle.client import Reply
from adapters.moodle.functions import Function
from adapters.moodle.payloads.hand_ins import (
    AssignmentRow,
    GradeRow,
    Grades,
    ScaleValue,
    SubmissionRow,
    Submissions,
)
from adapters.moodle.payloads.rows import rows_of
from adapters.moodle.problems import Named, by_attempt, data_loss, lost, refused
from adapters.moodle.pull import Findings, known_owners
from adapters.moodle.web_service import Call
from lms_scoring.domain.errors import PlatformError
from lms_scoring.ports import Problem

_RELEASED = "released"
"""The state of a marking workflow in which learners see their marks."""


@dataclass(frozen=True, slots=True)
class HandInLists:
    """Everybody's latest attempt and mark in one assignment; `words` are those of its scale, `hidden` who
    has a hand-in that could not be read, `markless` who has none or some whose mark could not be."""

    assignment: AssignmentRow
    rows: Sequence[SubmissionRow]
    grades: Mapping[tuple[int, int], GradeRow]
    words: Mapping[int, str]
    hidden: frozenset[int]
    markless: frozenset[int]

    def mark_is_lost(self, row: SubmissionRow) -> bool:
        """Whether nobody can say that this work is unmarked."""
        return row.userid in self.markless and (row.userid, row.attemptnumber) not in self.grades

    def mark_is_held(self, row: SubmissionRow) -> bool:
        """Whether the work has a mark that its learner is not to know yet: it is not in the gradebook either,
        and may become another."""
        mark, assignment = self.grades.get((row.userid, row.attemptnumber)), self.assignment
        in_steps = assignment.markingworkflow and row.gradingstatus not in (None, "", _RELEASED)
        return (in_steps or assignment.is_blind) and mark is not None and (mark.grade or "-")[0] != "-"


def list_calls(assignment: AssignmentRow) -> Iterator[Call[Any]]:
    """Those by which `read_lists` begins."""
    yield calls.submissions(assignment.id)
    yield calls.grades(assignment.id)
    if assignment.grade < 0:
        yield calls.scale_values(-assignment.grade)


def told_rows(told: Submissions) -> list[SubmissionRow]:
    """The hand-ins of persons that can be read."""
    rows = (row for part in told.assignments for row in rows_of(part.submissions, SubmissionRow).good)
    return [row for row in rows if row.userid > 0]


def read_lists(findings: Findings, assignment: AssignmentRow) -> HandInLists:
    """Asks for them, and says what is missing."""
    client = findings.pull.client
    submissions = client.later(calls.submissions(assignment.id))
    grades = client.later(calls.grades(assignment.id))
    scale = client.later(calls.scale_values(-assignment.grade)) if assignment.grade < 0 else None
    client.send()
    named = by_attempt(assignment.id)
    rows, hidden = _submission_rows(findings, submissions, named)
    marks, markless = _grade_rows(findings, grades, named)
    findings.damaged(_foreign(findings, rows))
    persons = [row for row in rows if row.userid > 0]
    if markless is None:
        markless = frozenset(row.userid for row in persons if row.status == "submitted")
    return HandInLists(
        assignment=assignment,
        rows=persons,
        grades={(mark.userid, mark.attemptnumber): mark for mark in marks},
        words=_words(findings, scale, assignment, marks),
        hidden=hidden,
        markless=markless,
    )


def _submission_rows(
    findings: Findings, reply: Reply[Submissions], named: Named
) -> tuple[list[SubmissionRow], frozenset[int]]:
    """The rows, and whose were set aside."""
    rows: list[SubmissionRow] = []
    bad: list[bytes] = []
    try:
        for part in reply.value.assignments:
            read = rows_of(part.submissions, SubmissionRow)
            rows += read.good
            bad += read.bad
        warnings = reply.value.warnings
        findings.set_aside("the hand-ins", bad, named)
        findings.damaged(
            data_loss("hand-ins", warnings, subject=findings.subject, function=Function.SUBMISSIONS)
        )
    except PlatformError as error:
        findings.damaged([refused("The hand-ins", error, subject=findings.subject)])
    return rows, frozenset(known_owners(findings.pull, bad))


def _grade_rows(
    findings: Findings, reply: Reply[Grades], named: Named
) -> tuple[list[GradeRow], frozenset[int] | None]:
    """The rows, and whose were set aside; None where nobody's can be relied on."""
    marks: list[GradeRow] = []
    bad: list[bytes] = []
    subject = findings.subject
    try:
        for part in reply.value.assignments:
            read = rows_of(part.grades, GradeRow)
            marks += read.good
            bad += read.bad
        findings.set_aside("the marks", bad, named)
        missing = data_loss("marks", reply.value.warnings, subject=subject, function=Function.GRADES)
    except PlatformError as error:
        missing = [refused("The marks", error, subject=subject)]
    findings.damaged(missing)
    return marks, None if missing else frozenset(known_owners(findings.pull, bad))


def _foreign(findings: Findings, rows: Sequence[SubmissionRow]) -> list[Problem]:
    """Moodle lists the hand-ins of enrolled people only: owners whom the roster lacks mean a thin roster."""
    pull = findings.pull
    problems = []
    if any(row.userid <= 0 for row in rows):
        text = f"Hand-ins of whole groups in activity {findings.cmid} belong to nobody and were not read"
        problems.append(lost("team_submission", text, subject=findings.subject))
    missing = sum(row.userid > 0 and row.userid not in pull.roster.users for row in rows)
    if missing:
        pull.notes.roster_incomplete = True
        text = (
            f"{missing} people have hand-ins in activity {findings.cmid} and are not in the list of enrolled "
            "people, so that list is not complete. Probably the service account's role lacks "
            "moodle/site:accessallgroups or moodle/user:viewdetails in the course"
        )
        problems.append(lost("roster_incomplete", text, subject=findings.subject))
    return problems


def _words(
    findings: Findings,
    scale: Reply[list[ScaleValue]] | None,
    assignment: AssignmentRow,
    marks: Sequence[GradeRow],
) -> dict[int, str]:
    """The words of the scale by their places; where Moodle does not list them, as it shows them to somebody
    for each place that was given."""
    if scale is None:
        return {}
    if scale.error is None:
        return {value.id: value.name.strip() for value in scale.value}
    client, roster = findings.pull.client, findings.pull.roster
    somebody = {_place(mark): mark.userid for mark in marks if mark.userid in roster.users}
    shown = {
        place: client.later(calls.submission_status(assignment.id, user))
        for place, user in somebody.items()
        if place > 0
    }
    client.send()
    words = {
        place: html.unescape(reply.value.feedback.gradefordisplay or "").strip()
        for place, reply in shown.items()
        if reply.error is None and reply.value.feedback is not None
    }
    if not words and shown:
        findings.damaged([refused("The words of the scale", scale.error, subject=findings.subject)])
    return words


def _place(mark: GradeRow) -> int:
    whole, _, rest = (mark.grade or "").partition(".")
    fits = whole.isascii() and whole.isdigit() and len(whole) < 10
    return int(whole) if fits and not rest.strip("0") else 0
