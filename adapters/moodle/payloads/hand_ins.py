"""Assignments, what is handed in, its marks, and the dates of each learner."""

from __future__ import annotations

import msgspec

from adapters.moodle.payloads.courses import Warned


class AssignmentRow(msgspec.Struct):
    """An assignment; `grade` is the maximum, or minus the id of the scale, or 0 for no marks. Without
    `intro`, Moodle does not tell this account what is asked for. With a `markingworkflow` learners see a mark
    once it is released, with `blindmarking` once `revealidentities`, but where it is `markinganonymous`."""

    id: int
    cmid: int
    duedate: int | None = 0
    allowsubmissionsfromdate: int | None = 0
    grade: int = 0
    teamsubmission: bool = False
    markingworkflow: bool = False
    blindmarking: bool = False
    revealidentities: bool = False
    markinganonymous: bool = False
    intro: str | None = None

    @property
    def is_blind(self) -> bool:
        """Whether no learner has a mark yet, for the gradebook would tell whose work it is."""
        return self.blindmarking and not self.revealidentities and not self.markinganonymous


class AssignmentCourse(msgspec.Struct):
    id: int
    assignments: list[AssignmentRow]


class Assignments(msgspec.Struct):
    courses: list[AssignmentCourse]
    warnings: list[Warned] = []


class EditorField(msgspec.Struct):
    name: str
    text: str | None = None


class SubmissionPlugin(msgspec.Struct):
    type: str
    editorfields: list[EditorField] = []


class SubmissionRow(msgspec.Struct):
    """An attempt. `gradingstatus` is, where there is a marking workflow, how far that is with the person."""

    userid: int
    attemptnumber: int
    status: str
    timemodified: int
    groupid: int = 0
    gradingstatus: str | None = ""
    plugins: list[SubmissionPlugin] = []


class AssignmentSubmissions(msgspec.Struct):
    assignmentid: int
    submissions: list[msgspec.Raw]


class Submissions(msgspec.Struct):
    assignments: list[AssignmentSubmissions]
    warnings: list[Warned] = []


class GradeRow(msgspec.Struct):
    """A mark as a decimal text: points, or the place of a word; `-1.00000` is none, and so is an empty one,
    where the tutor wrote a comment and no mark."""

    userid: int
    attemptnumber: int
    timemodified: int
    grade: str | None
    grader: int = -1


class AssignmentGrades(msgspec.Struct):
    assignmentid: int
    grades: list[msgspec.Raw]


class Grades(msgspec.Struct):
    assignments: list[AssignmentGrades]
    warnings: list[Warned] = []


class FlagRow(msgspec.Struct):
    userid: int
    extensionduedate: int | None = 0
    workflowstate: str | None = ""


class AssignmentFlags(msgspec.Struct):
    assignmentid: int
    userflags: list[FlagRow]


class UserFlags(msgspec.Struct):
    assignments: list[AssignmentFlags]
    warnings: list[Warned] = []


class Participant(msgspec.Struct):
    """One learner's dates; that there is an extension, but not until when; how far the hand-in is (None: not
    every Moodle tells)."""

    id: int
    duedate: int | None = 0
    allowsubmissionsfromdate: int | None = 0
    grantedextension: bool = False
    submissionstatus: str | None = None


class PreviousAttempt(msgspec.Struct):
    attemptnumber: int
    submission: SubmissionRow | None = None
    grade: GradeRow | None = None


class LastAttempt(msgspec.Struct):
    extensionduedate: int | None = None


class Feedback(msgspec.Struct):
    gradefordisplay: str | None = None


class SubmissionStatus(msgspec.Struct):
    lastattempt: LastAttempt | None = None
    feedback: Feedback | None = None
    previousattempts: list[PreviousAttempt] = []
    warnings: list[Warned] = []


class ScaleValue(msgspec.Struct):
    id: int
    name: str
