"""Losses that are held: which records a source no longer lists, and what somebody said of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, func, literal, select, update
from sqlalchemy import insert as insert_into

from lms_scoring.domain.errors import NoSuchLoss
from lms_scoring.domain.evidence import KIND_OF, Record
from lms_scoring.domain.losses import LossState
from lms_scoring.ports import HeldLoss, Scope
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import listed, storable
from lms_scoring.store.records.unseen import count_of, live_records, mark, unseen_by
from lms_scoring.store.syncing.met import latest_run
from lms_scoring.store.tables.metadata import NOTHING
from lms_scoring.store.tenant_connection import TenantConnection, next_number

_LOSS, _RECORD = tables.held_loss, tables.held_record
_HELD = (LossState.WAITING.value, LossState.REFUSED.value)


class Losses(TenantConnection):
    """The part of a transaction about losses that are held."""

    def hold_loss(self, course: str, source: str, scope: Scope, *, run: int, at: int) -> HeldLoss:
        """Notes which live records of the scope the run did not see, in place of what was noted before.

        One that was refused stays refused as long as nothing else is missing; any other waits.
        """
        former = self._held_before(course, source, scope)
        number = former.number if former is not None else self._next_loss()
        refused = former is not None and former.state is LossState.REFUSED
        known = set(self._lost_records(number)) if refused else set()
        missing, people = self._note_lost(number, course, source, scope, run=run)
        stays = refused and known.issuperset(self._lost_records(number))
        begun = former is not None and former.state in _HELD
        held = HeldLoss(
            number=number,
            course=course,
            source=source,
            scope=scope,
            missing=missing,
            live=count_of(self, *live_records(self, course, source, scope)),
            people=people,
            state=LossState.REFUSED if stays else LossState.WAITING,
            run=run,
            first_at=former.first_at if former is not None and begun else at,
            last_at=at,
            act=former.act if former is not None and stays else None,
        )
        self.put_named(_LOSS, [_row(held)])
        return held

    def release_losses(self, course: str, source: str, scopes: Collection[Scope]) -> None:
        """Nothing of these scopes is held any more."""
        for held in self._losses(course, source):
            if held.scope in scopes:
                self._forget_lost(held.number)
                self._say_of_loss(held.number, state=LossState.OVER.value)

    def seen_again(self, course: str, source: str, records: Sequence[Record]) -> None:
        """These are there, so no loss that is held has them."""
        held = self._losses(course, source) if records else []
        for one in held:
            seen = {record.id for record in records if KIND_OF[type(record)] == one.scope.kind}
            self.connection.execute(
                delete(_RECORD).where(
                    *self._lost(one.number), _RECORD.c.record.in_(listed(filter(storable, seen)))
                )
            )

    def held_losses(
        self, *, course: str | None = None, states: Collection[LossState] = ()
    ) -> Sequence[HeldLoss]:
        """Of one course or of all, by number."""
        query = select(_LOSS).where(_LOSS.c.tenant == self.tenant)
        if course is not None:
            query = query.where(_LOSS.c.course == course)
        if states:
            query = query.where(_LOSS.c.state.in_([state.value for state in states]))
        return [_held_loss(row) for row in self.connection.execute(query.order_by(_LOSS.c.number))]

    def held_loss(self, number: int) -> HeldLoss:
        """Raises NoSuchLoss."""
        query = select(_LOSS).where(_LOSS.c.tenant == self.tenant, _LOSS.c.number == number)
        row = self.connection.execute(query).first()
        if row is None:
            raise NoSuchLoss(f"no loss {number} was ever held here; see `lms-scoring loss list`")
        return _held_loss(row)

    def end_loss(self, number: int, state: LossState, *, act: int) -> None:
        """Somebody signed what is true of it."""
        self._say_of_loss(number, state=state.value, act=act)

    def mark_lost(self, number: int, *, at: int) -> int:
        """Marks as gone what the loss has and is still live; how many."""
        held, table = self.held_loss(number), tables.evidence
        theirs = select(_RECORD.c.record).where(*self._lost(number))
        missing = [*live_records(self, held.course, held.source, held.scope), table.c.record.in_(theirs)]
        marked = mark(self, held.course, held.scope, missing, run=latest_run(self), at=at)
        self._forget_lost(number)
        return marked

    def _note_lost(self, number: int, course: str, source: str, scope: Scope, *, run: int) -> tuple[int, int]:
        """How many records it has now, and of how many accounts."""
        table = tables.evidence
        missing = (*live_records(self, course, source, scope), *unseen_by(self, run))
        self._forget_lost(number)
        theirs = select(literal(self.tenant), literal(number), table.c.record).where(*missing)
        self.connection.execute(insert_into(_RECORD).from_select(["tenant", "loss", "record"], theirs))
        counted = select(func.count(), func.count(table.c.account.distinct())).where(*missing)
        records, people = self.connection.execute(counted).one()
        return records, people

    def _held_before(self, course: str, source: str, scope: Scope) -> HeldLoss | None:
        query = select(_LOSS).where(
            _LOSS.c.tenant == self.tenant,
            _LOSS.c.course == course,
            _LOSS.c.source == source,
            _LOSS.c.kind == scope.kind,
            _LOSS.c.activity == (scope.activity or NOTHING),
        )
        row = self.connection.execute(query).first()
        return None if row is None else _held_loss(row)

    def _losses(self, course: str, source: str) -> list[HeldLoss]:
        query = select(_LOSS).where(
            _LOSS.c.tenant == self.tenant,
            _LOSS.c.course == course,
            _LOSS.c.source == source,
            _LOSS.c.state.in_(_HELD),
        )
        return [_held_loss(row) for row in self.connection.execute(query.order_by(_LOSS.c.number))]

    def _lost_records(self, number: int) -> Sequence[str]:
        return self.connection.execute(select(_RECORD.c.record).where(*self._lost(number))).scalars().all()

    def _forget_lost(self, number: int) -> None:
        self.connection.execute(delete(_RECORD).where(*self._lost(number)))

    def _say_of_loss(self, number: int, **said: str | int) -> None:
        self.connection.execute(
            update(_LOSS).where(_LOSS.c.tenant == self.tenant, _LOSS.c.number == number).values(**said)
        )

    def _next_loss(self) -> int:
        return next_number(self.connection, _LOSS.c.number, _LOSS.c.tenant == self.tenant)

    def _lost(self, number: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return _RECORD.c.tenant == self.tenant, _RECORD.c.loss == number


def _row(held: HeldLoss) -> dict[str, Any]:
    return {
        "number": held.number,
        "course": held.course,
        "source": held.source,
        "kind": held.scope.kind,
        "activity": held.scope.activity or NOTHING,
        "missing": held.missing,
        "live": held.live,
        "people": held.people,
        "state": held.state.value,
        "run": held.run,
        "first_at": held.first_at,
        "last_at": held.last_at,
        "act": held.act,
    }


def _held_loss(row: Any) -> HeldLoss:
    return HeldLoss(
        number=row.number,
        course=row.course,
        source=row.source,
        scope=Scope(kind=row.kind, activity=row.activity or None),
        missing=row.missing,
        live=row.live,
        people=row.people,
        state=LossState(row.state),
        run=row.run,
        first_at=row.first_at,
        last_at=row.last_at,
        act=row.act,
    )
