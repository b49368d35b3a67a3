"""Syncs to come: what is asked for, when the last one began, which fail; what goes on, what is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncRequest:
    """A source of a course is to be read. `urgent`: somebody waits for it, so a platform that failed is asked
    all the same; `full`: all of it."""

    course: str
    source: str
    asked_at: int
    urgent: bool = False
    full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LastStarts:
    """When a source was last begun to be read for a course; and when it last was and all of it came, for any
    course where all share it. In ms, None: never."""

    at: int | None
    full_at: int | None


class TroubleKind(StrEnum):
    """What kind of thing is not as it should be."""

    BINDINGS = "bindings"
    """Activities are bound that a source, which is read well, does not have."""
    LOSSES = "losses"
    """Syncs of a source go well and lose something."""
    PLATFORM = "platform"
    """A platform does not answer, or refuses what is asked of it."""
    WORK = "work"
    """Our own work."""


@dataclass(frozen=True, slots=True, order=True)
class Concern:
    """What a trouble is about; `name` is the platform's or the source's, or that of our own work."""

    kind: TroubleKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What fails since `since`, in one course or (None) as a whole; it is not tried again before `try_at`,
    unless somebody wants it. `told_at`: when that was told; `over_at`: since when it is over.

    `failures`: how often in a row, or how much is missing where syncs go well.
    """

    concern: Concern
    course: str | None
    since: int
    failures: int
    try_at: int
    reason: str
    told_at: int | None = None
    over_at: int | None = None


class Schedules(Protocol):
    """The part of a transaction about syncs to come."""

    def ask_for_sync(self, request: SyncRequest) -> None:
        """Of one source of a course there is one: of several the latest, with all that any of them wanted."""

    def sync_requests(self, *, course: str | None = None) -> Sequence[SyncRequest]:
        """The urgent first, then those asked longest ago."""

    def settle_sync(self, request: SyncRequest) -> None:
        """It is done; unless it was asked again meanwhile, which stays."""

    def last_starts(self, course: str) -> Mapping[str, LastStarts]:
        """Of every source that ever had a run for the course, by name."""

    def keep_trouble(self, trouble: Trouble) -> None:
        """In place of the one before of that concern and course."""

    def forget_trouble(self, concern: Concern, course: str | None) -> None:
        """There is none, and nobody need be told."""

    def troubles(self) -> Sequence[Trouble]:
        """All of them, by concern and course, those of no one course first."""

    def keep_heartbeat(self, name: str, *, at: int) -> None:
        """Something that goes on by itself was seen to go on."""

    def heartbeat(self, name: str) -> int | None:
        """When it was seen last; None: never."""

    def add_to_tally(self, name: str, more: int) -> None:
        """It was met so often again."""

    def tally(self, name: str) -> int:
        """How often it was ever met, by all processes together."""
