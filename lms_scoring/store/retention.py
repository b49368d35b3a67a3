"""Rows that are kept for a while only: which they are, and their removal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, NamedTuple

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

from lms_scoring.domain.quarantine import OVER_BY_ITSELF, QuarantineState
from lms_scoring.domain.retention import Past
from lms_scoring.ports import PastRows, RunState
from lms_scoring.store import tables
from lms_scoring.store.tenant_connection import TenantConnection

STAY = 20
"""So many of the latest runs of a course stay, however old: by what clock it is scored is asked of them."""

_RUN, _ASIDE = tables.run, tables.quarantined
_GIVES_WAY = [state.value for state in OVER_BY_ITSELF]
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


class _First(NamedTuple):
    """The first run of a source of a course that stays, whatever its age."""

    course: str
    source: str
    run: int


class Retention(TenantConnection):
    """The part of a transaction about what is kept for a while only."""

    def past_rows(self, past: Past, *, before: int) -> Sequence[PastRows]:
        """By table; tables of which nothing goes are left out."""
        found: dict[str, PastRows] = {}
        for piece in chain.from_iterable(self._pieces(past, before)):
            query = piece.counted().where(piece.table.c.tenant == self.tenant)
            rows, oldest = self.connection.execute(query).one()
            former = found.get(piece.name, PastRows(table=piece.name, rows=0))
            times = [at for at in (former.oldest, oldest) if at is not None]
            found[piece.name] = replace(former, rows=former.rows + rows, oldest=min(times, default=None))
        return [one for one in found.values() if one.rows]

    def remove_past(self, past: Past, *, before: int, most: int) -> Sequence[PastRows]:
        """What was removed; nothing: nothing of it is left. Of a table one piece goes at a time."""
        removed: dict[str, int] = {}
        for pieces in self._pieces(past, before):
            if not any(piece.name in removed for piece in pieces):
                for piece in pieces:
                    statement = piece.removed(most).where(piece.table.c.tenant == self.tenant)
                    if rows := self.connection.execute(statement).rowcount:
                        removed[piece.name] = rows
        return [PastRows(table=table, rows=rows) for table, rows in removed.items()]

    def _pieces(self, past: Past, before: int) -> Iterator[Sequence[_Piece]]:
        """Those that go together: what belongs to other rows comes before them."""
        match past:
            case Past.RUNS:
                yield from self._of_runs(before)
            case Past.QUARANTINE:
                yield from self._of_quarantine(before)
            case Past.SIGN_INS:
                for table in _EXPIRES:
                    over = (table.c.tenant == self.tenant, table.c.expires_at < before)
                    goes = select(table.c.digest).where(*over).order_by(table.c.digest)
                    yield [_Piece(table=table, key=table.c.digest, goes=goes, at=table.c.expires_at)]

    def _of_runs(self, before: int) -> Iterator[Sequence[_Piece]]:
        """Source by source, and what the latest runs saw again, for no run but the next asks that."""
        problem, seen = tables.problem, tables.seen_record
        ended = (_RUN.c.tenant == self.tenant, _RUN.c.ended_at < before)
        for first in self._first_to_stay():
            same = (_RUN.c.course == first.course, _RUN.c.source == first.source)
            goes = select(_RUN.c.id).where(*ended, *same, _RUN.c.id < first.run).order_by(_RUN.c.id)
            yield [
                _Piece(table=problem, key=problem.c.run, goes=goes, at=problem.c.at),
                _Piece(table=_RUN, key=_RUN.c.id, goes=goes, at=_RUN.c.ended_at),
            ]
        one = seen.alias()
        saw = exists().where(one.c.tenant == self.tenant, one.c.run == _RUN.c.id)
        over = select(_RUN.c.id).where(*ended, _RUN.c.id.in_(self._latest_runs()), saw).order_by(_RUN.c.id)
        yield [_Piece(table=seen, key=seen.c.run, goes=over)]

    def _first_to_stay(self) -> Iterator[_First]:
        """What is known of a source is told by its last run that read everything and those since; where none
        read everything, all stay."""
        whole = self._latest_runs().add_columns(_RUN.c.course, _RUN.c.source)
        read = whole.where(_RUN.c.full == true(), _RUN.c.state == RunState.DONE.value)
        for run, course, source in self.connection.execute(read.order_by(_RUN.c.course)).all():
            ours = select(_RUN.c.id).where(_RUN.c.tenant == self.tenant, _RUN.c.course == course)
            of_latest = ours.order_by(_RUN.c.id.desc()).offset(STAY - 1).limit(1)
            last_to_stay = self.connection.execute(of_latest).scalar_one_or_none()
            if last_to_stay is not None:
                yield _First(course, source, min(run, last_to_stay))

    def _latest_runs(self) -> Select[Any]:
        """The latest run of each source of each course."""
        of_source = (_RUN.c.course, _RUN.c.source)
        return select(func.max(_RUN.c.id)).where(_RUN.c.tenant == self.tenant).group_by(*of_source)

    def _of_quarantine(self, before: int) -> Iterator[Sequence[_Piece]]:
        """Of a dropped one the digest stays, by which meeting it again changes nothing."""
        over = (_ASIDE.c.tenant == self.tenant, _ASIDE.c.over_at < before)
        number, at = _ASIDE.c.number, _ASIDE.c.over_at
        numbers = select(number).where(*over).order_by(number)
        yield [_Piece(table=_ASIDE, key=number, at=at, goes=numbers.where(_ASIDE.c.state.in_(_GIVES_WAY)))]
        dropped = (_ASIDE.c.state == QuarantineState.DROPPED.value, func.length(_ASIDE.c.text) > 0)
        yield [_Piece(table=_ASIDE, key=number, at=at, goes=numbers.where(*dropped), emptied=_ASIDE.c.text)]
