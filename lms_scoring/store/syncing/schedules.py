"""Syncs to come: what is asked for, where the last one began, which platforms fail, what is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, delete, func, select, true

from lms_scoring.domain.findable import made_writable
from lms_scoring.ports import Concern, LastStarts, RunState, SyncRequest, Trouble, TroubleKind
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import ask, rows
from lms_scoring.store.tables.metadata import NOTHING
from lms_scoring.store.tenant_connection import TENANT, TenantConnection

_HEARTBEAT = select(tables.heartbeat.c.at).where(
    tables.heartbeat.c.tenant == TENANT, tables.heartbeat.c.name == bindparam("name_")
)
_REQUESTS = (
    select(tables.sync_request)
    .where(tables.sync_request.c.tenant == TENANT)
    .order_by(
        tables.sync_request.c.urgent.desc(),
        *(tables.sync_request.c[name] for name in ("asked_at", "course", "source")),
    )
)
_REQUESTS_OF = _REQUESTS.where(tables.sync_request.c.course == bindparam("course_"))


def _starts(*which: ColumnElement[bool]) -> Select[Any]:
    """When the latest of these runs of each source began."""
    run = tables.run
    latest = select(func.max(run.c.id)).where(run.c.tenant == TENANT, *which).group_by(run.c.source)
    return select(run.c.source, run.c.started_at.label("at")).where(
        run.c.tenant == TENANT, run.c.id.in_(latest)
    )


_OF_COURSE = tables.run.c.course == bindparam("course_")
_TOLD_MANY = tables.run.c.source.in_(
    select(tables.platform.c.name).where(
        tables.platform.c.tenant == TENANT, tables.platform.c.shared == true()
    )
)
_WHOLE = (tables.run.c.full == true(), tables.run.c.state == RunState.DONE.value)
_LAST_STARTS = _starts(_OF_COURSE)
_LAST_WHOLE_STARTS = _starts(_OF_COURSE | _TOLD_MANY, *_WHOLE)


class Schedules(TenantConnection):
    """The part of a transaction about syncs to come."""

    def ask_for_sync(self, request: SyncRequest) -> None:
        """Of one source of a course there is one: of several the latest, with all that any of them wanted."""
        for former in self.sync_requests(course=request.course):
            if former.source == request.source:
                request = replace(
                    request,
                    asked_at=max(request.asked_at, former.asked_at + 1),
                    urgent=request.urgent or former.urgent,
                    full=request.full or former.full,
                )
        self.put_named(tables.sync_request, [asdict(request)])

    def sync_requests(self, *, course: str | None = None) -> Sequence[SyncRequest]:
        """The urgent first, then those asked longest ago."""
        query = _REQUESTS if course is None else _REQUESTS_OF
        return [_request(row) for row in rows(self.connection, query, tenant_=self.tenant, course_=course)]

    def settle_sync(self, request: SyncRequest) -> None:
        """It is done; unless it was asked again meanwhile, which stays."""
        table = tables.sync_request
        self.connection.execute(
            delete(table).where(
                table.c.tenant == self.tenant,
                table.c.course == request.course,
                table.c.source == request.source,
                table.c.asked_at == request.asked_at,
            )
        )

    def last_starts(self, course: str) -> Mapping[str, LastStarts]:
        """By the numbers of the runs, which grow, whatever clocks did meanwhile."""
        own = self._starts(_LAST_STARTS, course)
        full = self._starts(_LAST_WHOLE_STARTS, course)
        return {source: LastStarts(at=at, full_at=full.get(source)) for source, at in own.items()}

    def keep_trouble(self, trouble: Trouble) -> None:
        """In place of the one before of that concern and course."""
        row = {**asdict(trouble), **asdict(trouble.concern), "course": trouble.course or NOTHING}
        del row["concern"]
        self.put_named(tables.trouble, [row | {"reason": made_writable(trouble.reason)}])

    def forget_trouble(self, concern: Concern, course: str | None) -> None:
        """There is none, and nobody need be told."""
        table = tables.trouble
        self.connection.execute(
            delete(table).where(
                table.c.tenant == self.tenant,
                table.c.kind == concern.kind,
                table.c.name == concern.name,
                table.c.course == (course or NOTHING),
            )
        )

    def troubles(self) -> Sequence[Trouble]:
        """All of them, by concern and course, those of no one course first."""
        table = tables.trouble
        query = select(table).where(table.c.tenant == self.tenant)
        found = self.connection.execute(query.order_by(table.c.kind, table.c.name, table.c.course))
        return [_trouble(row) for row in found]

    def keep_heartbeat(self, name: str, *, at: int) -> None:
        """Something that goes on by itself was seen to go on."""
        self.put(tables.heartbeat, [(name, at)])

    def heartbeat(self, name: str) -> int | None:
        """When it was seen last; None: never."""
        found = ask(self.connection, _HEARTBEAT, tenant_=self.tenant, name_=name)
        return found[0][0] if found else None

    def add_to_tally(self, name: str, more: int) -> None:
        """It was met so often again."""
        self.put(tables.tally, [(name, self.tally(name) + more)])

    def tally(self, name: str) -> int:
        """How often it was ever met."""
        table = tables.tally
        query = select(table.c.count).where(table.c.tenant == self.tenant, table.c.name == name)
        return int(self.connection.execute(query).scalar() or 0)

    def _starts(self, question: Select[Any], course: str) -> Mapping[str, int]:
        found = rows(self.connection, question, tenant_=self.tenant, course_=course)
        return {row.source: row.at for row in found}


def _request(row: Any) -> SyncRequest:
    return SyncRequest(
        course=row.course,
        source=row.source,
        asked_at=row.asked_at,
        urgent=bool(row.urgent),
        full=bool(row.full),
    )


def _trouble(row: Row[Any]) -> Trouble:
    return Trouble(
        concern=Concern(TroubleKind(row.kind), row.name),
        course=row.course or None,
        since=row.since,
        failures=row.failures,
        try_at=row.try_at,
        reason=row.reason,
        told_at=row.told_at,
        over_at=row.over_at,
    )
