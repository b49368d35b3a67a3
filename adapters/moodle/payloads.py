"""The shapes of Moodle's answers: only the fields that are used.

Lists of many rows stay raw at first and are read row by row, so that one odd row costs itself and not
the list it came in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Warned(msgspec.Struct):
    """An entry of `warnings[]`: with HTTP 200 and no exception, data is missing."""

    item: str | None = None
    itemid: int | None = None
    warningcode: str = ""


class FunctionRow(msgspec.Struct):
    name: str


class SiteInfo(msgspec.Struct):
    """Of core_webservice_get_site_info; its `userprivateaccesskey` is left where it is."""

    release: str = ""
    functions: list[FunctionRow] = []


class CourseRow(msgspec.Struct):
    id: int
    idnumber: str = ""
    shortname: str = ""


class Courses(msgspec.Struct):
    courses: list[CourseRow]


class Module(msgspec.Struct):
    """An activity: `id` is the course module's, `instance` that of the assignment, forum, … itself."""

    id: int
    name: str
    modname: str
    instance: int | None = None
    visible: bool = True


class Section(msgspec.Struct):
    modules: list[Module]


class Update(msgspec.Struct):
    name: str
    itemids: list[int] = []


class UpdatedInstance(msgspec.Struct):
    id: int
    contextlevel: str = "module"
    updates: list[Update] = []


class Updates(msgspec.Struct):
    instances: list[UpdatedInstance]
    warnings: list[Warned] = []


class GroupRow(msgspec.Struct):
    id: int
    name: str


class RoleRow(msgspec.Struct):
    shortname: str


class User(msgspec.Struct):
    """A person of the roster, or of core_user_get_users_by_field (then without groups and roles).

    The e-mail and the identity fields are missing where the account may not see them.
    """

    id: int
    firstname: str = ""
    lastname: str = ""
    fullname: str = ""
    username: str = ""
    email: str = ""
    idnumber: str = ""
    groups: list[GroupRow] = []
    roles: list[RoleRow] = []


class GradableUser(msgspec.Struct):
    id: int
    suspended: bool = False


class GradableUsers(msgspec.Struct):
    users: list[GradableUser]
    warnings: list[Warned] = []


class AssignmentRow(msgspec.Struct):
    """An assignment; `grade` is the maximum, or minus the id of the scale, or 0 for no marks. Without
    `intro`, Moodle does not tell this account what is asked for."""

    id: int
    cmid: int
    duedate: int | None = 0
    allowsubmissionsfromdate: int | None = 0
    grade: int = 0
    teamsubmission: bool = False
    intro: str | None = None


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
    userid: int
    attemptnumber: int
    status: str
    timemodified: int
    groupid: int = 0
    plugins: list[SubmissionPlugin] = []


class AssignmentSubmissions(msgspec.Struct):
    assignmentid: int
    submissions: list[msgspec.Raw]


class Submissions(msgspec.Struct):
    assignments: list[AssignmentSubmissions]
    warnings: list[Warned] = []


class GradeRow(msgspec.Struct):
    """A mark as a decimal text: points, or the place of a word; `-1.00000` is none."""

    userid: int
    attemptnumber: int
    timemodified: int
    grade: str
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


class AssignmentFlags(msgspec.Struct):
    assignmentid: int
    userflags: list[FlagRow]


class UserFlags(msgspec.Struct):
    assignments: list[AssignmentFlags]
    warnings: list[Warned] = []


class Participant(msgspec.Struct):
    """One learner's dates; that there is an extension, but not until when."""

    id: int
    duedate: int | None = 0
    allowsubmissionsfromdate: int | None = 0
    grantedextension: bool = False


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


class ForumRow(msgspec.Struct):
    id: int
    cmid: int
    type: str = "general"
    numdiscussions: int = 0


class Discussion(msgspec.Struct):
    """A topic. `id` is its first post, `discussion` the topic itself; `numreplies` counts deleted and
    private replies too."""

    id: int
    discussion: int
    userid: int
    created: int
    userfullname: str = ""
    message: str = ""
    numreplies: int = 0


class Discussions(msgspec.Struct):
    discussions: list[msgspec.Raw]
    warnings: list[Warned] = []


class Author(msgspec.Struct):
    id: int | None = None
    fullname: str | None = None
    isdeleted: bool | None = None


class PostRow(msgspec.Struct):
    """A post; one erased for privacy has no `timecreated`."""

    id: int
    parentid: int | None = None
    timecreated: int | None = None
    isdeleted: bool = False
    isprivatereply: bool = False
    message: str | None = None
    author: Author = msgspec.field(default_factory=Author)


class Posts(msgspec.Struct):
    posts: list[msgspec.Raw]
    warnings: list[Warned] = []


class Sco(msgspec.Struct):
    id: int
    scormtype: str = ""


class Scoes(msgspec.Struct):
    scoes: list[Sco]
    warnings: list[Warned] = []


class AttemptCount(msgspec.Struct):
    attemptscount: int


class Track(msgspec.Struct):
    element: str
    value: str | int | float | None = None


class TrackData(msgspec.Struct):
    attempt: int
    tracks: list[Track] = []


class Tracks(msgspec.Struct):
    data: TrackData
    warnings: list[Warned] = []


class LessonAttempt(msgspec.Struct):
    timestart: int | None = None
    timeend: int | None = None


class LessonStudent(msgspec.Struct):
    id: int
    attempts: list[LessonAttempt] = []


class LessonData(msgspec.Struct):
    students: list[LessonStudent] = []


class LessonOverview(msgspec.Struct):
    """Without `data` when nobody has begun."""

    data: LessonData | None = None
    warnings: list[Warned] = []


class EntryField(msgspec.Struct):
    content: str | None = None


class Entry(msgspec.Struct):
    """An entry; its fields stay raw, for an odd one is no reason to lose that there is an entry."""

    id: int
    userid: int
    timecreated: int
    contents: msgspec.Raw = msgspec.Raw(b"[]")


class Entries(msgspec.Struct):
    entries: list[msgspec.Raw]
    totalcount: int = 0
    warnings: list[Warned] = []


class H5pAttempt(msgspec.Struct):
    id: int
    timecreated: int
    timemodified: int
    duration: int = 0


class H5pUser(msgspec.Struct):
    userid: int
    attempts: list[H5pAttempt] = []


class H5pAttempts(msgspec.Struct):
    usersattempts: list[H5pUser] = []
    warnings: list[Warned] = []


class BlogEntry(msgspec.Struct):
    id: int
    userid: int
    created: int
    summary: str | None = None
    publishstate: str = "site"


class BlogEntries(msgspec.Struct):
    entries: list[msgspec.Raw]
    totalentries: int = 0
    warnings: list[Warned] = []


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """The rows that could be read, and those that could not, as they came."""

    good: tuple[T, ...]
    bad: tuple[bytes, ...]


def rows_of(raws: Iterable[msgspec.Raw], shape: type[T]) -> Rows[T]:
    """Reads each row by itself."""
    decoder = msgspec.json.Decoder(shape, strict=False)
    good, bad = [], []
    for raw in raws:
        try:
            good.append(decoder.decode(raw))
        except (msgspec.DecodeError, UnicodeDecodeError):
            bad.append(bytes(raw))
    return Rows(tuple(good), tuple(bad))


class RowNumbers(msgspec.Struct):
    """What a row that could not be read as a whole may still tell of itself."""

    id: int | None = None
    userid: int | None = None
    attemptnumber: int | None = None


def numbers_of(row: bytes) -> RowNumbers:
    """As far as they can be read."""
    try:
        return msgspec.json.decode(row, type=RowNumbers, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return RowNumbers()


def owner_of(row: bytes) -> int | None:
    """Whose a row is that could not be read as a whole; None where it does not tell that either."""
    try:
        told = msgspec.json.decode(row, type=_Owned, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return told.author.id if told.userid is None else told.userid


class _Owner(msgspec.Struct):
    id: int | None = None


class _Owned(msgspec.Struct):
    """Rows name their owner; posts have an author."""

    userid: int | None = None
    author: _Owner = msgspec.field(default_factory=_Owner)
