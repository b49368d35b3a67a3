"""Evidence of closed courses: what was frozen then, and what was entered here since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lms_scoring.domain.evidence import KIND_OF, Decision, Recommendation, Record, owner_of
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.ports import Act, PersonEvidence
from lms_scoring.store.closing.frozen import frozen_records
from lms_scoring.store.records.records_out import some_records
from lms_scoring.store.tenant_connection import TenantConnection

_ENTERED = tuple(KIND_OF[kind] for kind in (Decision, Recommendation))
_AT_ONCE = 50
"""So many people's evidence is in memory at one time."""


def frozen_evidence(
    transaction: TenantConnection, course: str, closing: Act, people: Sequence[KnownPerson]
) -> Iterator[PersonEvidence]:
    """In the order of `people`."""
    for first in range(0, len(people), _AT_ONCE):
        portion = people[first : first + _AT_ONCE]
        ids = [person.id for person in portion]
        frozen = frozen_records(transaction, closing, ids)
        entered = some_records(transaction, course, ids, kinds=_ENTERED)
        for person in portion:
            theirs = frozen.get(person.id, [])
            since = [record for record in entered if owner_of(record) == person.id]
            yield PersonEvidence(person=person, records=_together(theirs, since), is_frozen=True)


def _together(frozen: Sequence[Record], entered: Sequence[Record]) -> list[Record]:
    """What was entered before the closing is frozen too, and stands there once."""
    known = {(KIND_OF[type(record)], record.id) for record in frozen}
    return [*frozen, *(one for one in entered if (KIND_OF[type(one)], one.id) not in known)]
