"""Records out by their kinds: quick, because no event and no statement is read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Integer, Select, Text, and_, bindparam, false, select

from lms_scoring.domain.evidence import Record
from lms_scoring.store import tables
from lms_scoring.store.dialect import list_parameter, listed_later, rows
from lms_scoring.store.evidence_out import EvidenceOut
from lms_scoring.store.rows import record_of


def _records_of() -> Select[Any]:
    evidence, account = tables.evidence, tables.account
    return (
        select(
            *(evidence.c.kind, evidence.c.record, evidence.c.source, evidence.c.body, evidence.c.gone_at),
            account.c.person,
        )
        .select_from(account)
        .join(evidence, and_(evidence.c.tenant == account.c.tenant, evidence.c.account == account.c.id))
        .where(
            account.c.tenant == bindparam("tenant_", type_=Integer),
            account.c.person.in_(listed_later("persons_")),
            evidence.c.course == bindparam("course_", type_=Text),
            evidence.c.kind.in_(listed_later("kinds_")),
            evidence.c.superseded == false(),
        )
        .order_by(evidence.c.source, evidence.c.kind, evidence.c.record)
    )


_RECORDS_OF = _records_of()


class RecordsOut(EvidenceOut):
    """The part of a transaction that reads some kinds of records."""

    def records_of(
        self, course: str, persons: Collection[str], *, kinds: Collection[str]
    ) -> Sequence[Record]:
        """These persons' records of these kinds, by source, kind and id, each in its latest version."""
        found = rows(
            self.connection,
            _RECORDS_OF,
            tenant_=self.tenant,
            course_=course,
            persons_=list_parameter(persons),
            kinds_=list_parameter(kinds),
        )
        return [record_of(row, person=row.person, person_of=self._person_of) for row in found]
