"""Syncs: how each went, what it met, and where the next one may begin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from lms_scoring.domain.failure import Failure
from lms_scoring.ports.problems import KeptProblem, MetProblem, Problem


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
class Stored:
    """What became of what was to be stored: how much of it was news, and what was set aside and why."""

    kept: Kept = Kept()
    problems: tuple[Problem, ...] = ()

    def __add__(self, other: Stored) -> Stored:
        return Stored(kept=self.kept + other.kept, problems=self.problems + other.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class SoFar:
    """How far a source is read, in its own units; `expected` None: it cannot tell."""

    done: int
    expected: int | None = None


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
    """Whether everything was asked for and not cut short, not only what changed since the run before."""
    calls: int | None = None
    """How many requests it took; None: it is of a time when nobody counted."""
    failure: Failure | None = None
    """What it failed of: whether it may pass by itself, or a person must act."""
    so_far: SoFar | None = None
    """As its latest batch told; None: none did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastEnds:
    """How far a source got for a course, whatever came since."""

    run: int | None
    """The latest run that ended by itself, well or not; None: none did."""
    good_at: int | None
    """When the latest good run ended; None: none was good."""
    failure: Failure | None = None
    """What the run called `run` failed of; None: it was good."""
    whole_began_at: int | None = None
    """When the latest good run began that was not cut short: what was there then it has read."""
    failed: bool = False
    """Whether the run called `run` failed, known of what or not."""
    cut_short: bool = False
    """Whether it was good, and cut short."""


class Runs(Protocol):
    """Runs, cursors and problems."""

    def begin_run(
        self, course: str, source: str, *, at: int, full: bool = False, shared: bool = False
    ) -> int:
        """A new run's id; a run of the same course and source still `running` becomes `interrupted`.

        `full`: it asks for everything, so what it does not meet again is no problem any more. `shared`: the
        source tells every course the same. The first run of a source touches all members of the course,
        for what it told other courses before is their evidence from now on.
        """

    def keep_so_far(self, run: int, so_far: SoFar) -> None:
        """In place of what the batch before told."""

    def end_run(
        self,
        run: int,
        *,
        at: int,
        state: RunState,
        kept: Kept,
        reason: str | None = None,
        calls: int | None = None,
        failure: Failure | None = None,
        cut_short: bool = False,
    ) -> None:
        """How it ended; one that was `cut_short` was no full or whole one, whatever it asked for."""

    def runs(self, course: str | None, *, limit: int = 20) -> Sequence[Run]:
        """Of one course or (None) of all, the latest first."""

    def latest_runs(self, course: str) -> Mapping[str, Run]:
        """The latest run of every source that ever had one for the course, by name, however many others had
        since."""

    def last_good_runs(self) -> Mapping[str, Run]:
        """The latest run of each source that went well, of whatever course, by name."""

    def check_run(self, course: str, source: str, run: int) -> None:
        """Raises StoreError unless the run is the latest of its source: a sync that was thought dead must
        not write over what a later one has seen."""

    def last_ends(self, course: str) -> Mapping[str, LastEnds]:
        """Of every source that ever had a run for the course, however long ago, by name."""

    def first_whole_ends(self, course: str, *, since: int) -> Mapping[str, int]:
        """When the first good run of each source ended that began at that instant or later and was not cut
        short, by name; of a source that has none there is none. Runs that retention removed are not known:
        once the first is gone, another that is kept counts as such."""

    def cursor(self, course: str | None, source: str) -> str | None:
        """Where the next pull may begin: of the course, or (None) of any course, for a shared source."""

    def keep_cursor(self, course: str | None, source: str, cursor: str) -> None: ...

    def keep_problems(self, run: int, problems: Iterable[Problem], *, at: int) -> None: ...

    def problems(self, course: str, *, run: int) -> Sequence[KeptProblem]:
        """Of one run, in the order they were met."""

    def met_problems(self, course: str) -> Sequence[MetProblem]:
        """What each source's last full pull that was done met, and every run since; in the order they were
        met last. Of one source there is one of a kind, code and subject. The runs of a shared source are
        those of all courses."""
