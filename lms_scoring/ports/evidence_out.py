"""Evidence on its way out: who is in a course, and all that is known of each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from lms_scoring.domain.evidence import Membership, Record
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.statements import LmsStatement, WatchEvent
from lms_scoring.ports.sources import Activity


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonEvidence:
    """All that the store has of one person in one course, with persons (not accounts) in the records.

    Records come with `gone_at` where they are gone, in their latest version. `events` and `statements`
    are of all accounts of the person, without those voided, by the source that told them; among the
    statements are those by which others deleted what is the person's. Who marked is a person's id, or an
    account that is nobody's.

    `is_frozen`: the course is closed, and these are the records as they counted then, with what was entered
    here since; nothing of them is bound or folded again, and there are no events or statements beside them.
    """

    person: KnownPerson
    records: Sequence[Record] = ()
    events: Mapping[str, Sequence[WatchEvent]] = field(default_factory=dict)
    statements: Mapping[str, Sequence[LmsStatement]] = field(default_factory=dict)
    is_frozen: bool = False


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
class UnjoinedAccount:
    """An account that nobody in the roster has, with how much it left behind, where, and from when to when.

    The instants (ms) are None where nothing that it left has a time.
    """

    account: str
    records: int
    sources: tuple[str, ...]
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """Works of somebody who was erased, without a name: tutors' cards rest on them.

    `is_frozen`: they are as they counted when the course was closed, and not bound again.
    """

    memberships: Sequence[Membership]
    records: Sequence[Record]
    is_frozen: bool = False


class EvidenceOut(Protocol):
    """Reads what is kept of a course."""

    def people(self, course: str, *, persons: Collection[str] | None = None) -> Sequence[KnownPerson]:
        """Everyone who is or was a member, by id; or those of them that are named."""

    def memberships(
        self, course: str, *, persons: Collection[str] | None = None, today: bool = False
    ) -> Sequence[Membership]:
        """With persons' ids; the latest version of each, gone ones as withdrawn. All, or of those named. Not
        among them is that somebody left a class that is not told, where its source told it before.

        Of a closed course they are those of then; with `today` those that syncs have told since.
        """

    def classes_of_groups(self, course: str, source: str, groups: Collection[str]) -> Collection[str]:
        """The classes of the active memberships whose ids end with one of the groups (`learner-7-3`: 3)."""

    def names(self, persons: Collection[str]) -> Mapping[str, str]:
        """The names of those that are known here, whatever course they are of, by id; some are empty."""

    def activities(self, course: str) -> Sequence[tuple[str, Activity]]:
        """(source, activity) pairs."""

    def titles(self, activities: Collection[str]) -> Mapping[str, str]:
        """What statements call these, by their ids; of those alone that they call anything."""

    def evidence_of(
        self, course: str, persons: Sequence[str], *, at_run: int | None = None
    ) -> Iterator[PersonEvidence]:
        """In the order of `persons`; one person at a time stays in memory. Raises UnknownPerson.

        With `at_run`, records as they stood after that run and before the next.
        """

    def records_of(
        self, course: str, persons: Collection[str], *, kinds: Collection[str]
    ) -> Sequence[Record]:
        """These persons' records of these kinds, by source, kind and id, each as in `evidence_of`.

        Quick, for no event and no statement is read: what statements tell is not among them.
        """

    def latest_records(
        self, course: str, source: str, names: Collection[tuple[str, str]]
    ) -> Sequence[Record]:
        """The latest versions of a source's records, by kind and id, gone ones too, in no order. They name
        accounts, as their source does, and are read from what is stored also where the course is closed."""

    def records_named(self, course: str, source: str, ids: Iterable[str]) -> Sequence[NamedRecord]:
        """The records of a source that have one of the ids, gone ones too, by id and kind."""

    def stand_ins(self, course: str) -> Sequence[StandIn]:
        """As they count now; of a closed course as they counted then."""

    def unjoined(self, course: str, *, first: int = 0, rows: int | None = None) -> Sequence[UnjoinedAccount]:
        """Accounts of nobody that left something behind in the course or in one of its sources, those that
        left most first: all, or so many from a place on."""

    def unjoined_keyed(self, course: str, key: str) -> UnjoinedAccount | None:
        """The one of them that has the key (`account_key`)."""

    def unjoined_count(self, course: str) -> int:
        """How many there are."""

    def counts(self, course: str) -> Sequence[tuple[str, str, str | None, int]]:
        """(source, kind, activity, live records), events and statements among them: what is there, bound
        or not."""
