"""Records that no sync could use: kept once each, until they come well-formed or somebody decides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, delete, func, or_, select, update

from lms_scoring.domain.errors import NotInQuarantine
from lms_scoring.domain.findable import made_writable, writable
from lms_scoring.domain.quarantine import MOST_SET_ASIDE, OVER_BY_ITSELF, QuarantineState, SetAside
from lms_scoring.ports import QuarantineCount, Quarantined
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import listed
from lms_scoring.store.syncing.met import sources_of
from lms_scoring.store.tables.metadata import NOTHING
from lms_scoring.store.tenant_connection import TenantConnection, next_number

_TABLE = tables.quarantined
_WAITING = _TABLE.c.state == QuarantineState.WAITING.value
_OVER_BY_ITSELF = [state.value for state in OVER_BY_ITSELF]
_DROPPED = _TABLE.c.state == QuarantineState.DROPPED.value


class Quarantine(TenantConnection):
    """The part of a transaction about records in quarantine."""

    def quarantine(
        self, course: str | None, source: str, records: Iterable[SetAside], *, run: int, at: int
    ) -> int:
        """One that is kept already is noted as met again, with today's reason, and waits; a dropped one stays
        dropped. How many were not kept, because enough of the source are."""
        by_digest = {one.digest: one for one in records}
        if not by_digest:
            return 0
        kept = set(
            self.connection.execute(
                select(_TABLE.c.digest).where(
                    *self._of(course, source), _TABLE.c.digest.in_(listed(by_digest))
                )
            ).scalars()
        )
        self._meet_again([by_digest[digest] for digest in sorted(kept)], course, source, run=run, at=at)
        first = next_number(self.connection, _TABLE.c.number, _TABLE.c.tenant == self.tenant)
        news = [one for digest, one in by_digest.items() if digest not in kept]
        room = self._room(course, source, wanted=len(news))
        met = {"course": course or NOTHING, "source": source, "first_run": run, "first_at": at}
        self.add_named(
            _TABLE,
            [
                {**met, "number": number, **_new(one), "last_run": run, "last_at": at}
                for number, one in enumerate(news[:room], start=first)
            ],
        )
        return len(news[room:])

    def names_in_quarantine(self, course: str | None, source: str) -> frozenset[str]:
        """The ids that waiting records would be kept by, as far as known."""
        query = select(_TABLE.c.record).where(*self._of(course, source), _WAITING, _TABLE.c.record != NOTHING)
        return frozenset(self.connection.execute(query).scalars())

    def came_well_formed(self, course: str | None, source: str, names: Collection[str], *, at: int) -> None:
        """Records of these ids were kept: what waits under them is resolved."""
        self._end(
            QuarantineState.RESOLVED, *self._of(course, source), _TABLE.c.record.in_(listed(names)), at=at
        )

    def not_met_again(
        self, course: str | None, source: str, *, run: int, at: int, places: Collection[str] | None = None
    ) -> None:
        """What waits of the source (or of these places of it) and the run did not meet is gone there."""
        unmet = [*self._of(course, source), _TABLE.c.last_run < run]
        if places is not None:
            unmet.append(_TABLE.c.place.in_(listed(places)))
        self._end(QuarantineState.GONE, *unmet, at=at)

    def quarantined(
        self, *, course: str | None = None, states: Collection[QuarantineState] = (), limit: int = 1000
    ) -> Sequence[Quarantined]:
        """Of one course and the shared sources it ever had a run of, or of all; the latest met first."""
        query = select(_TABLE).where(_TABLE.c.tenant == self.tenant)
        if course is not None:
            shared = _TABLE.c.source.in_(listed(sources_of(self, course)))
            query = query.where(or_(_TABLE.c.course == course, (_TABLE.c.course == NOTHING) & shared))
        if states:
            query = query.where(_TABLE.c.state.in_([state.value for state in states]))
        query = query.order_by(_TABLE.c.last_at.desc(), _TABLE.c.number.desc()).limit(limit)
        return [_quarantined(row) for row in self.connection.execute(query)]

    def in_quarantine(self, number: int) -> Quarantined:
        """Raises NotInQuarantine."""
        query = select(_TABLE).where(_TABLE.c.tenant == self.tenant, _TABLE.c.number == number)
        row = self.connection.execute(query).first()
        if row is None:
            raise NotInQuarantine(
                f"no record {number} was ever set aside here; see `lms-scoring quarantine list`"
            )
        return _quarantined(row)

    def end_quarantine(self, number: int, state: QuarantineState, *, at: int, act: int | None = None) -> None:
        """It no longer waits, since then; `act` is the signed act that says so."""
        self.connection.execute(
            update(_TABLE)
            .where(_TABLE.c.tenant == self.tenant, _TABLE.c.number == number)
            .values(state=state.value, over_at=at, act=act)
        )

    def quarantine_counts(self) -> Sequence[QuarantineCount]:
        """Of every source that anything waits of, by course and source."""
        whose = (_TABLE.c.course, _TABLE.c.source)
        query = (
            select(*whose, func.count().label("waiting"), func.min(_TABLE.c.first_at).label("since"))
            .where(_TABLE.c.tenant == self.tenant, _WAITING)
            .group_by(*whose)
            .order_by(*whose)
        )
        return [
            QuarantineCount(
                course=row.course or None, source=row.source, waiting=row.waiting, since=row.since
            )
            for row in self.connection.execute(query)
        ]

    def _room(self, course: str | None, source: str, *, wanted: int) -> int:
        """For how many there is room, once what is over has given way."""
        room = MOST_SET_ASIDE - self._count(course, source)
        if wanted <= room:
            return room
        over = (
            select(_TABLE.c.number)
            .where(*self._of(course, source), _TABLE.c.state.in_(_OVER_BY_ITSELF))
            .order_by(_TABLE.c.over_at, _TABLE.c.number)
            .limit(wanted - room)
        )
        self.connection.execute(
            delete(_TABLE).where(_TABLE.c.tenant == self.tenant, _TABLE.c.number.in_(over))
        )
        return max(0, MOST_SET_ASIDE - self._count(course, source))

    def _count(self, course: str | None, source: str) -> int:
        query = select(func.count()).select_from(_TABLE).where(*self._of(course, source))
        return self.connection.execute(query).scalar_one()

    def _meet_again(
        self, records: Sequence[SetAside], course: str | None, source: str, *, run: int, at: int
    ) -> None:
        if not records:
            return
        self.connection.execute(
            update(_TABLE)
            .where(*self._of(course, source), _TABLE.c.digest == bindparam("of_digest"))
            .values(
                code=bindparam("new_code"),
                reason=bindparam("new_reason"),
                subject=bindparam("new_subject"),
                last_run=run,
                last_at=at,
                state=case((_DROPPED, _TABLE.c.state), else_=QuarantineState.WAITING.value),
                over_at=case((_DROPPED, _TABLE.c.over_at), else_=None),
            ),
            [
                {"of_digest": one.digest, **{f"new_{name}": said for name, said in _told(one).items()}}
                for one in records
            ],
        )

    def _end(self, state: QuarantineState, *where: ColumnElement[bool], at: int) -> None:
        self.connection.execute(update(_TABLE).where(*where, _WAITING).values(state=state.value, over_at=at))

    def _of(self, course: str | None, source: str) -> tuple[ColumnElement[bool], ...]:
        return (
            _TABLE.c.tenant == self.tenant,
            _TABLE.c.course == (course or NOTHING),
            _TABLE.c.source == source,
        )


def _told(one: SetAside) -> dict[str, str]:
    return {"code": one.code, "reason": made_writable(one.reason), "subject": made_writable(one.subject)}


def _new(one: SetAside) -> dict[str, Any]:
    return {
        "digest": one.digest,
        "state": QuarantineState.WAITING.value,
        **_told(one),
        "place": made_writable(one.place),
        "record": one.record if writable(one.record) else NOTHING,
        "text": one.text,
        "size": one.size,
    }


def _quarantined(row: Any) -> Quarantined:
    return Quarantined(
        number=row.number,
        course=row.course or None,
        source=row.source,
        aside=SetAside(
            code=row.code,
            reason=row.reason,
            subject=row.subject,
            place=row.place,
            record=row.record,
            text=bytes(row.text),
            size=row.size,
            digest=row.digest,
        ),
        state=QuarantineState(row.state),
        first_run=row.first_run,
        last_run=row.last_run,
        first_at=row.first_at,
        last_at=row.last_at,
        over_at=row.over_at,
        act=row.act,
    )
