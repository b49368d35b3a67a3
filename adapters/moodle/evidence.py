"""What Moodle's answers mean: rows into evidence records. Nothing here asks, stores or decides."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from adapters.moodle.payloads import (
    AssignmentRow,
    BlogEntry,
    Discussion,
    Entry,
    GradeRow,
    H5pAttempt,
    LessonAttempt,
    PostRow,
    SubmissionRow,
    TrackData,
    User,
)
from adapters.moodle.scorm_time import milliseconds_of
from lms_scoring.domain import identity
from lms_scoring.domain.errors import MalformedEvidence
from lms_scoring.domain.evidence import (
    DueBasis,
    Grade,
    Membership,
    MembershipStatus,
    Post,
    PostState,
    ReportedTime,
    Role,
    Submission,
    SubmissionState,
    Unknown,
)
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.instants import SECOND

BLOG = "blog"
"""The id of the blog as an activity: Moodle has it beside the courses and gives it no number there."""

_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The platform as records name it: its name in the settings and the home of its accounts."""

    name: str
    home: str

    def account(self, user: int) -> str:
        """The account of a user id; what records call a person by."""
        return identity.account(self.home, str(user))


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


def known_person(site: Site, user: User, *, name: str, other_ids: Collection[int] = ()) -> KnownPerson:
    """A user with all accounts that are surely theirs, the numeric id first.

    A username or idnumber that is the user id of somebody else (`other_ids`), or could be, identifies nobody.
    """
    others = {str(each) for each in other_ids}
    accounts = [site.account(user.id)]
    if _identifies(user.username, user.id, others):
        accounts.append(identity.account(site.home, user.username))
    if "@" in user.email:
        accounts += [identity.mbox(user.email), identity.sha1_of(user.email)]
    if _identifies(user.idnumber, user.id, others):
        accounts.append(identity.account(site.home, user.idnumber))
    return KnownPerson(id=person_id(site, user.id), name=name, accounts=tuple(dict.fromkeys(accounts)))


def person_id(site: Site, user: int) -> str:
    """The id of a person, for ever."""
    return f"{site.name}-{user}"


def memberships(
    site: Site, course: int, user: User, *, roles: Mapping[str, Role], status: MembershipStatus
) -> list[Membership]:
    """One membership for each role that counts and each group (or one without a class)."""
    held = dict.fromkeys(roles[role.shortname] for role in user.roles if role.shortname in roles)
    groups: list[tuple[int, str | None]] = [(group.id, group.name) for group in user.groups]
    return [
        Membership(
            id=f"{course}-{role}-{user.id}-{group}",
            person=site.account(user.id),
            role=role,
            class_=name,
            status=status,
            source=site.name,
        )
        for role in held
        for group, name in groups or [(0, None)]
    ]


def withdrawn_learner(site: Site, course: int, user: int) -> Membership:
    """Somebody whose work is in the course and who is in no list any more; of which class, nobody says."""
    return Membership(
        id=f"{course}-{Role.LEARNER}-{user}-0",
        person=site.account(user),
        role=Role.LEARNER,
        class_=None,
        status=MembershipStatus.WITHDRAWN,
        source=site.name,
    )


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
    """The mark of a row; None where there is none (-1, or an assignment without marks).

    words: the scale's words by their 1-based place. Raises MalformedEvidence for a mark that is no number.
    """
    value = _exact(row.grade)
    if value < 0 or assignment.grade == 0:
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


def topic_post(site: Site, topic: Discussion, *, forum: str) -> Post:
    """The first post of a topic that was listed only."""
    return Post(
        id=f"post-{topic.id}",
        person=site.account(topic.userid),
        forum=forum,
        parent=None,
        created_at=topic.created * SECOND,
        state=PostState.LIVE,
        bulletin=False,
        source=site.name,
    )


def post(site: Site, row: PostRow, *, forum: str, author: int) -> Post:
    """A post; erased ones stay as deleted, replies to one person only as private."""
    state = PostState.PRIVATE if row.isprivatereply else PostState.LIVE
    return Post(
        id=f"post-{row.id}",
        person=site.account(author),
        forum=forum,
        parent=None if not row.parentid else f"post-{row.parentid}",
        created_at=None if row.timecreated is None else row.timecreated * SECOND,
        state=PostState.DELETED if row.isdeleted else state,
        bulletin=False,
        source=site.name,
    )


def scorm_time(site: Site, data: TrackData, *, activity: str, sco: int, user: int) -> ReportedTime:
    """The total time of one part and attempt, between its first launch and its last change.

    Raises MalformedEvidence when the package wrote a time that cannot be read.
    """
    tracks = {track.element: str(track.value) for track in data.tracks if track.value is not None}
    written = next((tracks[name] for name in _TOTAL_TIMES if tracks.get(name)), "00:00:00")
    duration = milliseconds_of(written)
    if duration is None:
        raise MalformedEvidence("its total time is in no form that SCORM knows")
    ended = _seconds(tracks, "timemodified")
    started = _seconds(tracks, "x.start.time") if tracks.get("x.start.time") else ended - duration // SECOND
    if ended < started:
        raise MalformedEvidence("it ended before it started")
    return ReportedTime(
        id=f"scorm-{sco}-{user}-{data.attempt}",
        person=site.account(user),
        activity=activity,
        duration=duration,
        started_at=started * SECOND,
        ended_at=ended * SECOND,
        source=site.name,
    )


def lesson_time(
    site: Site, row: LessonAttempt, *, activity: str, lesson: int, user: int
) -> ReportedTime | None:
    """One session in a lesson, by the server's clock; None while it has no end."""
    if row.timestart is None or row.timeend is None or row.timeend < row.timestart:
        return None
    return ReportedTime(
        id=f"lesson-{lesson}-{user}-{row.timestart}",
        person=site.account(user),
        activity=activity,
        duration=(row.timeend - row.timestart) * SECOND,
        started_at=row.timestart * SECOND,
        ended_at=row.timeend * SECOND,
        source=site.name,
    )


def h5p_time(site: Site, row: H5pAttempt, *, activity: str, user: int) -> ReportedTime:
    """One attempt, as long as the browser says; it is sent at the end, so the start is reckoned back."""
    ended = max(row.timemodified, row.timecreated)
    started = min(row.timecreated, ended - row.duration)
    return ReportedTime(
        id=f"h5p-{row.id}",
        person=site.account(user),
        activity=activity,
        duration=row.duration * SECOND,
        started_at=started * SECOND,
        ended_at=ended * SECOND,
        source=site.name,
    )


def data_entry(site: Site, row: Entry, *, activity: str) -> Submission:
    """An entry in a database activity, approved or not."""
    return _hand_in(site, f"data-{row.id}", row.userid, activity=activity, at=row.timecreated)


def blog_entry(site: Site, row: BlogEntry) -> Submission:
    """A blog entry that is associated with the course; drafts are shown to their authors alone."""
    state = SubmissionState.DRAFT if row.publishstate == "draft" else SubmissionState.SUBMITTED
    length = None if row.summary is None else _length(row.summary)
    return _hand_in(
        site, f"blog-{row.id}", row.userid, activity=BLOG, at=row.created, state=state, characters=length
    )


def unreadable_id(activity: str, user: int) -> str:
    """The id of the record that says that something of a person in an activity cannot be read."""
    return f"unknown-{activity}-{user}"


def unreadable(site: Site, user: int, *, activity: str, reason: str) -> Unknown:
    """Something of this person in this activity that nobody can read."""
    return Unknown(
        id=unreadable_id(activity, user),
        person=site.account(user),
        activity=activity,
        reason=reason,
        source=site.name,
    )


def _identifies(name: str, user: int, others: Collection[str]) -> bool:
    """Whether what somebody is called is no number of anybody else."""
    return name == str(user) or not (name == "" or name in others or identity.could_be_user_id(name))


_LONGEST_NUMBER = 40
_LONGEST_SECONDS = 12


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


_TOTAL_TIMES = ("cmi.core.total_time", "cmi.total_time", "total_time")


def _hand_in(
    site: Site,
    record_id: str,
    user: int,
    *,
    activity: str,
    at: int,
    state: SubmissionState = SubmissionState.SUBMITTED,
    characters: int | None = None,
) -> Submission:
    return Submission(
        id=record_id,
        person=site.account(user),
        task=None,
        activity=activity,
        attempt=0,
        state=state,
        submitted_at=at * SECOND if state is SubmissionState.SUBMITTED else None,
        opens_at=None,
        due_at=None,
        grade=None,
        characters=characters,
        source=site.name,
    )


def _characters(row: SubmissionRow) -> int | None:
    texts = [
        field.text or ""
        for plugin in row.plugins
        if plugin.type == "onlinetext"
        for field in plugin.editorfields
    ]
    return sum(map(_length, texts)) if texts else None


def _length(text: str) -> int:
    return len(html.unescape(_TAG.sub("", text)).strip())


def _seconds(tracks: Mapping[str, str], name: str) -> int:
    text = tracks.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_SECONDS):
        raise MalformedEvidence(f"{name} is no time")
    return int(text)
