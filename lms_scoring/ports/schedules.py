"""Syncs to come: what is asked for, when the last one began, which fail; what goes on, what is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A platform that fails since `since`, in one course or (None) as a whole; nothing is asked of it before
    `try_at`, unless somebody wants it. `told_at`: when that was told; `over_at`: since when it is over.

    `failures`: how often in a row, or how much is lost where syncs go well and lose something.
    """

    platform: str
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
        """In place of the one before of that platform and course."""

    def forget_trouble(self, platform: str, course: str | None) -> None:
        """There is none, and nobody need be told."""

    def troubles(self) -> Sequence[Trouble]:
        """All of them, by platform and course, those of a whole platform first."""

    def keep_heartbeat(self, name: str, *, at: int) -> None:
        """Something that goes on by itself was seen to go on."""

    def heartbeat(self, name: str) -> int | None:
        """When it was seen last; None: never."""

    def add_to_tally(self, name: str, more: int) -> None:
        """It was met so often again."""

    def tally(self, name: str) -> int:
        """How often it was ever met, by all processes together."""
