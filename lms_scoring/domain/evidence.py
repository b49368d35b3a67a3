"""Evidence: what a person did or another decided, as immutable records known by kind and id.

Times are instants (integer milliseconds UTC), durations integer milliseconds. A record says what its
source said; whether it counts is the scheme's business. The fields follow the evidence file
(docs/guide/files.md). `person` is the id of a person once evidence is read for scoring; in what an adapter
yields it is an account (`identity.py`), because only the store knows whose account it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Role(StrEnum):
    """What a membership makes of a person."""

    LEARNER = "learner"
    TUTOR = "tutor"


class MembershipStatus(StrEnum):
    """Withdrawn (unenrolled, suspended, deleted) people keep their record and score."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class Task(StrEnum):
    """What a hand-in answers."""

    HOMEWORK = "homework"
    JOURNAL = "journal"


class Purpose(StrEnum):
    """What an activity of a course is bound to; evidence of an unbound one is kept and scores nothing."""

    STUDY_TIME = "study_time"
    HOMEWORK = "homework"
    JOURNAL = "journal"
    POSTS = "posts"
    BULLETINS = "bulletins"


class SubmissionState(StrEnum):
    """Only what was handed in can count."""

    SUBMITTED = "submitted"
    DRAFT = "draft"


class Grade(StrEnum):
    """The four grade words of a tutor: 优秀, 良好, 合格, 不合格."""

    EXCELLENT = "excellent"
    GOOD = "good"
    PASS = "pass"
    FAIL = "fail"


class PostState(StrEnum):
    """Deleted, flooding and private posts count for nobody."""

    LIVE = "live"
    DELETED = "deleted"
    FLOODING = "flooding"
    PRIVATE = "private"


class Action(StrEnum):
    """What a person may decide about a record (void, restore) or a criterion (exempt, override, restore)."""

    VOID = "void"
    RESTORE = "restore"
    EXEMPT = "exempt"
    OVERRIDE = "override"


class DueBasis(StrEnum):
    """Whose deadline a submission carries, when the platform would not say the person's own."""

    OWN = "own"
    CLASS = "class"
    ASSIGNMENT = "assignment"


SUREST_FIRST = (DueBasis.OWN, DueBasis.CLASS, DueBasis.ASSIGNMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who learns or guides; belongs to the institution, not to a course."""

    id: str
    name: str
    source: str | None = None
    gone_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A person's place in a course: role, class (None: the course has no classes, or it is unknown)."""

    id: str
    person: str
    role: Role
    class_: str | None
    status: MembershipStatus
    source: str | None = None
    gone_at: int | None = None

    @property
    def is_active(self) -> bool:
        """Whether the person takes part by it: not withdrawn, and still there at its source."""
        return self.status is MembershipStatus.ACTIVE and self.gone_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A proven span [start, end) of watching; `segments` are [from, to) in milliseconds of content.

    `id` is that of the event which opened the span.
    """

    id: str
    person: str
    activity: str
    start: int
    end: int
    segments: tuple[tuple[int, int], ...] = ()
    source: str | None = None
    gone_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedTime:
    """A platform's own total for one attempt (SCORM, lesson, H5P): `duration` between two moments."""

    id: str
    person: str
    activity: str
    duration: int
    started_at: int
    ended_at: int
    source: str | None = None
    gone_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One attempt at a homework or journal, with the person's own opening and deadline (None: none).

    `task` is None while the activity is bound to nothing. A mark is a grade word, or points of a maximum.
    """

    id: str
    person: str
    task: Task | None
    activity: str
    attempt: int
    state: SubmissionState
    submitted_at: int | None
    opens_at: int | None
    due_at: int | None
    grade: Grade | None
    points: Fraction | None = None
    max_points: Fraction | None = None
    graded_at: int | None = None
    graded_by: str | None = None
    characters: int | None = None
    due_basis: DueBasis = DueBasis.OWN
    source: str | None = None
    gone_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A forum contribution: a topic (no parent) or a reply; a bulletin where the forum is bound as such."""

    id: str
    person: str
    forum: str
    parent: str | None
    created_at: int | None
    state: PostState
    bulletin: bool
    source: str | None = None
    gone_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """A tutor (`by`) marks a submission as exemplary (推优)."""

    id: str
    submission: str
    by: str
    at: int
    source: str | None = None
    gone_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Something is there that could not be read: shown where it would count, never taken for nothing.

    `reason` is a code of `Unread`, or somebody's own words. `about` is what its activity is bound to, where
    that is known.
    """

    id: str
    person: str
    activity: str
    reason: str
    about: Purpose | None = None
    source: str | None = None
    gone_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTarget:
    """A decision's target: one record, by kind and id."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionTarget:
    """A decision's target: one criterion of the person's card."""

    criterion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody decided about a person's record or criterion; undone only by another decision.

    `instead_of`: ids of decisions about the same that were made before, but bear a time no earlier than `at`:
    the same millisecond, or the clock was ahead then or behind now. They hold no more once this one does.
    """

    id: str
    person: str
    target: RecordTarget | CriterionTarget
    action: Action
    by: str
    at: int
    reason: str
    points: Fraction | None = None
    instead_of: tuple[str, ...] = ()
    source: str | None = None
    gone_at: int | None = None


_DECIDABLE: dict[type[RecordTarget] | type[CriterionTarget], frozenset[Action]] = {
    RecordTarget: frozenset({Action.VOID, Action.RESTORE}),
    CriterionTarget: frozenset({Action.EXEMPT, Action.OVERRIDE, Action.RESTORE}),
}


def can_be_done(decision: Decision) -> bool:
    """Whether the action can be done to its target: nobody can exempt a record or void a criterion."""
    return decision.action in _DECIDABLE[type(decision.target)]


Record = Person | Membership | Watch | ReportedTime | Submission | Post | Recommendation | Unknown | Decision

KINDS: dict[str, type[Record]] = {
    "person": Person,
    "membership": Membership,
    "watch": Watch,
    "reported_time": ReportedTime,
    "submission": Submission,
    "post": Post,
    "recommendation": Recommendation,
    "unknown": Unknown,
    "decision": Decision,
}
KIND_OF: dict[type[Record], str] = {record_type: kind for kind, record_type in KINDS.items()}


def owner_of(record: Record) -> str:
    """Whose record it is, by person or account: a recommendation is the recommending tutor's."""
    if isinstance(record, Person):
        return record.id
    return record.by if isinstance(record, Recommendation) else record.person
