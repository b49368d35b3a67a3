"""What is gone at its source: marked with the run and the time that noticed it, never deleted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, false, func, or_, select, update

from lms_scoring.ports import Scope
from lms_scoring.store import tables
from lms_scoring.store.dialect import listed
from lms_scoring.store.records_in import RecordsIn


class Gone(RecordsIn):
    """The part of a transaction about records that a complete listing did not name.

    People without an active membership vanish from a platform's lists and so do their records; these
    are out of reach and not gone. Memberships themselves may go.
    """

    def would_be_gone(self, course: str, source: str, scope: Scope, *, run: int) -> tuple[int, int]:
        """(how many live records of the scope the run did not see, how many are live), both without
        those of people out of reach."""
        live = self._live(course, source, scope)
        return self._count(*live, *self._unseen(run)), self._count(*live)

    def mark_gone(self, course: str, source: str, scope: Scope, *, run: int, at: int) -> int:
        """Marks what the run did not see; how many. Memberships are to be marked before all others.

        Raises StoreError when the run was overtaken by another.
        """
        self.check_run(course, source, run)
        table = tables.evidence
        missing = (*self._live(course, source, scope), *self._unseen(run))
        accounts = set(self.connection.execute(select(table.c.account).where(*missing).distinct()).scalars())
        marked = self.connection.execute(update(table).where(*missing).values(gone_run=run, gone_at=at))
        if accounts:
            self.touch_after(course, [scope.kind], accounts)
        return marked.rowcount

    def _count(self, *where: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(tables.evidence).where(*where)
        return self.connection.execute(query).scalar_one()

    def _live(self, course: str, source: str, scope: Scope) -> list[ColumnElement[bool]]:
        table = tables.evidence
        where: list[ColumnElement[bool]] = [
            table.c.tenant == self.tenant,
            table.c.course == course,
            table.c.source == source,
            table.c.kind == scope.kind,
            table.c.superseded == false(),
            table.c.gone_run.is_(None),
        ]
        if scope.activity is not None:
            where.append(table.c.activity == scope.activity)
        if scope.kind != "membership":
            where.append(self._within_reach(course))
        return where

    def _unseen(self, run: int) -> list[ColumnElement[bool]]:
        table, seen = tables.evidence, tables.seen_record
        seen_again = exists().where(
            seen.c.tenant == self.tenant,
            seen.c.run == run,
            seen.c.kind == table.c.kind,
            seen.c.record == table.c.record,
        )
        return [table.c.seen_run != run, ~seen_again]

    def _within_reach(self, course: str) -> ColumnElement[bool]:
        account, owner = tables.account, tables.evidence.c.account
        active = [member for member in self.members(course) if member.active]
        theirs: Any = select(account.c.id).where(
            account.c.tenant == self.tenant,
            account.c.person.in_(listed({m.person for m in active if m.person is not None})),
        )
        return or_(owner.in_(theirs), owner.in_(listed({member.account for member in active})))
