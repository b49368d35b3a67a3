"""Evidence out of the memory store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from lms_scoring.domain.errors import MalformedEvidence, UnknownPerson
from lms_scoring.domain.evidence import (
    KIND_OF,
    KINDS,
    Decision,
    Person,
    Recommendation,
    Record,
    Submission,
)
from lms_scoring.domain.identity import ERASED, account_key
from lms_scoring.domain.statements import LmsStatement, LmsVerb, WatchEvent
from lms_scoring.ports import Frozen, NamedRecord, PersonEvidence, UnjoinedAccount
from tests.fakes.memory_store.area import Area
from tests.fakes.memory_store.gone import activity_of
from tests.fakes.memory_store.met import sources_of
from tests.fakes.memory_store.roll import closing_of, known_person, owner_of
from tests.fakes.memory_store.state import RecordKey, Version

_ENTERED = tuple(KIND_OF[kind] for kind in (Decision, Recommendation))


class EvidenceOut(Area):
    """What is read."""

    def evidence_of(
        self, course: str, persons: Sequence[str], *, at_run: int | None = None
    ) -> Iterator[PersonEvidence]:
        for person in persons:
            if person not in self.state.names:
                raise UnknownPerson(person)
        closing = None if at_run is not None else closing_of(self.state, course)
        if closing is not None:
            frozen = self.state.frozen[closing.number]
            return map(partial(self._thawed, course, frozen=frozen), dict.fromkeys(persons))
        return map(partial(self._evidence, course, at_run=at_run), dict.fromkeys(persons))

    def _thawed(self, course: str, person: str, frozen: Mapping[str, Frozen]) -> PersonEvidence:
        records = list(frozen[person].records) if person in frozen else []
        entered = self._records(course, person, None, kinds=_ENTERED)
        since = [record for record in entered if record not in records]
        return PersonEvidence(
            person=known_person(self.state, person), records=[*records, *since], is_frozen=True
        )

    def unjoined(self, course: str, *, first: int = 0, rows: int | None = None) -> Sequence[UnjoinedAccount]:
        left = [
            (versions[-1].owner, source, _at(versions[-1].record))
            for (where, source, *_), versions in self.state.records.items()
            if where == course and versions[-1].gone_run is None
        ]
        for source in sources_of(self.state, course):
            left += [(one.account, source, one.at) for one in self.state.events.get(source, {}).values()]
            left += [(one.account, source, one.at) for one in self.state.statements.get(source, {}).values()]
        found = []
        for account in {
            owner for owner, *_ in left if not owner.startswith(ERASED)
        } - self.state.owners.keys():
            times = [at for owner, _, at in left if owner == account and at is not None]
            found.append(
                UnjoinedAccount(
                    account=account,
                    records=sum(owner == account for owner, *_ in left),
                    sources=tuple(sorted({source for owner, source, _ in left if owner == account})),
                    first=min(times, default=None),
                    last=max(times, default=None),
                )
            )
        found.sort(key=lambda unjoined: (-unjoined.records, unjoined.account))
        return found[first : None if rows is None else first + rows]

    def unjoined_keyed(self, course: str, key: str) -> UnjoinedAccount | None:
        return next((one for one in self.unjoined(course) if account_key(one.account) == key), None)

    def unjoined_count(self, course: str) -> int:
        return len(self.unjoined(course))

    def counts(self, course: str) -> Sequence[tuple[str, str, str | None, int]]:
        counts: Counter[tuple[str, str, str | None]] = Counter()
        for (where, source, kind, _), versions in self.state.records.items():
            record = versions[-1].record
            if where == course and versions[-1].gone_run is None:
                counts[source, kind, activity_of(record)] += 1
        for source in sources_of(self.state, course):
            for event in self._holding_events(source):
                counts[source, "event", event.activity] += 1
            for statement in self._holding_statements(source):
                counts[source, "statement", statement.activity] += 1
        found = [(source, kind, activity, count) for (source, kind, activity), count in counts.items()]
        return sorted(found, key=lambda count: (count[0], count[1], count[2] or ""))

    def records_of(
        self, course: str, persons: Collection[str], *, kinds: Collection[str]
    ) -> Sequence[Record]:
        found = [
            (key, self._read(key, versions[-1], None))
            for key, versions in self.state.records.items()
            if key[0] == course and key[2] in kinds and owner_of(self.state, versions[-1].owner) in persons
        ]
        return [record for _, record in sorted(found, key=lambda pair: pair[0])]

    def latest_records(
        self, course: str, source: str, names: Collection[tuple[str, str]]
    ) -> Sequence[Record]:
        keys = [(course, source, kind, id_) for kind, id_ in names]
        latest = [_readable(self.state.records[key][-1]) for key in keys if key in self.state.records]
        return [replace(one.record, source=source or None, gone_at=one.gone_at) for one in latest]

    def records_named(self, course: str, source: str, ids: Iterable[str]) -> Sequence[NamedRecord]:
        wanted = set(ids)
        found = [
            NamedRecord(
                kind=kind,
                id=id_,
                person=self.state.owners.get(versions[-1].owner, (None, 0))[0],
                activity=activity_of(versions[-1].record),
                run=versions[-1].seen_run,
                live=versions[-1].gone_run is None,
            )
            for (where, whence, kind, id_), versions in self.state.records.items()
            if (where, whence) == (course, source) and id_ in wanted
        ]
        return sorted(found, key=lambda record: (record.id, record.kind))

    def _evidence(self, course: str, person: str, at_run: int | None) -> PersonEvidence:
        events = {
            source: [e for e in self._holding_events(source) if owner_of(self.state, e.account) == person]
            for source in sources_of(self.state, course)
        }
        statements = {source: self._told_of(source, person) for source in sources_of(self.state, course)}
        return PersonEvidence(
            person=known_person(self.state, person),
            records=self._records(course, person, at_run),
            events={source: told for source, told in events.items() if told},
            statements={source: told for source, told in statements.items() if told},
        )

    def _told_of(self, source: str, person: str) -> list[LmsStatement]:
        """The person's statements, and those by which others deleted what is theirs."""
        told = self._holding_statements(source)
        theirs = {s.object for s in told if owner_of(self.state, s.account) == person}
        return [
            s._replace(by=None if s.by is None else owner_of(self.state, s.by))
            for s in told
            if owner_of(self.state, s.account) == person
            or (s.verb is LmsVerb.POST_DELETED and s.object in theirs)
        ]

    def _records(
        self, course: str, person: str, at_run: int | None, *, kinds: Collection[str] = KINDS
    ) -> list[Record]:
        found: list[tuple[RecordKey, Record]] = []
        for key, versions in self.state.records.items():
            known = [v for v in versions if at_run is None or v.seen_run <= at_run]
            if (
                key[0] == course
                and key[2] in kinds
                and known
                and owner_of(self.state, known[-1].owner) == person
            ):
                found.append((key, self._read(key, known[-1], at_run)))
        return [record for _, record in sorted(found, key=lambda pair: pair[0])]

    def _read(self, key: RecordKey, version: Version, at_run: int | None) -> Record:
        record, person = _readable(version).record, owner_of(self.state, version.owner)
        noticed = version.gone_run is not None and (at_run is None or version.gone_run <= at_run)
        record = replace(record, source=key[1] or None, gone_at=version.gone_at if noticed else None)
        if isinstance(record, Person):
            return replace(record, id=person)
        if isinstance(record, Recommendation):
            return replace(record, by=person)
        if isinstance(record, Submission) and record.graded_by:
            record = replace(record, graded_by=owner_of(self.state, record.graded_by))
        return replace(record, person=person)

    def _holding_events(self, source: str) -> list[WatchEvent]:
        told = self.state.events.get(source, {})
        return [told[key] for key in sorted(told) if (source, key[1]) not in self.state.voided]

    def _holding_statements(self, source: str) -> list[LmsStatement]:
        told = self.state.statements.get(source, {})
        return [told[key] for key in sorted(told) if (source, key[1]) not in self.state.voided]


def _readable(version: Version) -> Version:
    if version.is_spoilt:
        raise MalformedEvidence("is spoilt")
    return version


def _at(record: Record) -> int | None:
    names = ("start", "started_at", "submitted_at", "created_at", "at")
    return next((getattr(record, name) for name in names if hasattr(record, name)), None)
