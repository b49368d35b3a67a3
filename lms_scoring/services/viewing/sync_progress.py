"""How the syncs of a course go: what is read just now, what waits for it, what fails; one line a source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lms_scoring.ports import Run, RunState, Store, SyncRequest, Transaction, Trouble, Visitor
from lms_scoring.services.access.seeing import whole_view
from lms_scoring.services.following_up.troubles import MISSING, platform_itself


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A source that is read just now (`run`), or waits for it since `asked_at`; `trouble`: it failed before.

    A request stands until its source was read, so a source that is being read has both.
    """

    source: str
    run: Run | None = None
    asked_at: int | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncProgress:
    """What is under way, what is read first coming first; and what fails of the rest."""

    lines: Sequence[SourceLine]
    troubles: Sequence[Trouble]

    @property
    def reading(self) -> int:
        """How many sources are read just now."""
        return sum(line.run is not None for line in self.lines)

    @property
    def waiting(self) -> int:
        """How many wait to be read."""
        return len(self.lines) - self.reading


def sync_progress(store: Store, course: str, visitor: Visitor) -> SyncProgress:
    """For whoever sees the whole course. Raises NotAllowed for anyone else."""
    with store.reading() as transaction:
        refusal = "how a sync goes is told to coordinators and administrators"
        whole_view(transaction, course, visitor, refusal=refusal)
        return progress_in(transaction, course)


def progress_in(transaction: Transaction, course: str) -> SyncProgress:
    """That of a course."""
    runs = transaction.latest_runs(course).values()
    return progress_of(runs, transaction.sync_requests(course=course), _troubles_of(transaction, course))


def progress_of(
    runs: Iterable[Run], requests: Iterable[SyncRequest], troubles: Sequence[Trouble]
) -> SyncProgress:
    """One line for each source, whatever is known of it."""
    running = {run.source: run for run in runs if run.state is RunState.RUNNING}
    asked = {one.source: one.asked_at for one in requests}
    sources = [*running, *(source for source in asked if source not in running)]
    platforms = {platform_itself(source) for source in sources}
    failing = {one.concern: one for one in troubles}
    return SyncProgress(
        lines=[
            SourceLine(
                source=source,
                run=running.get(source),
                asked_at=asked.get(source),
                trouble=failing.get(platform_itself(source)),
            )
            for source in sources
        ],
        troubles=[one for one in troubles if one.concern not in platforms],
    )


def _troubles_of(transaction: Transaction, course: str) -> list[Trouble]:
    """What fails of what the course is read from, and of our own work for it; what is missing stands among
    the problems."""
    platforms = {platform_itself(source) for source in transaction.last_ends(course)}
    return [
        one
        for one in transaction.troubles()
        if one.over_at is None
        and one.concern.kind not in MISSING
        and (one.course == course or (one.course is None and one.concern in platforms))
    ]
