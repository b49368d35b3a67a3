"""What the services need from the outside, in the words of the domain: sources, the store, a clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from lms_scoring.domain.evidence import Decision, Membership, Recommendation, Record, Role
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.domain.statements import LmsStatement, WatchEvent


class Clock(Protocol):
    """The time of day, as an instant (ms UTC)."""

    def now(self) -> int: ...


class ProblemKind(StrEnum):
    """What a sync could not do, and how bad that is."""

    LOST = "lost"
    """Evidence exists or should, and was not read: the sync's exit status is 1."""
    UNKNOWN = "unknown"
    """Something is there that nobody can read; shown on the card, never taken for nothing."""
    REFUSED = "refused"
    """A record that cannot be used was set aside; the rest was kept."""
    UNJOINED = "unjoined"
    """An account that belongs to nobody we know."""
    NOTICE = "notice"
    """Worth a person's look; nothing is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing a sync could not do: where, why (a stable code and a sentence), and what to do next.

    `subject` names the record, account or activity by id, never by a person's name or address. `raw` is
    the record that was set aside, as it came.
    """

    kind: ProblemKind
    code: str
    text: str
    subject: str = ""
    raw: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """An activity of a course as its platform names it; `id` is what bindings refer to."""

    id: str
    name: str
    kind: str
    visible: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """All records of one kind in one activity (None: wherever) that a source was able to list."""

    kind: str
    activity: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A piece of what a source yields, stored in one transaction.

    The `person` of its records, memberships and events is an account (`domain/identity.py`). `whole`
    names the scopes that the pull has now listed completely: what the store has in them, and the pull
    did not name, is gone at the source. `cursor` is where the next pull may begin once this batch is
    stored (the source's own text). `done` and `expected` are for a progress bar, in the source's units.
    """

    people: Sequence[KnownPerson] = ()
    activities: Sequence[Activity] = ()
    records: Sequence[Record] = ()
    events: Sequence[WatchEvent] = ()
    statements: Sequence[LmsStatement] = ()
    voided: Sequence[str] = ()
    problems: Sequence[Problem] = ()
    whole: Sequence[Scope] = ()
    cursor: str | None = None
    done: int = 0
    expected: int | None = None


class EvidenceSource(Protocol):
    """A place that evidence of one course comes from; pulling twice changes nothing."""

    @property
    def name(self) -> str:
        """The name of the platform in the settings; part of every record's identity."""

    def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
        """Everything that changed since the cursor, or everything there is.

        Raises PlatformError when it cannot go on; what was yielded before stays good.
        """


class RunState(StrEnum):
    """How a sync ended. `running` at the start of another means that it was interrupted."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What storing a batch changed."""

    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    refused: int = 0

    def __add__(self, other: Kept) -> Kept:
        return Kept(
            new=self.new + other.new,
            changed=self.changed + other.changed,
            same=self.same + other.same,
            gone=self.gone + other.gone,
            refused=self.refused + other.refused,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One sync of one source of one course."""

    id: int
    course: str
    source: str
    started_at: int
    ended_at: int | None
    state: RunState
    kept: Kept
    reason: str | None = None
    full: bool = False
    """Whether everything was asked for, not only what changed since the run before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptProblem:
    """A problem with the run that met it."""

    run: int
    source: str
    at: int
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class MetProblem:
    """A problem since the last full pull of its source, in the latest wording; however often it was met.

    `run` is the latest run that met it, and `times` how often that one did.
    """

    source: str
    run: int
    times: int
    first_at: int
    last_at: int
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRecord:
    """The latest version of a record: whose it is, and since which run it says what it says.

    `person` is None while its account is nobody's.
    """

    kind: str
    id: str
    person: str | None
    activity: str | None
    run: int
    live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptScheme:
    """A scheme that a course was ever scored by, as the text it was read from."""

    fingerprint: str
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCourse:
    """A course as it is set up here; `scheme` is the fingerprint it is pinned to."""

    id: str
    title: str
    scheme: str
    settings: str
    """The course file's text, as last applied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonEvidence:
    """All that the store has of one person in one course, with persons (not accounts) in the records.

    Records come with `gone_at` where they are gone, in their latest version. `events` and `statements`
    are of all accounts of the person, without those voided, by the source that told them.
    """

    person: KnownPerson
    records: Sequence[Record] = ()
    events: Mapping[str, Sequence[WatchEvent]] = field(default_factory=dict)
    statements: Mapping[str, Sequence[LmsStatement]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRow:
    """One line of a scoreboard: the card without its findings, and the person's name."""

    name: str
    status: str
    card: Scorecard
    version: int
    scored_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnjoinedAccount:
    """An account that nobody in the roster has, with how much it left behind."""

    account: str
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role that only we know: coordinator of a course (None: of all), or administrator."""

    person: str
    role: str
    course: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who a session belongs to: a person (None for an administrator from the command line)."""

    person: str | None
    roles: Sequence[Grant] = field(default_factory=tuple)


class Transaction(Protocol):
    """Everything that is written and read together. Leaving it normally commits, an error undoes it."""

    # -- courses and schemes
    def keep_scheme(self, scheme: KeptScheme) -> None: ...
    def scheme(self, fingerprint: str) -> KeptScheme:
        """Raises UnknownScheme."""

    def keep_course(self, course: KeptCourse) -> None: ...
    def course(self, course: str) -> KeptCourse:
        """Raises UnknownCourse."""

    def courses(self) -> Sequence[KeptCourse]: ...

    # -- runs, cursors, problems
    def begin_run(self, course: str, source: str, *, at: int, full: bool = False) -> int:
        """A new run's id; a run of the same source still `running` becomes `interrupted`.

        `full`: it asks for everything, so what it does not meet again is no problem any more.
        """

    def end_run(
        self, run: int, *, at: int, state: RunState, kept: Kept, reason: str | None = None
    ) -> None: ...
    def runs(self, course: str, *, limit: int = 20) -> Sequence[Run]: ...
    def cursor(self, course: str, source: str) -> str | None: ...
    def keep_cursor(self, course: str, source: str, cursor: str) -> None: ...
    def keep_problems(self, run: int, problems: Iterable[Problem], *, at: int) -> None: ...
    def problems(self, course: str, *, run: int) -> Sequence[KeptProblem]:
        """Of one run, in the order they were met."""

    def met_problems(self, course: str) -> Sequence[MetProblem]:
        """What each source's last full pull that was done met, and every run since; in the order they were
        met last. Of one source there is one of a kind, code and subject."""

    # -- evidence in
    def keep_people(self, people: Iterable[KnownPerson]) -> Sequence[Problem]:
        """Adds people and accounts, renames; never removes. An account two people claim stays with the
        first and is reported."""

    def keep_activities(self, course: str, source: str, activities: Iterable[Activity]) -> None: ...
    def keep_records(self, course: str, source: str, records: Sequence[Record], *, run: int, at: int) -> Kept:
        """Idempotent by (course, source, kind, id): a changed record supersedes its former version, which
        stays readable; an equal one is only seen again; one that was gone and came back lives again."""

    def keep_events(self, source: str, events: Sequence[WatchEvent]) -> Kept:
        """Events and statements belong to every course that has a run of their source."""

    def keep_statements(self, source: str, statements: Sequence[LmsStatement]) -> Kept: ...
    def keep_voided(self, source: str, statements: Sequence[str]) -> None: ...
    def would_be_gone(self, course: str, source: str, scope: Scope, *, run: int) -> tuple[int, int]:
        """(how many live records of the scope the run did not see, how many are live)."""

    def mark_gone(self, course: str, source: str, scope: Scope, *, run: int, at: int) -> int:
        """Marks what the run did not see, except records of people who are withdrawn or out of reach.

        Memberships are to be marked before all other kinds.
        """

    def keep_decision(self, course: str, decision: Decision, *, at: int) -> None:
        """Append-only; `decision.person` is a person's id. Raises MalformedEvidence rather than drop it."""

    def keep_recommendation(self, course: str, recommendation: Recommendation) -> None:
        """Append-only; `recommendation.by` is a person's id. It is taken back by a decision that voids it."""

    # -- evidence out
    def people(self, course: str) -> Sequence[KnownPerson]: ...
    def memberships(self, course: str) -> Sequence[Membership]:
        """With persons' ids; the latest version of each, gone ones as withdrawn."""

    def activities(self, course: str) -> Sequence[tuple[str, Activity]]:
        """(source, activity) pairs."""

    def evidence_of(
        self, course: str, persons: Sequence[str], *, at_run: int | None = None
    ) -> Iterator[PersonEvidence]:
        """In the order of `persons`; one person at a time stays in memory. Raises UnknownPerson.

        With `at_run`, records as they stood after that run and before the next.
        """

    def touched(self, course: str) -> Sequence[str]:
        """Persons of the course whose evidence changed since `untouch`."""

    def untouch(self, course: str, persons: Sequence[str]) -> None:
        """To be called in the transaction that read the evidence: what came in between would be forgotten."""

    def unjoined(self, course: str) -> Sequence[UnjoinedAccount]:
        """Accounts of nobody that left something behind in the course or in one of its sources."""

    def records_named(self, course: str, source: str, ids: Iterable[str]) -> Sequence[NamedRecord]:
        """The records of a source that have one of the ids, gone ones too, by id and kind."""

    def counts(self, course: str) -> Sequence[tuple[str, str, str | None, int]]:
        """(source, kind, activity, live records), events and statements among them: what is there, bound
        or not."""

    # -- scorecards
    def keep_scorecard(self, course: str, card: Scorecard, *, at: int) -> bool:
        """Stores a new version where anything but `as_of` differs from the latest; True if it did."""

    def board(self, course: str, *, class_: str | None = None, role: Role | None = None) -> Sequence[CardRow]:
        """Latest cards without findings, ordered by role, class, person."""

    def scorecard(self, course: str, person: str, *, role: Role, class_: str | None) -> Scorecard | None:
        """The latest card with its findings."""

    def history(self, course: str, person: str, *, role: Role, class_: str | None) -> Sequence[CardRow]: ...
    def expired(self, course: str, *, at: int) -> Sequence[str]:
        """Persons with a card whose `valid_until` is not after `at`."""

    # -- who may see what
    def keep_grant(self, grant: Grant) -> None: ...
    def grants(self, person: str) -> Sequence[Grant]: ...
    def keep_link(self, digest: str, visitor: Visitor, *, expires_at: int) -> None:
        """A one-time sign-in link, known by the SHA-256 of its secret."""

    def take_link(self, digest: str, *, at: int) -> Visitor | None:
        """Uses the link up; None when there is none, or it was used, or is too old."""

    def keep_session(self, digest: str, visitor: Visitor, *, expires_at: int) -> None: ...
    def session(self, digest: str, *, at: int) -> Visitor | None: ...
    def end_session(self, digest: str) -> None: ...


class Store(Protocol):
    """A database of one institution (tenant)."""

    def writing(self) -> AbstractContextManager[Transaction]:
        """One transaction that may write; on SQLite it takes the write lock at once."""

    def reading(self) -> AbstractContextManager[Transaction]:
        """One consistent view."""
