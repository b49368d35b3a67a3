"""Evidence into the memory store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lms_scoring.domain.errors import MalformedEvidence, StoreError, UnknownPerson
from lms_scoring.domain.evidence import KIND_OF, Decision, Person, Recommendation, Record
from lms_scoring.domain.evidence_json import content_hash, from_fields, to_fields
from lms_scoring.domain.identity import own_account
from lms_scoring.domain.statements import LmsStatement, LmsVerb, WatchEvent, is_place
from lms_scoring.ports import Kept, Scope, Stored
from tests.fakes.memory_store.area import Area
from tests.fakes.memory_store.gone import live_keys, unseen_keys
from tests.fakes.memory_store.members import is_findable, malformed
from tests.fakes.memory_store.met import check_latest, courses_of, latest_run
from tests.fakes.memory_store.state import RecordKey, Version
from tests.fakes.memory_store.touching import touch, touch_after


class EvidenceIn(Area):
    """What is kept."""

    def keep_records(self, course: str, source: str, records: Sequence[Record], *, run: int) -> Stored:
        if not records:
            return Stored()
        check_latest(self.state, course, source, run)
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
                _check_names(record)
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
        usable = [one for one in events if _are_findable(one.id, one.account, one.activity, one.session)]
        self.state.met |= {event.account for event in usable}
        kept = self.state.events.setdefault(source, {})
        new = {(event.stored, event.id): event for event in reversed(usable)}
        new = {key: event for key, event in new.items() if key not in kept}
        kept.update(new)
        self._touch_of_source(source, {event.account for event in new.values()})
        return _stored(events, usable, new=len(new))

    def keep_statements(self, source: str, statements: Sequence[LmsStatement]) -> Stored:
        usable = [
            one for one in statements if _are_findable(one.id, one.account, one.activity, one.object, one.by)
        ]
        self.state.met |= {statement.account for statement in usable}
        self.state.met |= {statement.by for statement in usable if statement.by is not None}
        kept = self.state.statements.setdefault(source, {})
        new = {(statement.stored, statement.id): statement for statement in reversed(usable)}
        new = {key: statement for key, statement in new.items() if key not in kept}
        kept.update(new)
        self._touch_of_source(source, {statement.account for statement in new.values()})
        self._have_no_maximum(source, [one for one in usable if is_place(one)])
        self._touch_authors(source, {one.object for one in usable if one.verb is LmsVerb.POST_DELETED})
        return _stored(statements, usable, new=len(new))

    def _have_no_maximum(self, source: str, places: Sequence[LmsStatement]) -> None:
        kept = self.state.statements[source]
        keys = {(one.stored, one.id) for one in places}
        read_anew = {key: kept[key] for key in keys if kept[key].maximum is not None}
        kept.update({key: one._replace(maximum=None) for key, one in read_anew.items()})
        self._touch_of_source(source, {one.account for one in read_anew.values()})

    def keep_voided(self, source: str, statements: Sequence[str]) -> None:
        new = {id_ for id_ in statements if (source, id_) not in self.state.voided and is_findable(id_)}
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
        live = live_keys(self.state, course, source, scope)
        return len(unseen_keys(self.state, live, run)), len(live)

    def mark_unseen(self, course: str, source: str, scope: Scope, *, run: int, at: int) -> int:
        check_latest(self.state, course, source, run)
        missing = unseen_keys(self.state, live_keys(self.state, course, source, scope), run)
        for key in missing:
            version = self.state.records[key][-1]
            version.gone_run, version.gone_at = run, at
            touch_after(self.state, key, {version.owner})
        return len(missing)

    def _keep_entered(self, key: RecordKey, record: Record) -> None:
        from_fields(key[2], to_fields(record))
        versions = self.state.records.get(key, [])
        if versions and versions[-1].record != record:
            raise StoreError(f"{key[2]} {record.id}")
        if not versions:
            self._add_version(
                key,
                record,
                latest_run(
                    self.state,
                ),
            )

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
        touch_after(self.state, key, owners)

    def _touch_of_source(self, source: str, owners: set[str]) -> None:
        for course in courses_of(self.state, source):
            touch(self.state, course, owners)

    def _touch_authors(self, source: str, objects: set[str]) -> None:
        told = self.state.statements.get(source, {}).values()
        self._touch_of_source(source, {one.account for one in told if one.object in objects})


def _owner(record: Record) -> str:
    if isinstance(record, Person):
        return record.id
    return record.by if isinstance(record, Recommendation) else record.person


def _are_findable(*texts: str | None) -> bool:
    return all(is_findable(text) for text in texts if text is not None)


def _check_names(record: Record) -> None:
    names = ("activity", "forum", "parent", "submission", "graded_by", "class_")
    for name in names:
        given = getattr(record, name, None)
        if given is not None and not is_findable(given, 500 if name == "class_" else 2_000):
            raise MalformedEvidence("a name that holds a NUL, or is too long")


def _check_keys(*texts: str) -> None:
    if not all(map(is_findable, texts)):
        raise MalformedEvidence("a NUL, or too long")


def _stored(
    told: Sequence[WatchEvent | LmsStatement], usable: Sequence[WatchEvent | LmsStatement], *, new: int
) -> Stored:
    refused = tuple(malformed("a statement", one.id, one) for one in told if one not in usable)
    kept = Kept(new=new, same=len(usable) - new, refused=len(refused))
    return Stored(kept=kept, problems=refused)
