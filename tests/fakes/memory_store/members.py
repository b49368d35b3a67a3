"""People, memberships and who is touched, in the memory store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lms_scoring.domain.evidence import Membership, MembershipStatus, Role
from lms_scoring.domain.findable import made_writable
from lms_scoring.domain.identity import KnownPerson, own_account
from lms_scoring.domain.scorecard import CardState
from lms_scoring.ports import Activity, Kept, Problem, ProblemKind, Stored
from tests.fakes.memory_store.area import Area
from tests.fakes.memory_store.roll import known_person, members_of, members_then, owner_of
from tests.fakes.memory_store.touching import touch, touch_joined, touch_texts_by

LAST = 9999


class Members(Area):
    """Who there is."""

    def keep_people(self, people: Iterable[KnownPerson]) -> Stored:
        refused = 0
        problems = []
        late: set[str] = set()
        lost: dict[str, str] = {}
        met_before = set(self.state.met)
        for person in people:
            findable = is_findable(person.id, 500) and all(map(is_findable, person.accounts))
            if not (is_writable(person.name) and findable):
                refused += 1
                problems.append(malformed("a person", person.id, person))
                continue
            self.state.names[person.id] = person.name or self.state.names.get(person.id, "")
            ranked = [*enumerate(person.accounts), (LAST, own_account(person.id))]
            for rank, text in reversed(ranked):
                joined = self.state.joined.get(text)
                owner = self.state.owners.get(text) if joined is None else joined.roster
                if owner is not None and owner[0] != person.id:
                    if owner[1] == 0 or not person.outranks(text, owner[0]):
                        problems.append(_claimed("account_claimed_twice", person.id))
                        continue
                    if joined is None:
                        problems.append(_claimed("account_given_back", person.id))
                        lost[text] = owner[0]
                if joined is not None:
                    joined.roster = (person.id, rank)
                    if joined.person != person.id:
                        problems.append(_claimed("account_joined_otherwise", person.id))
                        continue
                elif owner is None and text in met_before:
                    late.add(text)
                self.state.owners[text] = (person.id, rank)
                self.state.met.add(text)
        touch_joined(self.state, late)
        self._touch_lost(lost)
        return Stored(kept=Kept(refused=refused), problems=tuple(problems))

    def _touch_lost(self, lost: Mapping[str, str]) -> None:
        touch_joined(self.state, lost)
        for text, former in lost.items():
            theirs = [mine for mine, (owner, _) in self.state.owners.items() if owner == former]
            for course in {run.course for run in self.state.runs.values()}:
                touch(self.state, course, theirs)
            touch_texts_by(self.state, text, theirs)

    def keep_activities(self, course: str, source: str, activities: Iterable[Activity]) -> None:
        for activity in activities:
            if is_findable(activity.id):
                kept = replace(activity, name=made_writable(activity.name))
                self.state.activities[course, source, activity.id] = kept

    def activities(self, course: str) -> Sequence[tuple[str, Activity]]:
        found = [(key, activity) for key, activity in self.state.activities.items() if key[0] == course]
        return [(key[1], activity) for key, activity in sorted(found, key=lambda pair: pair[0])]

    def titles(self, activities: Collection[str]) -> Mapping[str, str]:
        return {id_: self.state.titles[id_] for id_ in activities if id_ in self.state.titles}

    def people(self, course: str, *, persons: Collection[str] | None = None) -> Sequence[KnownPerson]:
        known = {owner for owner, _ in members_of(self.state, course) if owner in self.state.names}
        named = known if persons is None else known & set(persons)
        return [known_person(self.state, person) for person in sorted(named)]

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
            for person, membership in (
                members_of(self.state, course) if today else members_then(self.state, course)
            )
            if person in self.state.names and (persons is None or person in persons)
        ]
        return sorted(found, key=lambda m: (m.person, m.source or "", m.id))

    def touched(self, course: str, *, persons: Collection[str] | None = None) -> Sequence[str]:
        members = {person for person, _ in members_of(self.state, course) if person in self.state.names}
        owners = {owner_of(self.state, text) for where, text in self.state.touched if where == course}
        return [one for one in sorted(members & owners) if persons is None or one in persons]

    def uncounted(self, course: str, *, since: int, persons: Collection[str] | None = None) -> Sequence[str]:
        touched = {owner_of(self.state, text) for where, text in self.state.touched if where == course}
        latest = {key[1:]: versions[-1] for key, versions in self.state.cards.items() if key[0] == course}
        classes = {place for person, role, place in latest if role == Role.LEARNER and person in touched}
        counted = {person for (person, _, _), one in latest.items() if one.held_at >= since}
        failed = {
            person
            for (person, role, place), one in latest.items()
            if one.card.state is CardState.FAIL
            and (person in touched or (role == Role.TUTOR and place in classes))
        }
        return sorted(one for one in failed - counted if persons is None or one in persons)

    def is_anybody_touched(self, course: str) -> bool:
        return any(where == course for where, _ in self.state.touched)

    def is_touched(self, course: str) -> bool:
        return any(where == course and taken != "unmade" for (where, _), taken in self.state.touched.items())

    def forget_strangers(self, course: str) -> None:
        theirs = {membership.person for membership in self.memberships(course)}
        self.state.touched = {
            (where, text): taken
            for (where, text), taken in self.state.touched.items()
            if where != course or owner_of(self.state, text) in theirs
        }

    def touch_persons(self, course: str, persons: Sequence[str]) -> None:
        touch(self.state, course, self._accounts_of(course, persons))

    def mark_voided(self, course: str) -> None:
        """They are from the beginning."""

    def take_up(self, course: str, persons: Sequence[str], *, assessment: str) -> None:
        theirs = self._accounts_of(course, persons)
        self.state.touched |= {(course, text): assessment for text in theirs}

    def taken_up(self, course: str, persons: Sequence[str], *, assessment: str) -> Sequence[str]:
        by: dict[str, set[str | None]] = {}
        for (where, text), taken in self.state.touched.items():
            if where == course:
                by.setdefault(owner_of(self.state, text), set()).add(taken)
        return sorted(person for person in {*persons} if by.get(person) == {assessment})

    def is_taken_up(self, course: str) -> bool:
        members = {person for person, _ in members_of(self.state, course) if person in self.state.names}
        return any(
            where == course and taken not in (None, "unmade") and owner_of(self.state, text) in members
            for (where, text), taken in self.state.touched.items()
        )

    def leave_unmade(self, course: str, persons: Sequence[str]) -> None:
        self.take_up(course, persons, assessment="unmade")

    def unmade(self, course: str) -> Sequence[str]:
        marked = {owner_of(self.state, text) for where, text in self.state.touched if where == course}
        known = [one for one in marked if one in self.state.names]
        return self.taken_up(course, known, assessment="unmade")

    def is_unmade(self, course: str) -> bool:
        return any(where == course and taken == "unmade" for (where, _), taken in self.state.touched.items())

    def untouch(self, course: str, persons: Sequence[str]) -> None:
        self.state.touched = {
            (where, text): taken
            for (where, text), taken in self.state.touched.items()
            if where != course or owner_of(self.state, text) not in persons
        }

    def _accounts_of(self, course: str, persons: Collection[str]) -> list[str]:
        """All that these have, and who is marked by their own name; of who is not known, none."""
        marked = (text for where, text in self.state.touched if where == course)
        return [text for text in {*self.state.owners, *marked} if owner_of(self.state, text) in persons]


def _claimed(code: str, person: str) -> Problem:
    return Problem(
        kind=ProblemKind.NOTICE, code=code, text="an account belongs to somebody else", subject=person
    )


def is_writable(text: str) -> bool:
    """Whether a database could keep the text and find it again."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def is_findable(text: str, longest: int = 2_000) -> bool:
    """Whether the text can also stand in a key."""
    return is_writable(text) and len(text.encode()) <= longest


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
