"""Evidence on its way in: from platforms, where a repeat changes nothing, and from people here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from lms_scoring.domain.evidence import Decision, Recommendation, Record
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.statements import LmsStatement, WatchEvent
from lms_scoring.ports.runs import Stored
from lms_scoring.ports.sources import Activity, Scope


class EvidenceIn(Protocol):
    """Keeps what platforms tell and what people decide.

    What cannot be stored is set aside, told as a problem of kind `refused`, and the rest is kept.
    """

    def keep_people(self, people: Iterable[KnownPerson]) -> Stored:
        """Adds people and accounts, renames; never removes. An account two people claim stays with the
        first and is reported; so does one that was joined to somebody else by hand. Of two people of one
        platform, whose own number it is has it, whoever else is called so."""

    def keep_activities(self, course: str, source: str, activities: Iterable[Activity]) -> None: ...

    def keep_records(self, course: str, source: str, records: Sequence[Record], *, run: int) -> Stored:
        """Idempotent by (course, source, kind, id): a changed record supersedes its former version, which
        stays readable; an equal one is only seen again; one that was gone and came back lives again."""

    def keep_events(self, source: str, events: Sequence[WatchEvent]) -> Stored:
        """Events and statements belong to every course that has a run of their source."""

    def keep_statements(self, source: str, statements: Sequence[LmsStatement]) -> Stored: ...

    def keep_voided(self, source: str, statements: Sequence[str]) -> None: ...

    def keep_titles(self, titles: Mapping[str, str]) -> None:
        """What activities are called now, by their ids; of those alone that kept statements are about."""

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
