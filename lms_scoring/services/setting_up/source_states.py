"""How far the sources of a course that is being set up are read, by what stands in the tables.

Any process that serves pages tells the same, whoever reads, and whether or not it died of that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms_scoring.ports import Run, RunState, SoFar, SyncRequest, Transaction, Trouble
from lms_scoring.services.following_up.troubles import is_put_off, platform_itself, trouble_of
from lms_scoring.services.setting_up.course_text import CourseSettings
from lms_scoring.services.unattended.first_sources import LTI


class SourceProgress(StrEnum):
    """How far one source is."""

    UNREAD = "unread"
    """Nobody asked for it."""
    ASKED = "asked"
    """It is read as soon as it is its turn."""
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """It may be tried again by itself, or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How far a source is, and how far its latest run got; `try_at`: it is tried again then (ms UTC).

    `as_of` is when it was last read to the end, `reason` what it failed of.
    """

    source: str
    state: SourceProgress
    so_far: SoFar | None = None
    reason: str | None = None
    try_at: int | None = None
    as_of: int | None = None
    is_roster: bool = False

    @property
    def is_under_way(self) -> bool:
        """Whether it is worth while to look again soon."""
        return self.state in (SourceProgress.ASKED, SourceProgress.RUNNING)


def source_states(transaction: Transaction, settings: CourseSettings, *, now: int) -> Iterator[SourceState]:
    """Of each source, in their order."""
    course, troubles = settings.id, transaction.troubles()
    asked = {request.source: request for request in transaction.sync_requests(course=course)}
    latest = transaction.latest_runs(course)
    for source in settings.sources:
        request, run = asked.get(source.name), latest.get(source.name)
        trouble = _trouble(troubles, source.name, course)
        state = _state(request, run, trouble, now=now)
        failed = state is SourceProgress.FAILED
        yield SourceState(
            source=source.name,
            state=state,
            so_far=None if run is None else run.so_far,
            reason=_reason(run, trouble) if failed else None,
            try_at=None if trouble is None or request is None or not failed else trouble.try_at,
            as_of=None if run is None else run.ended_at,
            is_roster=source.kind == LTI,
        )


def _state(
    request: SyncRequest | None, run: Run | None, trouble: Trouble | None, *, now: int
) -> SourceProgress:
    runs = run is not None and run.state is RunState.RUNNING
    if request is not None:
        if trouble is not None and is_put_off(request, [trouble], now=now):
            return SourceProgress.FAILED
        return SourceProgress.RUNNING if runs else SourceProgress.ASKED
    if trouble is not None and trouble.course is not None:
        return SourceProgress.FAILED
    if run is None or runs:
        return SourceProgress.UNREAD
    return SourceProgress.DONE if run.state is RunState.DONE else SourceProgress.FAILED


def _trouble(troubles: Sequence[Trouble], source: str, course: str) -> Trouble | None:
    """What fails of the source in this course, or else as a whole."""
    for of in (course, None):
        found = trouble_of(troubles, platform_itself(source), of)
        if found is not None and found.over_at is None:
            return found
    return None


def _reason(run: Run | None, trouble: Trouble | None) -> str | None:
    if trouble is not None:
        return trouble.reason
    return None if run is None else run.reason
