"""People, memberships and who is touched, in the memory store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lms_scoring.domain.evidence import Membership, MembershipStatus, Role, Submission
from lms_scoring.domain.identity import OWN, KnownPerson, own_account
from lms_scoring.ports import Activity, Kept, Problem, ProblemKind, Stored
from tests.fakes.memory_store.closings import Closings

LAST = 9999


class Members(Closings):
    """Who there is."""

    def touch_members(self, course: str) -> None:
        self.touch(course, [person for person, _ in self.members(course)])
        self.touch(course, [own_account(person) for person, _ in self.members(course)])

    def keep_people(self, people: Iterable[KnownPerson]) -> Stored:
        refused = 0
        problems = []
        late: set[str] = set()
        met_before = set(self.state.met)
        for person in people:
            keys = (person.id, *person.accounts)
            if not (is_writable(person.name) and all(map(is_findable, keys))):
                refused += 1
                problems.append(malformed("a person", person.id, person))
                continue
            self.state.names[person.id] = person.name or self.state.names.get(person.id, "")
            ranked = [*enumerate(person.accounts), (LAST, own_account(person.id))]
            for rank, text in reversed(ranked):
                joined = self.state.joined.get(text)
                owner = self.state.owners.get(text) if joined is None else joined.roster
                if owner is not None and owner[0] != person.id:
                    problems.append(_claimed("account_claimed_twice", person.id))
                    continue
                if joined is not None:
                    joined.roster = (person.id, rank)
                    if joined.person != person.id:
                        problems.append(_claimed("account_joined_otherwise", person.id))
                        continue
                elif owner is None and text in met_before:
                    late.add(text)
                self.state.owners[text] = (person.id, rank)
                self.state.met.add(text)
        self.touch_joined(late)
        return Stored(kept=Kept(refused=refused), problems=tuple(problems))

    def keep_activities(self, course: str, source: str, activities: Iterable[Activity]) -> None:
        for activity in activities:
            self.state.activities[course, source, activity.id] = activity

    def activities(self, course: str) -> Sequence[tuple[str, Activity]]:
        found = [(key, activity) for key, activity in self.state.activities.items() if key[0] == course]
        return [(key[1], activity) for key, activity in sorted(found, key=lambda pair: pair[0])]

    def titles(self, activities: Collection[str]) -> Mapping[str, str]:
        return {id_: self.state.titles[id_] for id_ in activities if id_ in self.state.titles}

    def people(self, course: str, *, persons: Collection[str] | None = None) -> Sequence[KnownPerson]:
        known = {owner for owner, _ in self.members(course) if owner in self.state.names}
        named = known if persons is None else known & set(persons)
        return [self.known_person(person) for person in sorted(named)]

    def classes_of_groups(self, course: str, source: str, groups: Collection[str]) -> Collection[str]:
        return {
            one.class_
            for one in self.memberships(course)
            if one.class_ and one.source == source and one.status is MembershipStatus.ACTIVE
            if one.id.rpartition("-")[2] in groups
        }

    def names(self, persons: Collection[str]) -> Mapping[str, str]:
        return {person: self.state.names[person] for person in persons if person in self.state.names}

    def memberships(
        self, course: str, *, persons: Collection[str] | None = None, today: bool = False
    ) -> Sequence[Membership]:
        found = [
            membership
            for person, membership in (self.members(course) if today else self.members_then(course))
            if person in self.state.names and (persons is None or person in persons)
        ]
        return sorted(found, key=lambda m: (m.person, m.source or "", m.id))

    def touched(self, course: str) -> Sequence[str]:
        members = {person for person, _ in self.members(course) if person in self.state.names}
        return sorted(
            members & {self.owner_of(text) for where, text in self.state.touched if where == course}
        )

    def touch_persons(self, course: str, persons: Sequence[str]) -> None:
        self.touch(course, [own_account(person) for person in persons])

    def take_up(self, course: str, persons: Sequence[str], *, assessment: str) -> None:
        known = {*self.state.owners, *(text for where, text in self.state.touched if where == course)}
        theirs = [text for text in known if self.owner_of(text) in persons]
        self.state.touched.update({(course, text): assessment for text in theirs})

    def taken_up(self, course: str, *, assessment: str) -> Sequence[str]:
        by: dict[str, set[str | None]] = {}
        for (where, text), taken in self.state.touched.items():
            if where == course:
                by.setdefault(self.owner_of(text), set()).add(taken)
        return sorted(person for person, names in by.items() if names == {assessment})

    def untouch(self, course: str, persons: Sequence[str]) -> None:
        self.state.touched = {
            (where, text): taken
            for (where, text), taken in self.state.touched.items()
            if where != course or self.owner_of(text) not in persons
        }

    def known_person(self, person: str) -> KnownPerson:
        ranked = sorted((rank, text) for text, (owner, rank) in self.state.owners.items() if owner == person)
        accounts = tuple(text for _, text in ranked if not text.startswith(OWN))
        return KnownPerson(id=person, name=self.state.names[person], accounts=accounts)

    def owner_of(self, text: str) -> str:
        """The person who has the account; the account itself while nobody has it."""
        return self.state.owners.get(text, (text, 0))[0]

    def members(self, course: str) -> Iterator[tuple[str, Membership]]:
        """Latest memberships with their person, or account where nobody has it."""
        for (where, source, kind, _), versions in self.state.records.items():
            latest = versions[-1]
            if where == course and kind == "membership" and isinstance(latest.record, Membership):
                gone = latest.gone_run is not None
                person = self.owner_of(latest.owner)
                yield (
                    person,
                    replace(
                        latest.record,
                        person=person,
                        source=source,
                        gone_at=latest.gone_at,
                        status=MembershipStatus.WITHDRAWN if gone else latest.record.status,
                    ),
                )

    def members_then(self, course: str) -> Iterator[tuple[str, Membership]]:
        """Those that were frozen; of an open course the latest."""
        closing = self.closing(course)
        if closing is None:
            yield from self.members(course)
            return
        for one in self.state.frozen[closing.number].values():
            yield from ((one.person, membership) for membership in one.memberships)

    def touch(self, course: str, owners: Iterable[str]) -> None:
        self.state.touched |= {(course, text): None for text in owners}

    def touch_tutors(self, course: str, owners: Collection[str] | None) -> None:
        """Tutors of the owners' classes; of all classes for None."""
        learners = None if owners is None else {self.owner_of(text) for text in owners}
        members = list(self.members(course))
        classes = {
            membership.class_
            for person, membership in members
            if learners is None or (person in learners and membership.role is Role.LEARNER)
        }
        tutors = [m for _, m in members if m.role is Role.TUTOR and m.class_ in classes]
        self.touch(course, [own_account(tutor.person) for tutor in tutors])

    def touch_joined(self, texts: Collection[str]) -> None:
        for course in {run.course for run in self.state.runs.values()} if texts else ():
            marked = set(self._marked_by(course, texts))
            self.touch(course, marked.union(texts))
            self.touch_tutors(course, marked)
            if any(
                key[0] == course and versions[-1].owner in texts
                for key, versions in self.state.records.items()
            ):
                self.touch_tutors(course, None)

    def _marked_by(self, course: str, texts: Collection[str]) -> Iterator[str]:
        for key, versions in self.state.records.items():
            record = versions[-1].record
            if key[0] == course and isinstance(record, Submission) and record.graded_by in texts:
                yield versions[-1].owner
        for source in self.sources_of(course):
            for told in self.state.statements.get(source, {}).values():
                if told.by in texts:
                    yield told.account


def _claimed(code: str, person: str) -> Problem:
    return Problem(
        kind=ProblemKind.NOTICE, code=code, text="an account belongs to somebody else", subject=person
    )


def is_writable(text: str) -> bool:
    """Whether a database could keep the text and find it again."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def is_findable(text: str) -> bool:
    """Whether the text can also stand in a key."""
    return is_writable(text) and len(text.encode()) <= 2_000


def malformed(text: str, subject: str, record: Any) -> Problem:
    """What is refused, and why."""
    return Problem(
        kind=ProblemKind.REFUSED,
        code="malformed",
        text=text,
        subject=subject,
        raw=repr(record).encode(errors="replace"),
        record=record.id,
    )
