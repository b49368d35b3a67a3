"""What there is: how many records, events and statements, and whom they could not be joined to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import false, func, select

from lms_scoring.domain.evidence import KINDS
from lms_scoring.domain.identity import ERASED
from lms_scoring.ports import NamedRecord, UnjoinedAccount
from lms_scoring.store import tables
from lms_scoring.store.dialect import listed, storable
from lms_scoring.store.met import sources_of
from lms_scoring.store.tenant_connection import TenantConnection
from lms_scoring.store.voided import holding

EVENTS = "event"
STATEMENTS = "statement"
"""The kinds under which `counts` lists what is not a record."""

Count = tuple[str, str, str | None, int]


class Overview(TenantConnection):
    """The part of a transaction that counts."""

    def counts(self, course: str) -> Sequence[Count]:
        """(source, kind, activity, how many are live), by source, kind and activity."""
        counts = [
            *self._record_counts(course),
            *self._statement_counts(course, EVENTS),
            *self._statement_counts(course, STATEMENTS),
        ]
        return sorted(counts, key=lambda count: (count[0], count[1], count[2] or ""))

    def unjoined(self, course: str) -> Sequence[UnjoinedAccount]:
        """Accounts of nobody that left something behind in the course or in one of its sources, those that
        left most first."""
        account = tables.account
        nobodys = select(account.c.id).where(
            account.c.tenant == self.tenant,
            account.c.person.is_(None),
            ~account.c.text.startswith(ERASED, autoescape=True),
        )
        found: dict[int, _Left] = {}
        for table in (tables.evidence, tables.watch_event, tables.lms_statement):
            query = (
                select(
                    *(table.c.account, table.c.source, func.count()),
                    *(func.min(table.c.at), func.max(table.c.at)),
                )
                .where(table.c.tenant == self.tenant, table.c.account.in_(nobodys))
                .group_by(table.c.account, table.c.source)
            )
            if table is tables.evidence:
                query = query.where(
                    table.c.course == course, table.c.superseded == false(), table.c.gone_run.is_(None)
                )
            else:
                query = query.where(table.c.source.in_(sources_of(self, course)))
            for number, source, count, first, last in self.connection.execute(query):
                found.setdefault(number, _Left()).add(source, count, first, last)
        unjoined = [left.of(self.accounts.texts[number]) for number, left in found.items()]
        return sorted(unjoined, key=lambda one: (-one.records, one.account))

    def records_named(self, course: str, source: str, ids: Iterable[str]) -> Sequence[NamedRecord]:
        """The records of a source that have one of the ids, gone ones too, by id and kind."""
        table, account = tables.evidence, tables.account
        query = (
            select(
                *(table.c.kind, table.c.record, table.c.activity, table.c.seen_run, table.c.gone_run),
                account.c.person,
            )
            .join(account, (account.c.tenant == table.c.tenant) & (account.c.id == table.c.account))
            .where(
                table.c.tenant == self.tenant,
                table.c.course == course,
                table.c.source == source,
                table.c.kind.in_(KINDS),  # so that the key is searched, and not the course read through
                table.c.record.in_(listed(filter(storable, ids))),
                table.c.superseded == false(),
            )
            .order_by(table.c.record, table.c.kind)
        )
        return [
            NamedRecord(
                kind=row.kind,
                id=row.record,
                person=row.person,
                activity=row.activity,
                run=row.seen_run,
                live=row.gone_run is None,
            )
            for row in self.connection.execute(query)
        ]

    def _record_counts(self, course: str) -> list[Count]:
        table = tables.evidence
        key = (table.c.source, table.c.kind, table.c.activity)
        query = (
            select(*key, func.count())
            .where(
                table.c.tenant == self.tenant,
                table.c.course == course,
                table.c.superseded == false(),
                table.c.gone_run.is_(None),
            )
            .group_by(*key)
        )
        return [(source, kind, activity, n) for source, kind, activity, n in self.connection.execute(query)]

    def _statement_counts(self, course: str, kind: str) -> list[Count]:
        table = tables.watch_event if kind == EVENTS else tables.lms_statement
        sources = sources_of(self, course)
        query = (
            select(table.c.source, table.c.activity, func.count())
            .where(table.c.tenant == self.tenant, table.c.source.in_(sources), *holding(self, table, sources))
            .group_by(table.c.source, table.c.activity)
        )
        return [
            (source, kind, self.activities_met.texts[activity], n)
            for source, activity, n in self.connection.execute(query)
        ]


@dataclass(slots=True)
class _Left:
    """What an account left behind, as it is added up."""

    records: int = 0
    sources: set[str] = field(default_factory=set)
    times: list[int] = field(default_factory=list)

    def add(self, source: str, records: int, first: int | None, last: int | None) -> None:
        self.records += records
        self.sources.add(source)
        self.times += [at for at in (first, last) if at is not None]

    def of(self, account: str) -> UnjoinedAccount:
        return UnjoinedAccount(
            account=account,
            records=self.records,
            sources=tuple(sorted(self.sources)),
            first=min(self.times, default=None),
            last=max(self.times, default=None),
        )
