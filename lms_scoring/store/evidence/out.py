"""Evidence out: of an open course as it is, of a closed one as it was closed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from lms_scoring.domain.evidence import Record
from lms_scoring.ports import PersonEvidence
from lms_scoring.store.closing.frozen import closing_of
from lms_scoring.store.evidence.closed import frozen_evidence
from lms_scoring.store.evidence.reading import EvidenceReading
from lms_scoring.store.records.records_out import latest_of, some_records
from lms_scoring.store.roll import known_persons
from lms_scoring.store.tenant_connection import TenantConnection


class EvidenceOut(TenantConnection):
    """The part of a transaction that evidence is read from."""

    def evidence_of(
        self, course: str, persons: Sequence[str], *, at_run: int | None = None
    ) -> Iterator[PersonEvidence]:
        """In the order of `persons`; one person at a time stays in memory. Raises UnknownPerson.

        Of a closed course what was frozen; with `at_run` what syncs told, in any case.
        """
        people = known_persons(self, persons)
        closing = None if at_run is not None else closing_of(self, course)
        if closing is None:
            return EvidenceReading(self).of(course, people, at_run=at_run)
        return frozen_evidence(self, course, closing, people)

    def records_of(
        self, course: str, persons: Collection[str], *, kinds: Collection[str]
    ) -> Sequence[Record]:
        """These persons' records of these kinds, by source, kind and id, each in its latest version."""
        return some_records(self, course, persons, kinds=kinds)

    def latest_records(
        self, course: str, source: str, names: Collection[tuple[str, str]]
    ) -> Sequence[Record]:
        """The latest versions of these (kind, id), gone ones too, with accounts as their source has them."""
        ids: dict[str, list[str]] = {}
        for kind, id_ in names:
            ids.setdefault(kind, []).append(id_)
        return [one for kind, wanted in ids.items() for one in latest_of(self, course, source, kind, wanted)]
