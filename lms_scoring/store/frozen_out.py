"""Evidence of closed courses: what was frozen then, and what was entered here since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lms_scoring.domain.evidence import KIND_OF, Decision, Recommendation, Record, owner_of
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.ports import Act, PersonEvidence
from lms_scoring.store.records_out import RecordsOut

_ENTERED = tuple(KIND_OF[kind] for kind in (Decision, Recommendation))
_AT_ONCE = 50
"""So many people's evidence is in memory at one time."""


class FrozenOut(RecordsOut):
    """The part of a transaction that reads closed courses as they were closed."""

    def evidence_of(
        self, course: str, persons: Sequence[str], *, at_run: int | None = None
    ) -> Iterator[PersonEvidence]:
        """As `EvidenceOut` has it, while the course is open; with `at_run` in any case."""
        closing = None if at_run is not None else self.closing(course)
        if closing is None:
            return super().evidence_of(course, persons, at_run=at_run)
        return self._frozen(course, closing, self.known(persons))

    def _frozen(self, course: str, closing: Act, people: Sequence[KnownPerson]) -> Iterator[PersonEvidence]:
        for first in range(0, len(people), _AT_ONCE):
            portion = people[first : first + _AT_ONCE]
            ids = [person.id for person in portion]
            frozen = self.frozen_records(closing, ids)
            entered = self.records_of(course, ids, kinds=_ENTERED)
            for person in portion:
                theirs = frozen.get(person.id, [])
                since = [record for record in entered if owner_of(record) == person.id]
                yield PersonEvidence(person=person, records=_together(theirs, since), is_frozen=True)


def _together(frozen: Sequence[Record], entered: Sequence[Record]) -> list[Record]:
    """What was entered before the closing is frozen too, and stands there once."""
    known = {(KIND_OF[type(record)], record.id) for record in frozen}
    return [*frozen, *(one for one in entered if (KIND_OF[type(one)], one.id) not in known)]
