"""Quarantine: records that no sync could use, kept until they come well-formed or somebody decides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from lms_scoring.domain.quarantine import QuarantineState, SetAside


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A set-aside record as it is kept. `course` None: its source tells every course the same.

    `over_at` is since when it no longer waits; `act` numbers the signed act that dropped it.
    """

    number: int
    course: str | None
    source: str
    aside: SetAside
    state: QuarantineState
    first_run: int
    last_run: int
    first_at: int
    last_at: int
    over_at: int | None = None
    act: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineCount:
    """How many records of a source wait, and since when the oldest of them does."""

    course: str | None
    source: str
    waiting: int
    since: int


class Quarantine(Protocol):
    """A record is known again by its course (None: of a shared source), source and digest."""

    def quarantine(
        self, course: str | None, source: str, records: Iterable[SetAside], *, run: int, at: int
    ) -> int:
        """One that is kept already is noted as met again, with today's reason, and waits; a dropped one stays
        dropped.

        Of a source no more than `MOST_SET_ASIDE` are kept: what is over by itself gives way, the longest over
        first, and then the first stay. How many were not kept."""

    def names_in_quarantine(self, course: str | None, source: str) -> frozenset[str]:
        """The ids that waiting records would be kept by, as far as known."""

    def came_well_formed(self, course: str | None, source: str, names: Collection[str], *, at: int) -> None:
        """Records of these ids were kept: what waits under them is resolved."""

    def not_met_again(
        self, course: str | None, source: str, *, run: int, at: int, places: Collection[str] | None = None
    ) -> None:
        """What waits of the source (or of these places of it) and the run did not meet is gone there."""

    def quarantined(
        self, *, course: str | None = None, states: Collection[QuarantineState] = (), limit: int = 1000
    ) -> Sequence[Quarantined]:
        """Of one course and the shared sources it ever had a run of, or of all; the latest met first."""

    def in_quarantine(self, number: int) -> Quarantined:
        """Raises NotInQuarantine."""

    def end_quarantine(
        self, number: int, state: QuarantineState, *, at: int, act: int | None = None
    ) -> None: ...

    def quarantine_counts(self) -> Sequence[QuarantineCount]:
        """Of every source that anything waits of, by course and source."""
