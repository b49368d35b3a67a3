"""What there is: how many records, events and statements, and whom they could not be joined to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, Subquery, bindparam, distinct, false, func, select, union_all

from lms_scoring.domain.evidence import KINDS
from lms_scoring.domain.identity import ERASED, account_key
from lms_scoring.ports import NamedRecord, UnjoinedAccount
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import ask, list_parameter, listed, listed_later, rows, storable
from lms_scoring.store.evidence.voided import holding
from lms_scoring.store.syncing.met import sources_of
from lms_scoring.store.tenant_connection import TenantConnection

EVENTS = "event"
STATEMENTS = "statement"
"""The kinds under which `counts` lists what is not a record."""

_TITLES = select(tables.activity_key.c.text, tables.activity_key.c.title).where(
    tables.activity_key.c.tenant == bindparam("tenant_"),
    tables.activity_key.c.text.in_(listed_later("activities_")),
    tables.activity_key.c.title.is_not(None),
)
_NAMED = (
    select(
        *(tables.evidence.c[name] for name in ("kind", "record", "activity", "seen_run", "gone_run")),
        tables.account.c.person,
    )
    .join(
        tables.account,
        (tables.account.c.tenant == tables.evidence.c.tenant)
        & (tables.account.c.id == tables.evidence.c.account),
    )
    .where(
        tables.evidence.c.tenant == bindparam("tenant_"),
        tables.evidence.c.course == bindparam("course_"),
        tables.evidence.c.source == bindparam("source_"),
        tables.evidence.c.kind.in_(listed_later("kinds_")),
        tables.evidence.c.record.in_(listed_later("records_")),
        tables.evidence.c.superseded == false(),
    )
    .order_by(tables.evidence.c.record, tables.evidence.c.kind)
)
"""By all kinds there are, so that the key is searched, and not the course read through."""

Count = tuple[str, str, str | None, int]


class Counts(TenantConnection):
    """The part of a transaction about what there is, counted or named."""

    def counts(self, course: str) -> Sequence[Count]:
        """(source, kind, activity, how many are live), by source, kind and activity."""
        counts = [
            *self._record_counts(course),
            *self._statement_counts(course, EVENTS),
            *self._statement_counts(course, STATEMENTS),
        ]
        return sorted(counts, key=lambda count: (count[0], count[1], count[2] or ""))

    def titles(self, activities: Collection[str]) -> Mapping[str, str]:
        """By the ids of activities."""
        if not activities:
            return {}
        wanted = list_parameter(filter(storable, activities))
        return dict(ask(self.connection, _TITLES, tenant_=self.tenant, activities_=wanted))

    def unjoined(self, course: str, *, first: int = 0, rows: int | None = None) -> Sequence[UnjoinedAccount]:
        """Those that left most first."""
        return self._unjoined(self._left(course), first=first, rows=rows)

    def unjoined_keyed(self, course: str, key: str) -> UnjoinedAccount | None:
        """None where no account of nobody has the key, or it left nothing here."""
        account = tables.account
        nobodys = select(account.c.id, account.c.text).where(*self._of_nobody())
        having = [row.id for row in self.connection.execute(nobodys) if account_key(row.text) == key]
        found = self._unjoined(self._left(course, of=having)) if having else ()
        return found[0] if found else None

    def unjoined_count(self, course: str) -> int:
        """Each once, whatever it left."""
        left = self._left(course)
        query = select(func.count(distinct(left.c.account)))
        return int(self.connection.execute(query).scalar_one())

    def _unjoined(self, left: Subquery, *, first: int = 0, rows: int | None = None) -> list[UnjoinedAccount]:
        account, records = tables.account, func.sum(left.c.records)
        query = (
            select(left.c.account, account.c.text, records, func.min(left.c.first), func.max(left.c.last))
            .join(account, (account.c.tenant == self.tenant) & (account.c.id == left.c.account))
            .group_by(left.c.account, account.c.text)
            .order_by(records.desc(), account.c.text)
            .offset(first)
            .limit(rows)
        )
        found = self.connection.execute(query).all()
        sources: dict[int, set[str]] = {number: set() for number, *_ in found}
        where = select(left.c.account, left.c.source).where(left.c.account.in_(listed(sources))).distinct()
        for number, source in self.connection.execute(where):
            sources[number].add(source)
        return [
            UnjoinedAccount(
                account=text,
                records=int(count),
                sources=tuple(sorted(sources[number])),
                first=begin,
                last=end,
            )
            for number, text, count, begin, end in found
        ]

    def _left(self, course: str, *, of: Collection[int] | None = None) -> Subquery:
        """What each account of nobody left in each source, kind by kind; `of`: of these alone."""
        nobodys = select(tables.account.c.id).where(*self._of_nobody())
        parts = []
        for table in (tables.evidence, tables.watch_event, tables.lms_statement):
            query = (
                select(
                    *(table.c.account, table.c.source, func.count().label("records")),
                    *(func.min(table.c.at).label("first"), func.max(table.c.at).label("last")),
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
            parts.append(query if of is None else query.where(table.c.account.in_(listed(of))))
        return union_all(*parts).subquery("left_behind")

    def _of_nobody(self) -> list[ColumnElement[bool]]:
        account = tables.account
        return [
            account.c.tenant == self.tenant,
            account.c.person.is_(None),
            ~account.c.text.startswith(ERASED, autoescape=True),
        ]

    def records_named(self, course: str, source: str, ids: Iterable[str]) -> Sequence[NamedRecord]:
        """The records of a source that have one of the ids, gone ones too, by id and kind."""
        found = rows(
            self.connection,
            _NAMED,
            tenant_=self.tenant,
            course_=course,
            source_=source,
            kinds_=list_parameter(KINDS),
            records_=list_parameter(filter(storable, ids)),
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
            for row in found
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
