"""Records out by their kinds: quick, because no event and no statement is read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial

from sqlalchemy import Integer, Text, bindparam, false, select

from lms_scoring.domain.evidence import Record
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import list_parameter, listed_later, rows, storable
from lms_scoring.store.roll import accounts_of, person_behind
from lms_scoring.store.rows import record_of
from lms_scoring.store.tenant_connection import TenantConnection

_EVIDENCE = tables.evidence
_RECORDS_OF = select(
    *(_EVIDENCE.c.kind, _EVIDENCE.c.record, _EVIDENCE.c.source, _EVIDENCE.c.body, _EVIDENCE.c.gone_at),
    _EVIDENCE.c.account,
).where(
    _EVIDENCE.c.tenant == bindparam("tenant_", type_=Integer),
    _EVIDENCE.c.course == bindparam("course_", type_=Text),
    _EVIDENCE.c.account.in_(listed_later("accounts_")),
    _EVIDENCE.c.kind.in_(listed_later("kinds_")),
    _EVIDENCE.c.superseded == false(),
)
"""By the accounts, which have an index: joined to their persons, SQLite reads the whole course instead. The
rows are put in order by whoever asks, for the same reason."""
_LATEST = (
    select(
        *(_EVIDENCE.c.kind, _EVIDENCE.c.record, _EVIDENCE.c.source, _EVIDENCE.c.body, _EVIDENCE.c.gone_at),
        tables.account.c.text,
    )
    .join(
        tables.account,
        (tables.account.c.tenant == _EVIDENCE.c.tenant) & (tables.account.c.id == _EVIDENCE.c.account),
    )
    .where(
        _EVIDENCE.c.tenant == bindparam("tenant_", type_=Integer),
        _EVIDENCE.c.course == bindparam("course_", type_=Text),
        _EVIDENCE.c.source == bindparam("source_", type_=Text),
        _EVIDENCE.c.kind == bindparam("kind_", type_=Text),
        _EVIDENCE.c.record.in_(listed_later("records_")),
        _EVIDENCE.c.superseded == false(),
    )
)


def some_records(
    transaction: TenantConnection, course: str, persons: Collection[str], *, kinds: Collection[str]
) -> Sequence[Record]:
    """These persons' records of these kinds, by source, kind and id, each in its latest version."""
    return [read() for _, read in records_found(transaction, course, persons, kinds=kinds)]


def records_found(
    transaction: TenantConnection, course: str, persons: Collection[str], *, kinds: Collection[str]
) -> Sequence[tuple[str, Callable[[], Record]]]:
    """The same, for who reads one after the other: whose each is, and what reads it."""
    accounts = accounts_of(transaction, persons)
    owners = {number: person for person, theirs in accounts.items() for number in theirs}
    found = rows(
        transaction.connection,
        _RECORDS_OF,
        tenant_=transaction.tenant,
        course_=course,
        accounts_=list_parameter(owners),
        kinds_=list_parameter(kinds),
    )
    found.sort(key=lambda row: (row.source, row.kind, row.record))
    person_of = partial(person_behind, transaction)
    return [
        (person, partial(record_of, row, person=person, person_of=person_of))
        for row, person in ((row, owners[row.account]) for row in found)
    ]


def latest_of(
    transaction: TenantConnection, course: str, source: str, kind: str, ids: Iterable[str]
) -> list[Record]:
    """The latest versions of a source's records of one kind; they name accounts, as sources do."""
    found = rows(
        transaction.connection,
        _LATEST,
        tenant_=transaction.tenant,
        course_=course,
        source_=source,
        kind_=kind,
        records_=list_parameter(filter(storable, ids)),
    )
    return [record_of(row, person=row.text, person_of=str) for row in found]
