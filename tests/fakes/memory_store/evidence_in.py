"""Evidence into the memory store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lms_scoring.domain.errors import MalformedEvidence, StoreError, UnknownPerson
from lms_scoring.domain.evidence import KIND_OF, Decision, MembershipStatus, Person, Recommendation, Record
from lms_scoring.domain.evidence_json import content_hash, from_fields, to_fields
from lms_scoring.domain.identity import own_account
from lms_scoring.domain.statements import LmsStatement, LmsVerb, WatchEvent
from lms_scoring.ports import Kept, Scope, Stored
from tests.fakes.memory_store.members import Members, is_findable, malformed
from tests.fakes.memory_store.state import RecordKey, Version


class EvidenceIn(Members):
    """What is kept."""

    def keep_records(self, course: str, source: str, records: Sequence[Record], *, run: int) -> Stored:
        if not records:
            return Stored()
        self.check_run(course, source, run)
        stored = Stored()
        for given in records:
            record = replace(given, source=None, gone_at=None)
            key = (course, source, KIND_OF[type(record)], record.id)
            self.state.seen[run].add(key)
            versions = self.state.records.get(key, [])
            if versions and versions[-1].record == record and versions[-1].gone_run is None:
                stored += Stored(kept=Kept(same=1))
                continue
            try:
                from_fields(key[2], to_fields(record))
                content_hash(record)
                _check_keys(record.id, _owner(record))
            except (MalformedEvidence, OverflowError, UnicodeEncodeError) as error:
                problem = malformed(str(error), f"{key[2]} {key[3]}", record)
                stored += Stored(kept=Kept(refused=1), problems=(problem,))
                continue
            stored += Stored(kept=Kept(changed=1) if versions else Kept(new=1))
            self._add_version(key, record, run)
        return stored

    def keep_decision(self, course: str, decision: Decision, *, at: int) -> None:
        if decision.person not in self.state.names:
            raise UnknownPerson(decision.person)
        own = replace(decision, source=None, gone_at=None, person=own_account(decision.person))
        self._keep_entered((course, decision.source or "", "decision", decision.id), own)

    def keep_recommendation(self, course: str, recommendation: Recommendation) -> None:
        if recommendation.by not in self.state.names:
            raise UnknownPerson(recommendation.by)
        own = replace(recommendation, source=None, gone_at=None, by=own_account(recommendation.by))
        key = (course, recommendation.source or "", "recommendation", recommendation.id)
        self._keep_entered(key, own)

    def keep_events(self, source: str, events: Sequence[WatchEvent]) -> Stored:
        usable = [one for one in events if is_findable(one.account) and is_findable(one.activity)]
        self.state.met |= {event.account for event in usable}
        kept = self.state.events.setdefault(source, {})
        new = {(event.stored, event.id): event for event in reversed(usable)}
        new = {key: event for key, event in new.items() if key not in kept}
        kept.update(new)
        self._touch_of_source(source, {event.account for event in new.values()})
        return _stored(events, usable, new=len(new))

    def keep_statements(self, source: str, statements: Sequence[LmsStatement]) -> Stored:
        usable = [one for one in statements if is_findable(one.account) and is_findable(one.activity)]
        self.state.met |= {statement.account for statement in usable}
        self.state.met |= {statement.by for statement in usable if statement.by is not None}
        kept = self.state.statements.setdefault(source, {})
        new = {(statement.stored, statement.id): statement for statement in reversed(usable)}
        new = {key: statement for key, statement in new.items() if key not in kept}
        kept.update(new)
        self._touch_of_source(source, {statement.account for statement in new.values()})
        self._touch_authors(source, {one.object for one in usable if one.verb is LmsVerb.POST_DELETED})
        return _stored(statements, usable, new=len(new))

    def keep_voided(self, source: str, statements: Sequence[str]) -> None:
        new = {id_ for id_ in statements if (source, id_) not in self.state.voided}
        self.state.voided |= {(source, id_) for id_ in new}
        events = self.state.events.get(source, {}).values()
        told = self.state.statements.get(source, {}).values()
        self._touch_of_source(source, {event.account for event in events if event.id in new})
        self._touch_of_source(source, {one.account for one in told if one.id in new})
        self._touch_authors(
            source, {one.object for one in told if one.id in new and one.verb is LmsVerb.POST_DELETED}
        )

    def keep_titles(self, titles: Mapping[str, str]) -> None:
        met = {event.activity for events in self.state.events.values() for event in events.values()}
        self.state.titles |= {
            id_: title for id_, title in titles.items() if id_ in met and is_findable(title)
        }

    def would_be_gone(self, course: str, source: str, scope: Scope, *, run: int) -> tuple[int, int]:
        live = self._live(course, source, scope)
        return len(self._unseen(live, run)), len(live)

    def mark_unseen(self, course: str, source: str, scope: Scope, *, run: int, at: int) -> int:
        self.check_run(course, source, run)
        missing = self._unseen(self._live(course, source, scope), run)
        for key in missing:
            version = self.state.records[key][-1]
            version.gone_run, version.gone_at = run, at
            self._touch_after(key, {version.owner})
        return len(missing)

    def _keep_entered(self, key: RecordKey, record: Record) -> None:
        from_fields(key[2], to_fields(record))
        versions = self.state.records.get(key, [])
        if versions and versions[-1].record != record:
            raise StoreError(f"{key[2]} {record.id}")
        if not versions:
            self._add_version(key, record, self.latest_run())

    def _add_version(self, key: RecordKey, record: Record, run: int) -> None:
        versions = self.state.records.setdefault(key, [])
        owner = _owner(record)
        owners = {owner}
        if versions:
            former = versions[-1]
            owners.add(former.owner)
            if former.seen_run == run:
                versions.pop()
            elif former.gone_run is None:
                former.gone_run = run
        versions.append(Version(record=record, owner=owner, seen_run=run))
        self.state.met.add(owner)
        self._touch_after(key, owners)

    def _touch_after(self, key: RecordKey, owners: set[str]) -> None:
        course, _, kind, _ = key
        self.touch(course, owners)
        if kind == "membership":
            self.touch_tutors(course, None)
        elif kind in ("submission", "unknown", "decision"):
            self.touch_tutors(course, owners)

    def _touch_of_source(self, source: str, owners: set[str]) -> None:
        for course in self.courses_of(source):
            self.touch(course, owners)

    def _touch_authors(self, source: str, objects: set[str]) -> None:
        told = self.state.statements.get(source, {}).values()
        self._touch_of_source(source, {one.account for one in told if one.object in objects})

    def _live(self, course: str, source: str, scope: Scope) -> list[RecordKey]:
        active = {
            person for person, member in self.members(course) if member.status is MembershipStatus.ACTIVE
        }
        return [
            key
            for key, versions in self.state.records.items()
            if key[:3] == (course, source, scope.kind)
            and versions[-1].gone_run is None
            and scope.activity in (None, _activity(versions[-1].record))
            and (scope.kind == "membership" or self.owner_of(versions[-1].owner) in active)
        ]

    def _unseen(self, keys: list[RecordKey], run: int) -> list[RecordKey]:
        return [key for key in keys if key not in self.state.seen.get(run, ())]


def _owner(record: Record) -> str:
    if isinstance(record, Person):
        return record.id
    return record.by if isinstance(record, Recommendation) else record.person


def _activity(record: Record) -> str | None:
    return getattr(record, "activity", None) or getattr(record, "forum", None)


def _check_keys(*texts: str) -> None:
    if not all(map(is_findable, texts)):
        raise MalformedEvidence("a NUL, or too long")


def _stored(
    told: Sequence[WatchEvent | LmsStatement], usable: Sequence[WatchEvent | LmsStatement], *, new: int
) -> Stored:
    refused = tuple(malformed("a statement", one.id, one) for one in told if one not in usable)
    kept = Kept(new=new, same=len(usable) - new, refused=len(refused))
    return Stored(kept=kept, problems=refused)
