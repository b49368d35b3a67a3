"""Others' rows in which whoever is erased has a part: they stay, and call them otherwise."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, and_, or_, select, update

from lms_scoring.domain.canonical import canonical
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.evidence_json import from_fields
from lms_scoring.domain.packed_card import packed
from lms_scoring.domain.scorecard_json import card_of
from lms_scoring.store import tables as t
from lms_scoring.store.databases.dialect import listed
from lms_scoring.store.erasing.person_rows import PersonRows, all_of, holding_part
from lms_scoring.store.erasing.renaming import RecordName, Renaming, pressed, unpressed
from lms_scoring.store.rows import OWNERS, row_of, written
from lms_scoring.store.tenant_connection import TenantConnection

_AT_ONCE = 100
"""So many names are looked for in one question: SQLite's go no deeper than a thousand."""


class RenamedRows:
    """Writes them. `people`: what they and their accounts were called, and are from now on; so `records`."""

    def __init__(
        self, transaction: TenantConnection, people: Mapping[str, str], records: Mapping[RecordName, str]
    ) -> None:
        self._transaction = transaction
        self._renaming = Renaming(people, records)
        self._people = sorted(people)
        self._works = sorted({id_ for _, id_ in records})

    def statements(self, rows: PersonRows, stands: int) -> None:
        """Statements about others' doings: `stands` is the number of the account that is named instead."""
        told, theirs = t.lms_statement, rows.numbers()
        deletions = update(told).where(self._ours(told), told.c.account.in_(theirs), rows.deletes_others())
        self._run(deletions.values(account=stands))
        self._run(update(told).where(self._ours(told), told.c.by.in_(theirs)).values(by=stands))

    def everywhere(self, rows: PersonRows, courses: Sequence[str]) -> None:
        """Records, what closings froze, tutors' cards, steps and grades."""
        courses = sorted({*courses, *self._records(rows)})
        self._frozen(rows, courses)
        self._cards(rows, courses)
        self._proceedings()
        table = t.grade_step
        query = all_of(table, and_(self._ours(table), table.c.by == rows.person))
        for row in self._all(query):
            self._change(table, row, by=self._renaming.people[rows.person])

    def _records(self, rows: PersonRows) -> Iterable[str]:
        """The courses in which others' records were changed."""
        for begin in range(0, max(len(self._people), len(self._works)), _AT_ONCE):
            part = slice(begin, begin + _AT_ONCE)
            yield from self._records_naming(rows, self._people[part], self._works[part])

    def _records_naming(self, rows: PersonRows, people: Sequence[str], works: Sequence[str]) -> Iterable[str]:
        table, account = t.evidence, t.account
        named = or_(holding_part(table.c.body, [*people, *works]), _ends(table.c.record, works))
        where = and_(self._ours(table), table.c.account.not_in(rows.numbers()), named)
        query = (
            select(*table.c, account.c.text)
            .join(account, and_(account.c.tenant == table.c.tenant, account.c.id == table.c.account))
            .where(where)
        )
        for row in self._all(query):
            fields = self._renaming.value(json.loads(row.body))
            record = self._renaming.record(row.kind, row.record)
            fields |= {"id": record, OWNERS.get(row.kind, "person"): row.text}
            content = row_of(written(from_fields(row.kind, fields)))
            if (record, content.body) != (row.record, row.body):
                self._change(table, row, record=record, hash=content.hash, body=content.body)
                yield row.course

    def _frozen(self, rows: PersonRows, courses: Sequence[str]) -> None:
        table, act = t.frozen_evidence, t.signed_act
        acts = select(act.c.number).where(self._ours(act), act.c.course.in_(listed(courses)))
        where = and_(self._ours(table), table.c.act.in_(acts), table.c.person != rows.person)
        for row in self._all(all_of(table, where)):
            former = unpressed(row.body)
            renamed = self._renaming.value(former)
            if renamed != former:
                self._change(table, row, body=pressed(canonical(renamed)))

    def _cards(self, rows: PersonRows, courses: Sequence[str]) -> None:
        """Tutors' findings name works of their class. Nothing else of a card does, so no point moves."""
        table, card = t.scorecard_detail, t.scorecard
        where = and_(
            *(self._ours(table), table.c.course.in_(listed(courses)), table.c.role == Role.TUTOR.value),
            table.c.person != rows.person,
        )
        for row in self._all(all_of(table, where)):
            former = unpressed(row.card)
            renamed = self._renaming.value(former)
            if renamed != former:
                again = packed(card_of(renamed))
                self._change(table, row, card=again.whole)
                self._change(card, row, digest=again.digest)

    def _proceedings(self) -> None:
        step, proceeding = t.proceeding_step, t.proceeding
        for row in self._all(all_of(step, self._ours(step))):
            body = canonical(self._renaming.value(json.loads(row.body))).decode()
            by = None if row.by is None else self._renaming.people.get(row.by, row.by)
            if (by, body) != (row.by, row.body):
                self._change(step, row, by=by, body=body)
        recorded = and_(self._ours(proceeding), proceeding.c.record.is_not(None))
        for row in self._all(all_of(proceeding, recorded)):
            record = self._renaming.record(row.kind, row.record)
            if record != row.record:
                self._change(proceeding, row, record=record)

    def _ours(self, table: Table) -> Any:
        return table.c.tenant == self._transaction.tenant

    def _all(self, query: Any) -> list[Any]:
        return list(self._transaction.connection.execute(query))

    def _run(self, statement: Any) -> None:
        self._transaction.connection.execute(statement)

    def _change(self, table: Table, row: Any, **values: Any) -> None:
        same = [column == row._mapping[column.name] for column in table.primary_key.columns]
        self._run(update(table).where(*same).values(values))


def _ends(column: Any, names: Sequence[str]) -> Any:
    """Whether an id is one of the names, or ends by one."""
    return or_(column.in_(listed(names)), *(column.endswith(f"/{name}", autoescape=True) for name in names))
