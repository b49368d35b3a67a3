"""Erasures in the memory store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from lms_scoring.domain.evidence import (
    Decision,
    Recommendation,
    Record,
    RecordTarget,
    Submission,
)
from lms_scoring.domain.identity import own_account, pseudonym, sha1_of
from lms_scoring.domain.scorecard import Finding, Scorecard
from lms_scoring.domain.set_aside_people import Origin, Part, part_in, without
from lms_scoring.domain.statements import LmsStatement, LmsVerb
from lms_scoring.ports import ActKind, Held, StandIn, Visitor
from tests.fakes.memory_store.area import Area
from tests.fakes.memory_store.roll import closing_of, owner_of
from tests.fakes.memory_store.state import RecordKey, Version
from tests.fakes.memory_store.touching import touch_tutors

_JOINS = (ActKind.JOINED, ActKind.PARTED)

Name = tuple[str, str]
"""Kind and id of a record, as cards have it."""


class Erasures(Area):
    """All that is kept of one person."""

    def held(self, person: str, *, taken: Collection[int] = ()) -> Iterator[Held]:
        for (course, source, kind, id_), versions in self.state.records.items():
            if owner_of(self.state, versions[-1].owner) == person:
                fields = {"course": course, "source": source, "kind": kind, "record": id_}
                yield from (Held(what="evidence", fields=fields) for _ in versions)
        for source, events in self.state.events.items():
            theirs = [one for one in events.values() if owner_of(self.state, one.account) == person]
            yield from (Held(what="watch_event", fields={"source": source, "id": one.id}) for one in theirs)
        for key in self.state.cards:
            if key[1] == person:
                yield Held(what="scorecard", fields={"course": key[0], "role": key[2]})
        if person in self.state.names:
            yield Held(what="person", fields={"id": person, "name": self.state.names[person]})
        for number in self._set_aside(person, taken):
            yield Held(what="quarantined", fields={"number": number})
        for act in self.state.acts:
            if person in (act.by, act.person):
                yield Held(what="signed_act", fields={"number": act.number}, goes=False)
        for number in self._with_part(person, Part.NAMED):
            yield Held(what="quarantined", fields={"number": number}, goes=False)

    def unclear(self, person: str) -> Sequence[int]:
        return self._with_part(person, Part.UNCLEAR)

    def courses_of_person(self, person: str) -> Sequence[str]:
        found = {key[0] for key in self.state.cards if key[1] == person}
        for key, versions in self.state.records.items():
            if any(owner_of(self.state, version.owner) == person for version in versions):
                found.add(key[0])
        for number, frozen in self.state.frozen.items():
            if person in frozen:
                found.add(str(self.state.acts[number - 1].course))
        return sorted(found)

    def erase_rest(
        self,
        person: str,
        *,
        act: int,
        names: Mapping[Name, str],
        stand_ins: Mapping[str, Sequence[StandIn]],
        taken: Collection[int],
    ) -> None:
        stands, state = pseudonym(act), self.state
        accounts = {text for text, (owner, _) in state.owners.items() if owner == person}
        addresses = {text.removeprefix("mbox:") for text in accounts if text.startswith("mbox:")}
        subjects = {key for key, (_, owner) in state.subjects.items() if owner == person}
        known_by = {own_account(person), *accounts, *map(sha1_of, addresses)}
        known_by |= {f"lti:{registration}|{subject}" for registration, subject in subjects}
        self.remember_erased(dict.fromkeys(known_by, stands))
        for course, kept in stand_ins.items():
            closing = closing_of(self.state, course)
            for one in kept:
                of = closing.number if one.is_frozen and closing is not None else 0
                state.stand_ins.append((act, course, of, one))
        courses = self.courses_of_person(person)
        for course in courses:
            touch_tutors(self.state, course, accounts)
        self._erase_set_aside(person, accounts, taken)
        called = _Called(dict.fromkeys([person, *accounts], stands), names)
        self._erase_evidence(person, accounts, called)
        self._erase_told(person, stands)
        self._erase_cards(person, called)
        self._erase_visits(person, subjects)
        state.acts = [
            replace(
                one,
                by=called.person(one.by),
                person=stands if one.person == person else one.person,
                reason="erased" if one.person == person else one.reason,
                subject=stands if one.person == person and one.kind in _JOINS else one.subject,
            )
            for one in state.acts
        ]
        state.joined = {
            text: replace(one, roster=None if one.roster and one.roster[0] == person else one.roster)
            for text, one in state.joined.items()
            if text not in accounts
        }
        state.grants = [grant for grant in state.grants if grant.person != person]
        state.touched = {
            (course, text): "ended" if course in courses and taken not in (None, "unmade") else taken
            for (course, text), taken in state.touched.items()
            if text not in accounts
        }
        state.text_touched = {key for key in state.text_touched if key[1] not in accounts}
        for text in accounts:
            del state.owners[text]
        state.met -= accounts
        del state.names[person]

    def erased(self, accounts: Iterable[str]) -> Mapping[str, str]:
        return {text: self.state.tombstones[text] for text in accounts if text in self.state.tombstones}

    def remember_erased(self, accounts: Mapping[str, str]) -> None:
        self.state.tombstones |= {**accounts, **self.state.tombstones}

    def readmit(self, accounts: Iterable[str]) -> int:
        back = set(self.erased(accounts).values())
        left = {text: stands for text, stands in self.state.tombstones.items() if stands not in back}
        self.state.tombstones = left
        return len(back)

    def readmit_unreadable(self) -> int:
        return 0

    def stand_ins(self, course: str) -> Sequence[StandIn]:
        closing = closing_of(self.state, course)
        closed = 0 if closing is None else closing.number
        return [
            one
            for act, where, of, one in self.state.stand_ins
            if where == course and of == (closed if act > closed else 0)
        ]

    def _set_aside(self, person: str, taken: Collection[int]) -> Sequence[int]:
        """Theirs, with those that somebody says are."""
        also = [number for number in self._with_part(person, Part.UNCLEAR) if number in taken]
        return [*self._with_part(person, Part.OWNER), *also]

    def _with_part(self, person: str, part: Part) -> Sequence[int]:
        """The numbers of records in quarantine in which they have that part."""
        state = self.state
        accounts = frozenset(text for text, (owner, _) in state.owners.items() if owner == person)
        records = {key for key, versions in state.records.items() if versions[-1].owner in accounts}
        return [
            number
            for number, one in state.quarantined.items()
            if part
            is part_in(
                one.aside.text,
                self._origin(one.source),
                accounts=accounts,
                name=state.names.get(person, ""),
                has_its_id=any(
                    one.course in (None, course) and (source, id_) == (one.source, one.aside.record)
                    for course, source, _, id_ in records
                ),
            )
        ]

    def _origin(self, source: str) -> Origin:
        first = (
            text
            for text, (owner, rank) in self.state.owners.items()
            if rank == 0
            and owner.startswith(f"{source}-")
            and text.endswith(f"|{owner.removeprefix(f'{source}-')}")
        )
        home = next(first, "").removeprefix("account:").rpartition("|")[0]
        return Origin(source=source, home=home or None)

    def _erase_set_aside(self, person: str, accounts: set[str], taken: Collection[int]) -> None:
        kept = self.state.quarantined
        for number in self._with_part(person, Part.NAMED):
            one = kept[number]
            text = without(one.aside.text, frozenset(accounts), self._origin(one.source))
            kept[number] = replace(one, aside=replace(one.aside, text=text, size=len(text)))
        for number in self._set_aside(person, taken):
            del kept[number]

    def _erase_evidence(self, person: str, accounts: set[str], called: _Called) -> None:
        state = self.state
        kept: dict[RecordKey, list[Version]] = {}
        for key, versions in state.records.items():
            theirs = [one for one in versions if one.owner not in accounts]
            for version in theirs:
                version.record = _renamed(version.record, called)
            if theirs:
                kept[*key[:3], theirs[-1].record.id] = theirs
            if any(one.owner in accounts for one in versions):
                state.cursors.pop((key[0], key[1]), None)
                for seen in state.seen.values():
                    seen.discard(key)
        state.records = kept
        for frozen in state.frozen.values():
            frozen.pop(person, None)
            for whose, one in frozen.items():
                frozen[whose] = replace(one, records=[_renamed(record, called) for record in one.records])

    def _erase_told(self, person: str, stands: str) -> None:
        for source, events in self.state.events.items():
            gone = {key[1] for key, one in events.items() if owner_of(self.state, one.account) == person}
            self.state.voided -= {(source, id_) for id_ in gone}
            self.state.events[source] = {key: one for key, one in events.items() if key[1] not in gone}
        for source, told in self.state.statements.items():
            others = {one.object for one in told.values() if owner_of(self.state, one.account) != person}

            def stays(one: LmsStatement, others: set[str] = others) -> bool:
                deletes = one.verb is LmsVerb.POST_DELETED and one.object in others
                return deletes or owner_of(self.state, one.account) != person

            self.state.statements[source] = {
                key: one._replace(
                    account=stands if owner_of(self.state, one.account) == person else one.account,
                    by=stands if one.by and owner_of(self.state, one.by) == person else one.by,
                )
                for key, one in told.items()
                if stays(one)
            }

    def _erase_cards(self, person: str, called: _Called) -> None:
        state = self.state
        state.cards = {key: cards for key, cards in state.cards.items() if key[1] != person}
        state.measures = {key: one for key, one in state.measures.items() if key[1] != person}
        state.foretold = {key: one for key, one in state.foretold.items() if key[1] != person}
        state.outgoing = {key: one for key, one in state.outgoing.items() if key[1] != person}
        state.grade_steps = {
            key: [replace(step, by=step.by and called.person(step.by)) for step in steps]
            for key, steps in state.grade_steps.items()
            if key[1] != person
        }
        for key, cards in state.cards.items():
            for card in cards if key[2] == "tutor" else ():
                card.card = _card_renamed(card.card, called)
        for course, cases in state.cases.items():
            for number, case in cases.items():
                steps = tuple(replace(step, by=step.by and called.person(step.by)) for step in case.steps)
                self.state.cases[course][number] = replace(case, steps=steps)

    def _erase_visits(self, person: str, subjects: set[tuple[int, str]]) -> None:
        state = self.state

        def theirs(visitor: Visitor) -> bool:
            launched = visitor.launched
            of_launch = launched is not None and (launched.registration, launched.subject) in subjects
            return visitor.person == person or of_launch

        state.sessions = {key: one for key, one in state.sessions.items() if not theirs(one[0].visitor)}
        state.links = {key: one for key, one in state.links.items() if not theirs(one[0])}
        for key in subjects:
            del state.subjects[key]


class _Called:
    """What people and records are called from now on."""

    def __init__(self, people: Mapping[str, str], records: Mapping[Name, str]) -> None:
        self._people = people
        self._records = records

    def person(self, one: str) -> str:
        return self._people.get(one, one)

    def record(self, kind: str, id_: str) -> str:
        if kind == "recommendation":
            works = [name for of, name in self._records if of == "submission" and id_.endswith(f"/{name}")]
            return id_.removesuffix(works[0]) + self._records["submission", works[0]] if works else id_
        return self._records.get((kind, id_), id_)


def _renamed(record: Record, called: _Called) -> Record:
    match record:
        case Submission(graded_by=str(by)):
            return replace(record, graded_by=called.person(by))
        case Decision(by=by, target=RecordTarget(kind=kind, id=id_) as target):
            return replace(record, by=called.person(by), target=replace(target, id=called.record(kind, id_)))
        case Decision(by=by):
            return replace(record, by=called.person(by))
        case Recommendation(id=id_, submission=work):
            return replace(
                record,
                id=called.record("recommendation", id_),
                submission=called.record("submission", work),
            )
        case _:
            return record


def _card_renamed(card: Scorecard, called: _Called) -> Scorecard:
    def renamed(one: Finding) -> Finding:
        return replace(
            one, id=called.record(one.kind, one.id), person=one.person and called.person(one.person)
        )

    criteria = [replace(result, findings=tuple(map(renamed, result.findings))) for result in card.criteria]
    return replace(card, criteria=tuple(criteria))
