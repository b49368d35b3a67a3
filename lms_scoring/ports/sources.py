"""Where evidence comes from: what a platform's adapter must offer, and the pieces it yields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from lms_scoring.domain.evidence import Grade, Record
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.statements import LmsStatement, WatchEvent
from lms_scoring.domain.texts import TaskText, Text
from lms_scoring.ports.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """An activity of a course as its platform names it; `id` is what bindings refer to.

    `marking` says in the platform's terms what it is marked by, a scale or a maximum, so that a change is
    seen; None: it is not marked, or nobody tells. `opens_at` and `due_at` are the dates by which may hand in
    there whoever was given no others (None: none, or nobody tells). Where its source could not read them
    (`dates_told`), those that are known stay.
    """

    id: str
    name: str
    kind: str
    visible: bool = True
    marking: str | None = None
    opens_at: int | None = None
    due_at: int | None = None
    dates_told: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """All records of one kind in one activity (None: wherever) that a source was able to list."""

    kind: str
    activity: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What of a record its source could not read and only guessed: what the store knows of it stays.

    `dates`: a hand-in's own opening and deadline, which is no earlier than `due_at_least`. `mark`: what its
    mark means. `status`: whether a member takes part.
    """

    dates: bool = False
    due_at_least: int | None = None
    mark: bool = False
    status: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A piece of what a source yields, stored in one transaction.

    The `person` of its records, memberships and events is an account (`domain/identity.py`). `activities`,
    where there are any, are all that the course has. `whole`
    names the scopes that the pull has now listed completely: what the store has in them, and the pull
    did not name, is gone at the source. `cursor` is where the next pull may begin once this batch is
    stored (the source's own text). `guesses` says what of its records is no more than that, by kind and id.
    `done` and `expected` are for a progress bar, in the source's units;
    `titles` says what activities are called that events are about, by their ids;
    `calls` are the requests that the pull took so far, None where nobody counts them.
    `cut_short`: the source gave up here, and not everything that was asked for was read.
    """

    people: Sequence[KnownPerson] = ()
    activities: Sequence[Activity] = ()
    records: Sequence[Record] = ()
    events: Sequence[WatchEvent] = ()
    statements: Sequence[LmsStatement] = ()
    voided: Sequence[str] = ()
    texts: Sequence[Text] = ()
    tasks: Sequence[TaskText] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    guesses: Mapping[tuple[str, str], Guess] = field(default_factory=dict)
    whole: Sequence[Scope] = ()
    cursor: str | None = None
    done: int = 0
    expected: int | None = None
    calls: int | None = None
    cut_short: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOrder:
    """The sources of a course by name, in the order in which they are read; `last` are held against what all
    others tell, and so are read once those are."""

    names: Sequence[str]
    last: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """What a course file says of a source: a platform of the settings that a course draws on, or the roster
    of an LTI platform; `course` is the course's id at a learning platform, its context's in a roster.

    `grades` says what the words of the platform's marking scales mean.
    """

    name: str
    kind: str
    course: str | None = None
    grades: Mapping[str, Grade] = field(default_factory=dict)


class Sources(Protocol):
    """What courses are read from."""

    def order(self, course: str) -> SourceOrder:
        """Raises UnknownCourse; Mistakes where its settings cannot be read."""

    def source(self, course: str, name: str) -> EvidenceSource:
        """Ready to be pulled. Raises UnknownCourse, UnknownPlatform, UnknownRegistration, Mistakes."""

    def kind_of(self, platform: str) -> str:
        """What a platform is, as course files say it, that the people of a registration are those of."""

    def first(self, course: str, settings: SourceSettings) -> EvidenceSource:
        """One of a course that nobody set up yet. Raises UnknownPlatform, UnknownRegistration."""

    def text_reader(self, course: str, name: str) -> TextReader | None:
        """What reads single records of the source from their texts; None: only with all that belongs to them.

        Raises UnknownCourse.
        """


class TextReader(Protocol):
    """Reads again what was set aside, without asking its source: where a record's text says all there is."""

    def read(self, text: bytes) -> Batch:
        """What the record says to the reader of today; one that is refused again is told as a problem."""


class EvidenceSource(Protocol):
    """A place that evidence comes from; pulling twice changes nothing."""

    @property
    def name(self) -> str:
        """The name of the platform in the settings; part of every record's identity."""

    @property
    def shared(self) -> bool:
        """Whether it tells the same whatever the course, so that all courses go on from one cursor.

        Such a source yields events and statements only: records belong to one course.
        """

    def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
        """Everything that changed since the cursor, or everything there is.

        Raises PlatformError when it cannot go on; what was yielded before stays good.
        """
