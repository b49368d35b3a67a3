"""What the memory store holds, in plain dictionaries."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from lms_scoring.domain.evidence import Record
from lms_scoring.domain.foretold import Foretold
from lms_scoring.domain.measures import CardMeasures
from lms_scoring.domain.outlook import Outlook
from lms_scoring.domain.proceedings.case import Case
from lms_scoring.domain.proceedings.dispute import Dispute
from lms_scoring.domain.registration import LaunchState, Registration
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.domain.statements import LmsStatement, WatchEvent
from lms_scoring.domain.texts import Text
from lms_scoring.ports import (
    Act,
    Activity,
    ApiKey,
    CaseTexts,
    Concern,
    Frozen,
    GradebookReading,
    GradeStep,
    Grant,
    HeldLoss,
    KeptCourse,
    KeptScheme,
    OutgoingGrade,
    Passback,
    PlatformCourse,
    Problem,
    Quarantined,
    Run,
    SealedKey,
    Session,
    StandIn,
    SyncRequest,
    Trouble,
    Visitor,
)

RecordKey = tuple[str, str, str, str]
"""Course, source, kind, id."""
TextKey = tuple[str, str, str, str]
"""Course ("": of a shared source), source, kind, id."""
CardKey = tuple[str, str, str, str | None]
"""Course, person, role, class."""


@dataclass(slots=True)
class Version:
    """One version of a record, with accounts in it, as it came."""

    record: Record
    owner: str
    seen_run: int
    gone_run: int | None = None
    gone_at: int | None = None
    is_spoilt: bool = False
    """Nobody can read it any more."""


@dataclass(slots=True)
class KeptCard:
    """One version of a card, when it was stored, and until when it was seen to hold."""

    card: Scorecard
    scored_at: int
    held_at: int
    outlook: Outlook | None = None


@dataclass(slots=True)
class TextVersion:
    """A text as it came, with the number of this version and its marks."""

    number: int
    text: Text
    unmarked: bool
    marks: frozenset[int] = frozenset()


@dataclass(slots=True)
class Joined:
    """An account joined by hand: to whom, by which act, and what rosters say of it."""

    person: str
    act: Act
    roster: tuple[str, int] | None = None


@dataclass(slots=True)
class State:
    """Everything."""

    schemes: dict[str, KeptScheme] = field(default_factory=dict)
    courses: dict[str, KeptCourse] = field(default_factory=dict)
    activities: dict[tuple[str, str, str], Activity] = field(default_factory=dict)
    runs: dict[int, Run] = field(default_factory=dict)
    cut_short: set[int] = field(default_factory=set)
    seen: dict[int, set[RecordKey]] = field(default_factory=dict)
    cursors: dict[tuple[str | None, str], str] = field(default_factory=dict)
    shared: dict[str, bool] = field(default_factory=dict)
    problems: dict[int, list[tuple[int, Problem]]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    owners: dict[str, tuple[str, int]] = field(default_factory=dict)
    joined: dict[str, Joined] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    records: dict[RecordKey, list[Version]] = field(default_factory=dict)
    events: dict[str, dict[tuple[int, str], WatchEvent]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    statements: dict[str, dict[tuple[int, str], LmsStatement]] = field(default_factory=dict)
    voided: set[tuple[str, str]] = field(default_factory=set)
    touched: dict[tuple[str, str], str | None] = field(default_factory=dict)
    cards: dict[CardKey, list[KeptCard]] = field(default_factory=dict)
    measures: dict[CardKey, CardMeasures] = field(default_factory=dict)
    foretold: dict[CardKey, Foretold | None] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    frozen: dict[int, dict[str, Frozen]] = field(default_factory=dict)
    api_keys: dict[str, ApiKey] = field(default_factory=dict)
    links: dict[str, tuple[Visitor, int]] = field(default_factory=dict)
    used_links: set[str] = field(default_factory=set)
    sessions: dict[str, tuple[Session, int]] = field(default_factory=dict)
    registrations: dict[int, Registration] = field(default_factory=dict)
    registered_at: dict[int, int] = field(default_factory=dict)
    own_keys: list[SealedKey] = field(default_factory=list)
    launch_states: dict[str, LaunchState] = field(default_factory=dict)
    platform_courses: dict[tuple[int, str], PlatformCourse] = field(default_factory=dict)
    subjects: dict[tuple[int, str], tuple[int, str]] = field(default_factory=dict)
    passbacks: dict[str, Passback] = field(default_factory=dict)
    outgoing: dict[tuple[str, str], OutgoingGrade] = field(default_factory=dict)
    grade_steps: dict[tuple[str, str], list[GradeStep]] = field(default_factory=dict)
    gradebook_readings: dict[tuple[int, str], GradebookReading] = field(default_factory=dict)
    sending: dict[str, tuple[str, int]] = field(default_factory=dict)
    sync_requests: dict[tuple[str, str], SyncRequest] = field(default_factory=dict)
    troubles: dict[tuple[Concern, str | None], Trouble] = field(default_factory=dict)
    heartbeats: dict[str, int] = field(default_factory=dict)
    tallies: Counter[str] = field(default_factory=Counter)
    texts: dict[TextKey, TextVersion] = field(default_factory=dict)
    text_number: int = 0
    text_touched: set[tuple[str, str]] = field(default_factory=set)
    tasks: dict[tuple[str, str, str], str] = field(default_factory=dict)
    cases: dict[str, dict[int, Case]] = field(default_factory=dict)
    case_texts: dict[tuple[str, int], CaseTexts] = field(default_factory=dict)
    quarantined: dict[int, Quarantined] = field(default_factory=dict)
    losses: dict[int, HeldLoss] = field(default_factory=dict)
    lost: dict[int, set[RecordKey]] = field(default_factory=dict)
    disputes: dict[str, dict[int, Dispute]] = field(default_factory=dict)
    doubt_rules: dict[str, str] = field(default_factory=dict)
    tombstones: dict[str, str] = field(default_factory=dict)
    stand_ins: list[tuple[int, str, int, StandIn]] = field(default_factory=list)
    """The act, the course, the closing (0: none), and what is left."""
