"""A sync report as its page shows it: the worst first, and never an endless list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms_scoring.ports import (
    OutgoingGrade,
    ProblemKind,
    Run,
    RunState,
    SendState,
    UnjoinedAccount,
)
from lms_scoring.services.collecting.open_problems import OpenProblem
from lms_scoring.services.collecting.rosters import RosterState
from lms_scoring.services.gradebook.grade_status import CourseGrades
from lms_scoring.services.scoring.empty_bindings import Unlisted
from lms_scoring.services.viewing.sync_progress import SyncProgress
from lms_scoring.services.viewing.sync_report import Kind, SyncReport

AT_MOST = 100
"""So many lines of one list are shown; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemGroup:
    """The problems of one code: those shown, and how many there are."""

    code: str
    shown: Sequence[OpenProblem]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemList:
    """The problems of one kind, grouped by code, the largest group first; and how many there are."""

    kind: ProblemKind
    groups: Sequence[ProblemGroup]
    count: int

    @property
    def is_wrong(self) -> bool:
        """Whether anything is missing; else it is worth a look alone."""
        return self.kind is not ProblemKind.NOTICE


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedGrade:
    """A grade that somebody should look after, and whose it is."""

    grade: OutgoingGrade
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeList:
    """The course's grades in the platform's gradebook: how many got how far, and those to look after."""

    passback: str
    reachable: bool
    counts: Mapping[str, int]
    shown: Sequence[NamedGrade]
    count: int
    read_at: int | None
    """When the gradebook was last read (ms); None: never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncPage:
    """What the page shows."""

    title: str
    problems: Sequence[ProblemList]
    strange: Sequence[Unlisted]
    """What is bound and not there."""
    unjoined: Sequence[UnjoinedAccount]
    unjoined_count: int
    bound: Sequence[Kind]
    unbound: Sequence[Kind]
    others: Sequence[Kind]
    """What is of no activity, such as memberships and decisions."""
    grades: GradeList | None
    """None: the course sends no grades."""
    rosters: Sequence[RosterState]
    progress: SyncProgress
    latest: Sequence[Run]
    """The last of each source; the others are folded away."""
    earlier: Sequence[Run]

    @property
    def has_failed(self) -> bool:
        """Whether the last of any source did not go well."""
        return any(run.state in (RunState.FAILED, RunState.INTERRUPTED) for run in self.latest)


def sync_page(report: SyncReport) -> SyncPage:
    """The page of a report."""
    kinds = sorted(report.kinds, key=_kind_order)
    runs = sorted(report.runs, key=lambda run: run.id, reverse=True)
    latest = {run.source: run.id for run in reversed(runs)}.values()
    return SyncPage(
        title=report.course.title,
        progress=report.progress,
        latest=[run for run in runs if run.id in latest],
        earlier=[run for run in runs if run.id not in latest],
        problems=[found for kind in ProblemKind if (found := _problems(report, kind)).count > 0],
        strange=report.strange,
        unjoined=report.unjoined,
        unjoined_count=report.unjoined_count,
        bound=[kind for kind in kinds if kind.purpose is not None],
        unbound=[kind for kind in kinds if kind.purpose is None and kind.activity_id is not None],
        others=[kind for kind in kinds if kind.purpose is None and kind.activity_id is None],
        grades=None if report.grades is None else _grades(report.grades, report.names),
        rosters=report.rosters,
    )


def _grades(grades: CourseGrades, names: Mapping[str, str]) -> GradeList:
    """The refused first, then those that a teacher changed, and those that are held back."""
    found = [*grades.of(SendState.REFUSED), *grades.of(SendState.OVERRIDDEN), *grades.held]
    counts = {state.value: len(grades.of(state)) for state in SendState}
    return GradeList(
        passback=grades.passback.value,
        reachable=grades.reachable,
        counts={**counts, "unknown": len(grades.unknown), "held": len(grades.held)},
        shown=[NamedGrade(grade=one, name=names.get(one.person, "")) for one in found[:AT_MOST]],
        count=len(found),
        read_at=grades.read_at,
    )


def _problems(report: SyncReport, kind: ProblemKind) -> ProblemList:
    found = [one for one in report.problems if one.met.problem.kind is kind]
    by_code: dict[str, list[OpenProblem]] = {}
    for one in found:
        by_code.setdefault(one.met.problem.code, []).append(one)
    groups = [
        ProblemGroup(code=code, shown=group[:AT_MOST], count=len(group))
        for code, group in sorted(by_code.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    return ProblemList(kind=kind, groups=groups, count=len(found))


def _kind_order(kind: Kind) -> tuple[str, str, str, str]:
    purpose = "" if kind.purpose is None else kind.purpose.value
    name = "" if kind.activity is None else kind.activity.name
    return (purpose, kind.source, kind.kind, name or kind.activity_id or "")
