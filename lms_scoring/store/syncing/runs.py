"""Syncs: their runs, where the next may begin, and what they could not do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, delete, exists, func, or_, select, true, update

from lms_scoring.domain.errors import StoreError
from lms_scoring.domain.failure import Failure, Instead, Remedy
from lms_scoring.domain.findable import made_writable
from lms_scoring.ports import (
    Kept,
    KeptProblem,
    LastEnds,
    MetProblem,
    Problem,
    ProblemKind,
    Run,
    RunState,
    SoFar,
)
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import ask, rows
from lms_scoring.store.syncing.met import check_run, sources_of
from lms_scoring.store.tables.metadata import NOTHING
from lms_scoring.store.tenant_connection import TenantConnection, next_number

_OF_COURSE = (tables.run.c.tenant == bindparam("of_tenant"), tables.run.c.course == bindparam("of_course"))
_GOOD = tables.run.c.state == RunState.DONE.value
_SOURCE = tables.platform.c.name


def _latest(state: RunState, *more: ColumnElement[bool]) -> ColumnElement[Any]:
    """The latest run of the source that ended so, or so and whole: each found by an index of its own, however
    many there were."""
    return (
        select(func.max(tables.run.c.id))
        .where(*_OF_COURSE, tables.run.c.source == _SOURCE, tables.run.c.state == state.value, *more)
        .correlate(tables.platform)
        .scalar_subquery()
    )


_ENDS = (
    select(
        _SOURCE.label("source"),
        _latest(RunState.DONE).label("good"),
        _latest(RunState.DONE, tables.run.c.instead.is_(None)).label("whole"),
        _latest(RunState.FAILED).label("failed"),
    )
    .where(
        tables.platform.c.tenant == bindparam("of_tenant"),
        exists().where(*_OF_COURSE, tables.run.c.source == _SOURCE).correlate(tables.platform),
    )
    .subquery()
)
_GOOD_RUN, _WHOLE_RUN, _FAILED_RUN = tables.run.alias(), tables.run.alias(), tables.run.alias()
LAST_ENDS = (
    select(
        _ENDS,
        _GOOD_RUN.c.ended_at.label("good_at"),
        _WHOLE_RUN.c.started_at.label("whole_began_at"),
        *(_FAILED_RUN.c[name] for name in ("remedy", "instead", "try_at")),
    )
    .outerjoin(_GOOD_RUN, (_GOOD_RUN.c.tenant == bindparam("of_tenant")) & (_GOOD_RUN.c.id == _ENDS.c.good))
    .outerjoin(
        _WHOLE_RUN, (_WHOLE_RUN.c.tenant == bindparam("of_tenant")) & (_WHOLE_RUN.c.id == _ENDS.c.whole)
    )
    .outerjoin(
        _FAILED_RUN, (_FAILED_RUN.c.tenant == bindparam("of_tenant")) & (_FAILED_RUN.c.id == _ENDS.c.failed)
    )
    .order_by(_ENDS.c.source)
)
_WHOLE_ONES = (
    *_OF_COURSE,
    tables.run.c.source == _SOURCE,
    _GOOD,
    tables.run.c.instead.is_(None),
)
_LAST_BEFORE = (
    select(func.max(tables.run.c.id))
    .where(*_WHOLE_ONES, tables.run.c.started_at < bindparam("since"))
    .correlate(tables.platform)
    .scalar_subquery()
)
_FIRST_END = (
    select(func.min(tables.run.c.ended_at))
    .where(*_WHOLE_ONES, tables.run.c.id > func.coalesce(_LAST_BEFORE, 0))
    .correlate(tables.platform)
    .scalar_subquery()
)
FIRST_WHOLE_ENDS = (
    select(_SOURCE, _FIRST_END)
    .select_from(tables.platform)
    .where(tables.platform.c.tenant == bindparam("of_tenant"))
)
"""Of the whole runs of each source after the last that began before, whatever clock dated that, the earliest
end: a clock that was ahead ends none first, and one that is a little behind does. Few are since a window
ended, and both looks are along the index of whole runs."""


class Runs(TenantConnection):
    """The part of a transaction about syncs."""

    def note_run(self, course: str, source: str, *, at: int, full: bool = False, shared: bool = False) -> int:
        """A new run's id. A run of the same course and source still `running` was interrupted, and what
        earlier runs had seen is forgotten."""
        run = tables.run
        of_source = (run.c.tenant == self.tenant, run.c.course == course, run.c.source == source)
        self.connection.execute(
            update(run)
            .where(*of_source, run.c.state == RunState.RUNNING.value)
            .values(state=RunState.INTERRUPTED.value, ended_at=at)
        )
        self.connection.execute(
            delete(tables.seen_record).where(
                tables.seen_record.c.tenant == self.tenant,
                tables.seen_record.c.run.in_(select(run.c.id).where(*of_source)),
            )
        )
        self.put_named(tables.platform, [{"name": source, "shared": shared}])
        number = next_number(self.connection, run.c.id, run.c.tenant == self.tenant)
        begun = {"id": number, "course": course, "source": source, "started_at": at, "full": full}
        nothing = dict.fromkeys(("new", "changed", "same", "gone", "refused"), 0)
        self.add_named(run, [{**begun, "state": RunState.RUNNING.value, **nothing}])
        return number

    def keep_so_far(self, run: int, so_far: SoFar) -> None:
        """In place of what the batch before told."""
        table = tables.run
        self.connection.execute(
            update(table)
            .where(table.c.tenant == self.tenant, table.c.id == run)
            .values(done=so_far.done, expected=so_far.expected)
        )

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
        """Notes how a run ended; one that was `cut_short` was no full one. Raises StoreError when there is no
        such run."""
        table = tables.run
        half = Instead.HALF if cut_short else None
        instead = half if failure is None else failure.instead
        ended = self.connection.execute(
            update(table)
            .where(table.c.tenant == self.tenant, table.c.id == run)
            .values(
                ended_at=at,
                state=state.value,
                reason=None if reason is None else made_writable(reason),
                new=kept.new,
                changed=kept.changed,
                same=kept.same,
                gone=kept.gone,
                refused=kept.refused,
                calls=calls,
                remedy=None if failure is None else failure.remedy.value,
                instead=None if instead is None else instead.value,
                try_at=None if failure is None else failure.try_at,
                **({"full": False} if cut_short else {}),
            )
        )
        if ended.rowcount == 0:
            raise StoreError(f"run {run} cannot be ended: it was never begun here")

    def runs(self, course: str | None, *, limit: int = 20) -> Sequence[Run]:
        """Of one course or (None) of all, the latest first."""
        table = tables.run
        query = select(table).where(table.c.tenant == self.tenant).order_by(table.c.id.desc()).limit(limit)
        if course is not None:
            query = query.where(table.c.course == course)
        return [_run(row) for row in self.connection.execute(query)]

    def latest_runs(self, course: str) -> Mapping[str, Run]:
        """By the numbers of the runs, which grow, whatever clocks did meanwhile."""
        table = tables.run
        of_course = (table.c.tenant == self.tenant, table.c.course == course)
        latest = select(func.max(table.c.id)).where(*of_course).group_by(table.c.source)
        query = select(table).where(table.c.tenant == self.tenant, table.c.id.in_(latest))
        return {row.source: _run(row) for row in self.connection.execute(query.order_by(table.c.source))}

    def last_ends(self, course: str) -> Mapping[str, LastEnds]:
        """Of every source that ever had a run for the course, however long ago, by name."""
        found = rows(self.connection, LAST_ENDS, of_tenant=self.tenant, of_course=course)
        return {row.source: _last_ends(row) for row in found}

    def first_whole_ends(self, course: str, *, since: int) -> Mapping[str, int]:
        """When the first whole run since ended, of each source that has one, by name."""
        found = ask(self.connection, FIRST_WHOLE_ENDS, of_tenant=self.tenant, of_course=course, since=since)
        return {source: ended_at for source, ended_at in found if ended_at is not None}

    def last_good_runs(self) -> Mapping[str, Run]:
        """The latest run of each source that went well, of whatever course, by name."""
        table = tables.run
        latest = (
            select(func.max(table.c.id)).where(table.c.tenant == self.tenant, _GOOD).group_by(table.c.source)
        )
        query = select(table).where(table.c.tenant == self.tenant, table.c.id.in_(latest))
        return {row.source: _run(row) for row in self.connection.execute(query.order_by(table.c.source))}

    def cursor(self, course: str | None, source: str) -> str | None:
        """Where the next pull of the source may begin, for the course or for any; None before the first."""
        table = tables.cursor
        query = select(table.c.cursor).where(
            table.c.tenant == self.tenant, table.c.course == (course or NOTHING), table.c.source == source
        )
        return self.connection.execute(query).scalar_one_or_none()

    def keep_cursor(self, course: str | None, source: str, cursor: str) -> None:
        """Moves the cursor; kept in the same transaction as the batch it comes with."""
        self.put_named(tables.cursor, [{"course": course or NOTHING, "source": source, "cursor": cursor}])

    def keep_problems(self, run: int, problems: Iterable[Problem], *, at: int) -> None:
        """Adds to the run's list, in order."""
        table = tables.problem
        first = next_number(
            self.connection, table.c.number, table.c.tenant == self.tenant, table.c.run == run
        )
        self.add_named(
            table,
            [
                {
                    "run": run,
                    "number": number,
                    "at": at,
                    "kind": problem.kind.value,
                    "code": problem.code,
                    "text": made_writable(problem.text),
                    "subject": made_writable(problem.subject),
                    "person": made_writable(problem.person) or None,
                    "activity": made_writable(problem.activity) or None,
                }
                for number, problem in enumerate(problems, start=first)
            ],
        )

    def problems(self, course: str, *, run: int) -> Sequence[KeptProblem]:
        """Of one run, in the order they were met."""
        query = self._problems(tables.run.c.course == course).where(tables.run.c.id == run)
        return [
            KeptProblem(run=row.run, source=row.source, at=row.at, problem=_problem(row))
            for row in self.connection.execute(query.order_by(tables.problem.c.number))
        ]

    def met_problems(self, course: str) -> Sequence[MetProblem]:
        """What each source's last full pull that was done met, and every run since; in the order they were
        met last."""
        table, runs = tables.problem, tables.run
        same = (runs.c.source, table.c.kind, table.c.code, table.c.subject)
        latest_first = (table.c.run.desc(), table.c.number.desc())
        since = self._last_full_pulls(course).subquery()
        met = (
            self._problems(self._tells(course))
            .add_columns(
                func.min(table.c.at).over(partition_by=same).label("first_at"),
                func.max(table.c.at).over(partition_by=same).label("last_at"),
                func.count().over(partition_by=(*same, table.c.run)).label("times"),
                func.row_number().over(partition_by=same, order_by=latest_first).label("place"),
            )
            .outerjoin(since, since.c.source == runs.c.source)
            .where(runs.c.id >= func.coalesce(since.c.id, 0))
            .subquery()
        )
        query = select(met).where(met.c.place == 1).order_by(met.c.run, met.c.number)
        return [
            MetProblem(
                source=row.source,
                run=row.run,
                times=row.times,
                first_at=row.first_at,
                last_at=row.last_at,
                problem=_problem(row),
            )
            for row in self.connection.execute(query)
        ]

    def check_run(self, course: str, source: str, run: int) -> None:
        """Raises StoreError unless the run is the latest of its source."""
        check_run(self, course, source, run)

    def _tells(self, course: str) -> ColumnElement[bool]:
        """Runs of the course, and those of other courses that read one of its shared sources."""
        runs, platform = tables.run, tables.platform
        shared = select(platform.c.name).where(
            platform.c.tenant == self.tenant,
            platform.c.shared == true(),
            platform.c.name.in_(sources_of(self, course)),
        )
        return or_(runs.c.course == course, runs.c.source.in_(shared))

    def _problems(self, told: ColumnElement[bool]) -> Select[Any]:
        table, runs = tables.problem, tables.run
        return (
            select(table, runs.c.source)
            .join(runs, (runs.c.tenant == table.c.tenant) & (runs.c.id == table.c.run))
            .where(table.c.tenant == self.tenant, told)
        )

    def _last_full_pulls(self, course: str) -> Select[Any]:
        """The last full run of each source that was done; one that broke off did not see everything."""
        table = tables.run
        return (
            select(table.c.source, func.max(table.c.id).label("id"))
            .where(table.c.tenant == self.tenant, self._tells(course))
            .where(table.c.full == true(), table.c.state == RunState.DONE.value)
            .group_by(table.c.source)
        )


def _run(row: Row[Any]) -> Run:
    return Run(
        id=row.id,
        course=row.course,
        source=row.source,
        started_at=row.started_at,
        ended_at=row.ended_at,
        state=RunState(row.state),
        kept=Kept(new=row.new, changed=row.changed, same=row.same, gone=row.gone, refused=row.refused),
        reason=row.reason,
        full=row.full,
        calls=row.calls,
        failure=_failure(row),
        so_far=None if row.done is None else SoFar(done=row.done, expected=row.expected),
    )


def _last_ends(row: Any) -> LastEnds:
    """A failure is over once a later run is good."""
    fails = row.failed is not None and (row.good is None or row.failed > row.good)
    return LastEnds(
        run=row.failed if fails else row.good,
        good_at=row.good_at,
        whole_began_at=row.whole_began_at,
        failure=_failure(row) if fails else None,
        failed=fails,
        cut_short=not fails and row.good != row.whole,
    )


def _failure(row: Any) -> Failure | None:
    if row.remedy is None:
        return None
    return Failure(remedy=Remedy(row.remedy), instead=Instead(row.instead), try_at=row.try_at)


def _problem(row: Row[Any]) -> Problem:
    return Problem(
        kind=ProblemKind(row.kind),
        code=row.code,
        text=row.text,
        subject=row.subject,
        person=row.person or "",
        activity=row.activity or "",
    )
