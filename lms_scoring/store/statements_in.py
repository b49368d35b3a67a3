"""Statements in: video events and statements of an LMS, as a set to which every repeat adds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from sqlalchemy import Table

from lms_scoring.domain.statements import LmsStatement, WatchEvent
from lms_scoring.ports import Kept
from lms_scoring.store import tables
from lms_scoring.store.dialect import add
from lms_scoring.store.touches import Touches


class StatementsIn(Touches):
    """The part of a transaction that takes in statements. They belong to every course whose source they
    come from; `begin_run` is what ties a source to a course."""

    def keep_events(self, source: str, events: Sequence[WatchEvent]) -> Kept:
        """Adds the events that are not there yet."""
        accounts = self.accounts.of({event[2] for event in events})
        activities = self.activities_met.of({event[3] for event in events})
        tenant = self.tenant
        rows: dict[int, list[tuple[Any, ...]]] = {}
        for stored, id_, account, activity, *rest in events:
            number = accounts[account]
            rows.setdefault(number, []).append(
                (tenant, source, stored, id_, number, activities[activity], *rest)
            )
        return self._add_by_account(tables.watch_event, source, rows)

    def keep_statements(self, source: str, statements: Sequence[LmsStatement]) -> Kept:
        """Adds the statements that are not there yet."""
        named = {statement.account for statement in statements}
        markers = {statement.by for statement in statements if statement.by is not None}
        accounts = self.accounts.of(named | markers)
        activities = self.activities_met.of({statement.activity for statement in statements})
        rows: dict[int, list[tuple[Any, ...]]] = {}
        for statement in statements:
            number = accounts[statement.account]
            rows.setdefault(number, []).append(
                (
                    *(self.tenant, source, statement.stored, statement.id, number),
                    *(statement.verb.value, statement.object, activities[statement.activity], statement.at),
                    *(_text(statement.raw), _text(statement.maximum)),
                    None if statement.by is None else accounts[statement.by],
                    statement.characters,
                )
            )
        return self._add_by_account(tables.lms_statement, source, rows)

    def keep_voided(self, source: str, statements: Sequence[str]) -> None:
        """Notes ids of statements that no longer hold, whether they have arrived or not."""
        self.add(tables.voided_statement, [(source, id_, False) for id_ in statements])

    def _add_by_account(self, table: Table, source: str, rows: dict[int, list[tuple[Any, ...]]]) -> Kept:
        """Account by account, because only the number of new rows tells whose evidence changed."""
        kept = Kept()
        changed: list[int] = []
        for account, theirs in rows.items():
            new = add(self.connection, table, theirs)
            kept += Kept(new=new, same=len(theirs) - new)
            if new:
                changed.append(account)
        if changed:
            for course in self.courses_of(source):
                self.touch(course, changed)
        return kept


def _text(number: Fraction | None) -> str | None:
    return None if number is None else str(number)
