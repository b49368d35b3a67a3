"""The hand-ins of one assignment: everybody's attempts, their marks, and each learner's own deadline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec

from adapters.moodle import calls
from adapters.moodle.client import Foreseen, Reply
from adapters.moodle.cursor import packed_dates
from adapters.moodle.deadlines import (
    Deadlines,
    ask_dates,
    borrowed,
    missing_dates,
    told_dates,
    with_extensions,
)
from adapters.moodle.evidence.hand_ins import Mark, general_dates, mark_of, submission
from adapters.moodle.evidence.site import unreadable, unreadable_id
from adapters.moodle.hand_in_lists import HandInLists, list_calls, read_lists, told_rows
from adapters.moodle.payloads.hand_ins import (
    AssignmentRow,
    GradeRow,
    SubmissionRow,
    SubmissionStatus,
)
from adapters.moodle.problems import lost, notice, refused, unknown
from adapters.moodle.pull import Findings, Pull
from adapters.moodle.texts import text_of_work
from lms_scoring.domain.errors import MalformedEvidence, PlatformError
from lms_scoring.domain.evidence import DueBasis, Submission
from lms_scoring.domain.unread import Unread
from lms_scoring.ports import Batch, Problem, ProblemKind

_HAND_IN_MISSING = (
    "There is a mark of somebody in the course, and Moodle gives no hand-in: either nothing was handed in "
    "and it was marked all the same, or the hand-in is hidden from the service account"
)
_MARK_UNREADABLE = "There is a hand-in whose mark could not be read"
_EARLIER_UNREADABLE = "There are earlier attempts that could not be read"


def read_hand_ins(pull: Pull, assignment: AssignmentRow, extensions: Mapping[int, int] | None) -> Batch:
    """All attempts of everybody in one assignment; `extensions` until when (seconds) by person, None
    where they are to be asked for one by one."""
    findings = Findings(pull, assignment.cmid)
    if assignment.teamsubmission:
        _note_team(findings, assignment)
        return findings.batch()
    lists = read_lists(findings, assignment)
    dates = ask_dates(pull.client, assignment, _asked_of(pull, lists.rows))
    statuses = {
        row.userid: pull.client.later(calls.submission_status(assignment.id, row.userid))
        for row in lists.rows
        if _has_earlier(row)
    }
    pull.client.send()
    deadlines = told_dates(
        dates,
        assignment=assignment,
        roster=pull.roster,
        states={row.userid: row.status for row in lists.rows},
        extensions=extensions or {},
    )
    if extensions is None:
        deadlines = with_extensions(findings, lists.rows, deadlines)
    findings.damaged(missing_dates(dates, assignment=assignment))
    for row in lists.rows:
        _keep(findings, row, lists, deadlines)
        if row.userid in statuses:
            _keep_earlier(findings, row, statuses[row.userid], lists, deadlines)
    _note_dates(findings, deadlines)
    _note_unreadable(findings, lists)
    _note_held(findings, lists)
    pull.finished(assignment.cmid, "submission", "unknown")
    return findings.batch()


def foreseen(pull: Pull, assignment: AssignmentRow) -> Foreseen:
    """What `read_hand_ins` begins with; own dates as if extensions were told."""
    if assignment.teamsubmission:
        return
    submissions, *_ = yield list(list_calls(assignment))
    rows = [] if submissions.error is not None else told_rows(submissions.value)
    yield [
        *(calls.participant(assignment.id, user) for user in _asked_of(pull, rows)),
        *(calls.submission_status(assignment.id, row.userid) for row in rows if _has_earlier(row)),
    ]


def _has_earlier(row: SubmissionRow) -> bool:
    """Whether there may be attempts before it, which no list has."""
    return row.attemptnumber > 0 or row.status == "reopened"


def _asked_of(pull: Pull, rows: Sequence[SubmissionRow]) -> list[int]:
    """Of whom dates can be had: Moodle refuses them for suspended people."""
    users = dict.fromkeys(row.userid for row in rows)
    return [user for user in users if user in pull.roster.users and user not in pull.roster.withdrawn]


def _keep(findings: Findings, row: SubmissionRow, lists: HandInLists, deadlines: Deadlines) -> None:
    dates = deadlines.of(row.userid)
    if dates.basis is not DueBasis.OWN:
        findings.problems.append(
            findings.about(row.userid, borrowed(lists.assignment, row.userid, dates.basis))
        )
    findings.pull.knows(row.userid)
    if lists.mark_is_lost(row):
        findings.unknown(row.userid, Unread.MARK_UNREADABLE, _MARK_UNREADABLE)
    else:
        grade = None if lists.mark_is_held(row) else lists.grades.get((row.userid, row.attemptnumber))
        _write(findings, row, grade, lists, deadlines)


def _write(
    findings: Findings, row: SubmissionRow, grade: GradeRow | None, lists: HandInLists, deadlines: Deadlines
) -> None:
    """An attempt with its mark. Where that cannot be read, what was stored stays: to write the attempt
    without a mark would say that it is unmarked."""
    try:
        mark = _mark(findings, grade, lists)
    except MalformedEvidence as error:
        problem = _bad_mark(lists.assignment, row, grade, error)
        findings.damaged([findings.about(row.userid, problem)])
        findings.unknown(row.userid, Unread.MARK_UNREADABLE, _MARK_UNREADABLE)
        return
    dates, site = deadlines.of(row.userid), findings.pull.site
    work = submission(site, row, assignment=lists.assignment, dates=dates, mark=mark)
    mark_is_guess = mark is not None and not mark.is_understood
    findings.keep(work, replace(deadlines.guess_at(row.userid), mark=mark_is_guess))
    text = text_of_work(row, work)
    if text is not None:
        findings.texts.append(text)


def _keep_earlier(
    findings: Findings,
    row: SubmissionRow,
    status: Reply[SubmissionStatus],
    lists: HandInLists,
    deadlines: Deadlines,
) -> None:
    user = row.userid
    try:
        earlier = [each for each in status.value.previousattempts if each.attemptnumber < row.attemptnumber]
    except PlatformError as error:
        findings.damaged([refused("Earlier attempts", error, subject=findings.subject)])
        if row.attemptnumber > 0:
            findings.unknown(user, Unread.EARLIER_ATTEMPTS, _EARLIER_UNREADABLE)
        return
    for each in earlier:
        if each.submission is not None:
            grade = None if lists.assignment.is_blind else each.grade
            _write(findings, each.submission, grade, lists, deadlines)
    read = {each.attemptnumber for each in earlier if each.submission is not None}
    missing = sorted(set(range(row.attemptnumber)) - read)
    if missing:
        text = f"Moodle did not give earlier attempts {missing} of a learner in activity {findings.cmid}"
        problem = lost("earlier_attempts", text, subject=f"assign-{lists.assignment.id}-{user}")
        findings.damaged([findings.about(user, problem)])
        findings.unknown(user, Unread.EARLIER_ATTEMPTS, _EARLIER_UNREADABLE)


def _mark(findings: Findings, row: GradeRow | None, lists: HandInLists) -> Mark | None:
    """The mark of a row. Raises MalformedEvidence where it is no number."""
    if row is None:
        return None
    pull = findings.pull
    mark = mark_of(
        pull.site, row, assignment=lists.assignment, words=lists.words, grade_words=pull.grade_words
    )
    if mark is not None and not mark.is_understood:
        text = (
            f"The mark {mark.word!r} is none of the grade words that the settings know. The last mark that "
            "was understood stays; without one the work counts as unmarked. Name the word under `grades` "
            "in the course file"
        )
        subject = f"assign-{lists.assignment.id}-{row.userid}-{row.attemptnumber}"
        problem = lost("grade_word_unknown", text, subject=subject)
        findings.damaged([findings.about(row.userid, problem)])
    return mark


def _bad_mark(
    assignment: AssignmentRow, row: SubmissionRow, grade: GradeRow | None, error: MalformedEvidence
) -> Problem:
    work = f"assign-{assignment.id}-{row.userid}-{row.attemptnumber}"
    return Problem(
        kind=ProblemKind.REFUSED,
        code="mark_unreadable",
        text=f"A mark cannot be read and was set aside: {error}. Mark the work anew in Moodle",
        subject=work,
        raw=msgspec.json.encode(grade),
        place=str(assignment.cmid),
        record=work,
    )


def _note_dates(findings: Findings, deadlines: Deadlines) -> None:
    """Remembers whose lateness a moved deadline could change, and what was told of everybody's dates."""
    cmid, notes = findings.cmid, findings.pull.notes
    general = general_dates(deadlines.assignment).due_at
    works = (one for one in findings.records if isinstance(one, Submission))
    late = {one.person for one in works if _is_late(one, general)}
    account = findings.pull.site.account
    notes.late[cmid] = sorted(user for user in deadlines.own if account(user) in late)
    notes.dates[cmid] = packed_dates(deadlines.told())


def _is_late(work: Submission, general: int | None) -> bool:
    """By the person's own deadline or, had the person none, by the assignment's."""
    dues = (due for due in (work.due_at, general) if due is not None)
    return work.submitted_at is not None and any(work.submitted_at > due for due in dues)


def _note_unreadable(findings: Findings, lists: HandInLists) -> None:
    """Marks tell of hand-ins that Moodle does not give: of people who left, or hidden ones; or of none,
    where a teacher marks somebody who handed in nothing."""
    handed_in = {row.userid for row in lists.rows} | lists.hidden
    for (user, _), row in lists.grades.items():
        if user in handed_in or not _says_something(findings, row, lists):
            continue
        pull = findings.pull
        pull.learnt(user)
        if user in pull.roster.users:
            findings.unknown(user, Unread.SUBMISSION_UNREADABLE, _HAND_IN_MISSING)
        else:
            findings.problems.append(_left(findings, user))


def _note_held(findings: Findings, lists: HandInLists) -> None:
    """Until a mark is released its work counts as unmarked, for the learner and for the tutor."""
    held = sum(lists.mark_is_held(row) for row in lists.rows)
    if held:
        blind = lists.assignment.is_blind
        why = "anonymous marking" if blind else "marking workflow"
        text = (
            f"{held} hand-ins of activity {findings.cmid} have marks that its {why} has not yet "
            "released; until then they count as unmarked. "
            f"{'Reveal the identities' if blind else 'Release them'} in Moodle"
        )
        findings.problems.append(notice("marks_not_released", text, subject=findings.subject))


def _says_something(findings: Findings, row: GradeRow, lists: HandInLists) -> bool:
    try:
        return _mark(findings, row, lists) is not None
    except MalformedEvidence:
        return True


def _left(findings: Findings, user: int) -> Problem:
    text = (
        f"A mark in activity {findings.cmid} tells of a hand-in that Moodle does not give: the person "
        "left the course or was deleted. It is shown as unknown; enrol the person again, or decide with "
        "`lms-scoring decide COURSE PERSON override CRITERION POINTS`"
    )
    subject = unreadable_id(findings.subject, user)
    return findings.about(user, unknown("submission_unreadable", text, subject=subject))


def _note_team(findings: Findings, assignment: AssignmentRow) -> None:
    """Whoever learns here may have handed in with a group: that is not the same as nothing."""
    text = (
        f"Activity {assignment.cmid} is handed in by groups; such hand-ins belong to no single person and "
        "were not read. They are shown as unknown and not taken for 0. Bind another activity, or switch "
        "group submission off"
    )
    findings.damaged([lost("team_submission", text, subject=findings.subject)])
    pull = findings.pull
    findings.records += [
        unreadable(pull.site, user, activity=findings.subject, why=Unread.TEAM_SUBMISSION)
        for user in pull.roster.learners
    ]
