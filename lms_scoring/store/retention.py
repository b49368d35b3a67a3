"""Rows that are kept for a while only: which they are, and their removal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    Select,
    Table,
    Update,
    delete,
    exists,
    func,
    select,
    true,
    update,
)

from lms_scoring.domain.quarantine import QuarantineState
from lms_scoring.domain.retention import Past
from lms_scoring.ports import PastRows, RunState
from lms_scoring.store import tables
from lms_scoring.store.tenant_connection import TenantConnection

STAY = 20
"""So many of the latest runs of a course stay, however old: by what clock it is scored is asked of them."""

_RUN, _ASIDE = tables.run, tables.quarantined
_GIVES_WAY = (QuarantineState.RESOLVED.value, QuarantineState.GONE.value)
_EXPIRES = (tables.session, tables.sign_in_link, tables.launch_state)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """Rows of a table whose key is among those that go."""

    table: Table
    key: ColumnElement[Any]
    goes: Select[Any]
    """The keys of what goes, in an order."""
    at: ColumnElement[Any] | None = None
    emptied: ColumnElement[Any] | None = None
    """What is emptied, where the rows stay."""

    @property
    def name(self) -> str:
        return self.table.name if self.emptied is None else f"{self.table.name}.{self.emptied.key}"

    def counted(self) -> Select[Any]:
        """How many, and the time of the oldest."""
        oldest = func.min(self.at if self.at is not None else None)
        return select(func.count(), oldest).where(self.key.in_(self.goes.correlate(None)))

    def removed(self, most: int) -> Delete | Update:
        """Removes those of the first so many keys."""
        first = self.key.in_(self.goes.limit(most).correlate(None))
        if self.emptied is None:
            return delete(self.table).where(first)
        return update(self.table).where(first).values({self.emptied: b""})


class Retention(TenantConnection):
    """The part of a transaction about what is kept for a while only."""

    def past_rows(self, past: Past, *, before: int) -> Sequence[PastRows]:
        """By table; tables of which nothing goes are left out."""
        found = []
        for piece in self._pieces(past, before):
            query = piece.counted().where(piece.table.c.tenant == self.tenant)
            rows, oldest = self.connection.execute(query).one()
            found.append(PastRows(table=piece.name, rows=rows, oldest=oldest))
        return [one for one in found if one.rows]

    def remove_past(self, past: Past, *, before: int, most: int) -> Sequence[PastRows]:
        """What was removed; nothing: nothing of it is left."""
        removed = []
        for piece in self._pieces(past, before):
            statement = piece.removed(most).where(piece.table.c.tenant == self.tenant)
            removed.append(PastRows(table=piece.name, rows=self.connection.execute(statement).rowcount))
        return [one for one in removed if one.rows]

    def _pieces(self, past: Past, before: int) -> Iterator[_Piece]:
        """What belongs to other rows comes before them."""
        match past:
            case Past.RUNS:
                yield from self._of_runs(before)
            case Past.QUARANTINE:
                yield from self._of_quarantine(before)
            case Past.SIGN_INS:
                for table in _EXPIRES:
                    over = (table.c.tenant == self.tenant, table.c.expires_at < before)
                    goes = select(table.c.digest).where(*over).order_by(table.c.digest)
                    yield _Piece(table=table, key=table.c.digest, goes=goes, at=table.c.expires_at)

    def _of_runs(self, before: int) -> Iterator[_Piece]:
        """What is known of a source is told by its last run that read everything and those since. Where none
        read everything, all stay."""
        ended = (_RUN.c.tenant == self.tenant, _RUN.c.ended_at < before)
        same = (_RUN.c.course, _RUN.c.source)
        whole = (
            select(*same, func.max(_RUN.c.id).label("id"))
            .where(_RUN.c.tenant == self.tenant, _RUN.c.full == true(), _RUN.c.state == RunState.DONE.value)
            .group_by(*same)
            .subquery()
        )
        latest_first = func.row_number().over(partition_by=_RUN.c.course, order_by=_RUN.c.id.desc())
        place = select(_RUN.c.id, latest_first.label("place")).where(_RUN.c.tenant == self.tenant).subquery()
        goes = (
            select(_RUN.c.id)
            .join(whole, (whole.c.course == _RUN.c.course) & (whole.c.source == _RUN.c.source))
            .join(place, place.c.id == _RUN.c.id)
            .where(*ended, _RUN.c.id < whole.c.id, place.c.place > STAY)
            .order_by(_RUN.c.id)
        )
        problem, seen = tables.problem, tables.seen_record
        yield _Piece(table=problem, key=problem.c.run, goes=goes, at=problem.c.at)
        yield _Piece(table=_RUN, key=_RUN.c.id, goes=goes, at=_RUN.c.ended_at)
        one = seen.alias()
        saw = exists().where(one.c.tenant == self.tenant, one.c.run == _RUN.c.id)
        over = select(_RUN.c.id).where(*ended, saw).order_by(_RUN.c.id)
        yield _Piece(table=seen, key=seen.c.run, goes=over)

    def _of_quarantine(self, before: int) -> Iterator[_Piece]:
        """Of a dropped one the digest stays, by which meeting it again changes nothing."""
        over = (_ASIDE.c.tenant == self.tenant, _ASIDE.c.over_at < before)
        number, at = _ASIDE.c.number, _ASIDE.c.over_at
        numbers = select(number).where(*over).order_by(number)
        yield _Piece(table=_ASIDE, key=number, at=at, goes=numbers.where(_ASIDE.c.state.in_(_GIVES_WAY)))
        dropped = (_ASIDE.c.state == QuarantineState.DROPPED.value, func.length(_ASIDE.c.text) > 0)
        yield _Piece(table=_ASIDE, key=number, at=at, goes=numbers.where(*dropped), emptied=_ASIDE.c.text)
