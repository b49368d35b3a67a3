"""The sync report of a course: what the last syncs read, could not read, and could not join to anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lms_scoring.domain.binding import Bindings
from lms_scoring.domain.evidence import Purpose
from lms_scoring.ports import Activity, EvidenceOut, KeptCourse, Run, Store, UnjoinedAccount, Visitor
from lms_scoring.services.access.seeing import whole_view
from lms_scoring.services.collecting.open_problems import OpenProblem, named, open_problems
from lms_scoring.services.collecting.rosters import RosterState, roster_states
from lms_scoring.services.gradebook.grade_status import CourseGrades, grades_of
from lms_scoring.services.scoring.empty_bindings import Unlisted, strange_activities
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.titles import videos
from lms_scoring.services.viewing.sync_progress import SyncProgress, progress_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How much evidence of one kind an activity has, and what it is bound to (None: nothing)."""

    source: str
    kind: str
    activity: Activity | None
    activity_id: str | None
    count: int
    purpose: Purpose | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """What the last syncs of a course read, what could not be read so far, and who could not be joined."""

    course: KeptCourse
    runs: Sequence[Run]
    problems: Sequence[OpenProblem]
    unjoined: Sequence[UnjoinedAccount]
    """Those that left most; how many there are in all is the count."""
    kinds: Sequence[Kind]
    progress: SyncProgress
    unjoined_count: int = 0
    grades: CourseGrades | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    """Of the people whose grades are spoken of, by id."""
    rosters: Sequence[RosterState] = ()
    strange: Sequence[Unlisted] = ()
    """What is bound and not there."""


UNJOINED_SHOWN = 20
"""Accounts of nobody that a sync report names; all of them have a list of their own."""


def sync_report_of(rules: CourseRules, store: Store, visitor: Visitor) -> SyncReport:
    """For whoever sees the whole course. Raises NotAllowed for anyone else."""
    course = rules.course
    with store.reading() as transaction:
        refusal = "the sync report is for coordinators and administrators"
        view = whole_view(transaction, course, visitor, refusal=refusal)
        return SyncReport(
            course=view.course,
            grades=grades_of(transaction, course),
            names={one.id: one.name for one in transaction.people(course)},
            runs=transaction.runs(course),
            progress=progress_in(transaction, course),
            problems=named(transaction, course, open_problems(transaction, course)),
            unjoined=transaction.unjoined(course, rows=UNJOINED_SHOWN),
            unjoined_count=transaction.unjoined_count(course),
            kinds=_kinds(transaction, course, rules.bindings),
            rosters=roster_states(transaction, course, rules.sources),
            strange=strange_activities(transaction, rules),
        )


def _kinds(transaction: EvidenceOut, course: str, bindings: Bindings) -> list[Kind]:
    named = {(source, activity.id): activity for source, activity in transaction.activities(course)}
    counts = transaction.counts(course)
    watched = videos(transaction, {id_ for _, _, id_, _ in counts if id_ is not None})
    return [
        Kind(
            source=source,
            kind=kind,
            activity=named.get((source, activity or "")) or watched.get(activity or ""),
            activity_id=activity,
            count=count,
            purpose=None if activity is None else bindings.purpose_of(source, activity),
        )
        for source, kind, activity, count in counts
    ]
