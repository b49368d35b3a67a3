"""One pull under way: what it works with, and what it notes for its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from adapters.moodle.client import MoodleClient
from adapters.moodle.cursor import Cursor
from adapters.moodle.evidence.people import person_id
from adapters.moodle.evidence.site import Site, unreadable
from adapters.moodle.payloads.courses import Module
from adapters.moodle.payloads.rows import owner_of
from adapters.moodle.problems import Named, bad_rows, unknown
from adapters.moodle.roster import Roster
from lms_scoring.domain.evidence import KIND_OF, Grade, Record, Unknown
from lms_scoring.domain.texts import Text
from lms_scoring.domain.unread import Unread
from lms_scoring.ports import Batch, Guess, Problem, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What Moodle says changed since the last pull: row ids by activity. None: everything may have."""

    rows: Mapping[int, frozenset[int]] | None

    def touched(self, cmid: int) -> bool:
        """Whether the activity may have changed."""
        return self.rows is None or cmid in self.rows

    def rows_of(self, cmid: int) -> frozenset[int]:
        """The rows that changed, as far as told."""
        return frozenset() if self.rows is None else self.rows.get(cmid, frozenset())


@dataclass(slots=True)
class Notes:
    """What a pull writes down on its way for its last batch and the next cursor.

    read: activities read without loss. damaged: those where something was lost. whole: scopes listed
    completely. people in no list: `strangers`; those of them who learnt here: `learnt`; `names`: their
    names as posts show them; `deleted`: accounts that are deleted. parts: by package, the first part that
    carries tracks (0: none does). refused: by lesson, of whom we were refused the function that gives their
    sessions.
    """

    read: set[int] = field(default_factory=set)
    damaged: set[int] = field(default_factory=set)
    whole: list[Scope] = field(default_factory=list)
    strangers: set[int] = field(default_factory=set)
    learnt: set[int] = field(default_factory=set)
    names: dict[int, str] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    flags: dict[int, str] = field(default_factory=dict)
    late: dict[int, list[int]] = field(default_factory=dict)
    dates: dict[int, dict[str, str]] = field(default_factory=dict)
    turn: tuple[int, int] = (0, 0)
    topics: dict[int, str] = field(default_factory=dict)
    parts: dict[int, int] = field(default_factory=dict)
    refused: dict[int, set[int]] = field(default_factory=dict)
    roster_incomplete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """What every part of a pull needs. `before` is the last pull's cursor, None when all is to be read;
    `places_changed`: somebody came, left, was suspended or let in again, or changed class or role since."""

    client: MoodleClient
    site: Site
    course: int
    roster: Roster
    modules: Sequence[Module]
    grade_words: Mapping[str, Grade]
    changes: Changes
    places_changed: bool
    before: Cursor | None
    notes: Notes = field(default_factory=Notes)

    def modules_of(self, kind: str) -> list[Module]:
        """The activities of one kind."""
        return [module for module in self.modules if module.modname == kind]

    def must_read(self, cmid: int) -> bool:
        """Whether the activity is new, was not read without loss, or may have changed."""
        return self.before is None or cmid not in self.before.read or self.changes.touched(cmid)

    def knows(self, user: int) -> bool:
        """Whether the roster has the person; if not, a stranger is noted."""
        if user in self.roster.users:
            return True
        self.notes.strangers.add(user)
        return False

    def learnt(self, user: int) -> None:
        """Notes that somebody left evidence of learning, who may be in no list."""
        if not self.knows(user):
            self.notes.learnt.add(user)

    def finished(self, cmid: int, *kinds: str) -> None:
        """The activity was read to its end; where nothing was lost, its kinds are listed completely."""
        if cmid in self.notes.damaged:
            return
        self.notes.read.add(cmid)
        self.notes.whole += [Scope(kind=kind, activity=str(cmid)) for kind in kinds]

    def unchanged(self, cmid: int) -> None:
        """The activity did not need to be read again."""
        self.notes.read.add(cmid)


@dataclass(slots=True)
class Findings:
    """What was found in one activity."""

    pull: Pull
    cmid: int
    records: list[Record] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    guesses: dict[tuple[str, str], Guess] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """How problems and records name the activity."""
        return str(self.cmid)

    def damaged(self, problems: Iterable[Problem]) -> None:
        """Something was lost here: the activity is not listed completely, and is read again next time."""
        before = len(self.problems)
        self.problems += problems
        if len(self.problems) > before:
            self.pull.notes.damaged.add(self.cmid)

    def about(self, user: int, problem: Problem) -> Problem:
        """The problem, which is about this person in this activity."""
        return replace(problem, person=person_id(self.pull.site, user), activity=self.subject)

    def keep(self, record: Record, guess: Guess) -> None:
        """A record, and how far it is no more than a guess."""
        self.records.append(record)
        if guess != Guess():
            self.guesses[KIND_OF[type(record)], record.id] = guess

    def set_aside(self, what: str, rows: Sequence[bytes], named: Named) -> None:
        """Rows that cannot be read are lost; the cards of those whose they are say so."""
        self.damaged(bad_rows(what, rows, subject=self.subject, named=named))
        for record, problem in unknown_owners(self.pull, what, rows, activity=self.subject):
            self._add(record, problem)

    def unknown(self, user: int, why: Unread, told: str) -> None:
        """Something of this person is here that cannot be read. `told`: the same for the sync's report, with
        what is known of it."""
        self._add(*_unknown_of(self.pull.site, user, activity=self.subject, why=why, told=told))

    def _add(self, record: Unknown, problem: Problem) -> None:
        """Once a person is enough."""
        if any(isinstance(each, Unknown) and each.id == record.id for each in self.records):
            return
        self.records.append(record)
        self.problems.append(problem)

    def batch(self) -> Batch:
        """What was found, and from now on nothing."""
        made = Batch(
            records=tuple(self.records),
            texts=tuple(self.texts),
            problems=tuple(self.problems),
            guesses=self.guesses,
        )
        self.records, self.texts, self.problems, self.guesses = [], [], [], {}
        return made


def known_owners(pull: Pull, rows: Iterable[bytes]) -> list[int]:
    """The people whose these rows are, as far as the rows tell and we have met them."""
    owners = {user for row in rows if (user := owner_of(row)) is not None}
    return sorted(user for user in owners if user in pull.roster.users or user in pull.notes.strangers)


def unknown_owners(
    pull: Pull, what: str, rows: Iterable[bytes], *, activity: str
) -> list[tuple[Unknown, Problem]]:
    """For everybody known who has one of these rows, that it cannot be read."""
    told = f"A row of {what} has not the shape that is known"
    return [
        _unknown_of(pull.site, user, activity=activity, why=Unread.EVIDENCE_UNREADABLE, told=told)
        for user in known_owners(pull, rows)
    ]


def _unknown_of(site: Site, user: int, *, activity: str, why: Unread, told: str) -> tuple[Unknown, Problem]:
    """That something of a person in an activity cannot be read, for the card and for the sync's report."""
    record = unreadable(site, user, activity=activity, why=why)
    text = (
        f"{told}; activity {activity}. It is shown as unknown and not taken for 0; decide with "
        "`lms-scoring decide COURSE PERSON override CRITERION POINTS`"
    )
    return record, unknown(why.value, text, subject=record.id)
