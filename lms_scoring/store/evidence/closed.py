"""Evidence of closed courses: what was frozen then, and what was entered here since."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms_scoring.domain.evidence import KIND_OF, Decision, Recommendation, Record
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.ports import Act, PersonEvidence
from lms_scoring.store.closing.frozen import frozen_records
from lms_scoring.store.records.records_out import records_found
from lms_scoring.store.tenant_connection import TenantConnection

_ENTERED = tuple(KIND_OF[kind] for kind in (Decision, Recommendation))
_AT_ONCE = 50
"""So many people's evidence is in memory at one time."""


def frozen_evidence(
    transaction: TenantConnection, course: str, closing: Act, people: Sequence[KnownPerson]
) -> Iterator[PersonEvidence]:
    """In the order of `people`. That one person's cannot be made out is raised at that person's turn, and the
    next turn comes then."""
    found: dict[str, _Found] = {}

    def of_one(turn: tuple[int, KnownPerson]) -> PersonEvidence:
        rank, person = turn
        if person.id not in found:
            ids = [one.id for one in people[rank : rank + _AT_ONCE]]
            found.update(_found(transaction, course, closing, ids))
        return PersonEvidence(person=person, records=found.pop(person.id).read(), is_frozen=True)

    return map(of_one, enumerate(people))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What is stored of one person, not read yet: what was frozen, and each record that was entered."""

    frozen: Callable[[], Sequence[Record]]
    entered: list[Callable[[], Record]]

    def read(self) -> list[Record]:
        return _together(self.frozen(), [read() for read in self.entered])


def _found(
    transaction: TenantConnection, course: str, closing: Act, persons: Sequence[str]
) -> Mapping[str, _Found]:
    frozen = frozen_records(transaction, closing, persons)
    found = {person: _Found(frozen=frozen.get(person, list), entered=[]) for person in persons}
    for person, read in records_found(transaction, course, persons, kinds=_ENTERED):
        found[person].entered.append(read)
    return found


def _together(frozen: Sequence[Record], entered: Sequence[Record]) -> list[Record]:
    """What was entered before the closing is frozen too, and stands there once."""
    known = {(KIND_OF[type(record)], record.id) for record in frozen}
    return [*frozen, *(one for one in entered if (KIND_OF[type(one)], one.id) not in known)]
