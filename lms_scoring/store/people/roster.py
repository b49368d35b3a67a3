"""People, their accounts and the activities of a course, as platforms name them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from lms_scoring.domain.findable import LONGEST_NAME, findable, made_writable, writable
from lms_scoring.domain.identity import KnownPerson, own_account
from lms_scoring.ports import Activity, Kept, Problem, ProblemKind, Stored
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import listed, rows
from lms_scoring.store.people.ownership import (
    Owner,
    joined_by_hand,
    note_rosters,
    owners_of,
    touch_former,
    touch_joined,
    write_owners,
)
from lms_scoring.store.tenant_connection import TenantConnection
from lms_scoring.store.texts.keeping import touch_texts_by

_LAST = 9_999
"""The rank of the account that is only for what is entered here."""
_TOLD = ("id", "name", "kind", "visible", "marking", "opens_at", "due_at")
"""What is kept of an activity."""

_ACTIVITIES = (
    select(tables.activity)
    .where(tables.activity.c.tenant == bindparam("tenant_"), tables.activity.c.course == bindparam("course_"))
    .order_by(tables.activity.c.source, tables.activity.c.id)
)


class Roster(TenantConnection):
    """The part of a transaction that takes in rosters."""

    def keep_people(self, people: Iterable[KnownPerson]) -> Stored:
        """Adds people and accounts, renames; never removes, and never takes a name away. An account two
        people claim stays with the first and is reported, unless it `outranks` that; who cannot be written
        down is refused."""
        known: list[KnownPerson] = []
        refused: list[Problem] = []
        for person in people:
            if writable(person.name) and _is_findable(person):
                known.append(person)
            else:
                refused.append(_refused(person))
        self._keep_names(known)
        return Stored(kept=Kept(refused=len(refused)), problems=(*refused, *self._join(known)))

    def keep_activities(self, course: str, source: str, activities: Iterable[Activity]) -> None:
        """Adds to the catalogue, or changes what is told of an activity; a name is kept as far as it can be.
        One that could not be found again is none that a record can name."""
        whose = {"course": course, "source": source}
        told = (
            {name: getattr(one, name) for name in _TOLD} | {"name": made_writable(one.name)}
            for one in activities
            if findable(one.id)
        )
        self.put_named(tables.activity, [{**whose, **each} for each in told])
        self.remembered.activities.pop(course, None)

    def activities(self, course: str) -> Sequence[tuple[str, Activity]]:
        """(source, activity) pairs, by source and id; read once per transaction."""
        known = self.remembered.activities
        if course not in known:
            found = rows(self.connection, _ACTIVITIES, tenant_=self.tenant, course_=course)
            known[course] = [(row.source, _activity(row)) for row in found]
        return known[course]

    def _keep_names(self, people: Sequence[KnownPerson]) -> None:
        table = tables.person
        query = select(table.c.id, table.c.name).where(
            table.c.tenant == self.tenant, table.c.id.in_(listed({person.id for person in people}))
        )
        names: dict[str, str] = {row.id: row.name for row in self.connection.execute(query)}
        known_before = set(names)
        changed: dict[str, str] = {}
        for person in people:
            if person.id not in names or (person.name and person.name != names[person.id]):
                names[person.id] = changed[person.id] = person.name
        self.put(table, changed.items())
        self.stale.names(known_before.intersection(changed))

    def _join(self, people: Sequence[KnownPerson]) -> list[Problem]:
        """Gives every account to the first person who names it, or to whom the platform itself gave it."""
        texts = {text for person in people for text in _ranked(person)}
        met_before = texts.intersection(self.accounts.known(texts))
        numbers = self.accounts.of(texts)
        by_hand = joined_by_hand(self, [numbers[text] for text in met_before])
        owners = owners_of(self, [numbers[text] for text in texts]) | by_hand.by_roster
        waiting = {numbers[text] for text in met_before if owners[numbers[text]].person is None}
        changed: dict[int, Owner] = {}
        lost: dict[int, str] = {}
        problems: list[Problem] = []
        for person in people:
            for text, rank in _ranked(person).items():
                number, wanted = numbers[text], Owner(person.id, rank)
                holder = owners[number]
                if holder.person not in (None, person.id):
                    if not _yields(holder, text, person):
                        problems.append(_claimed_twice(text, person.id, str(holder.person)))
                        continue
                    if number not in by_hand.persons:
                        problems.append(_given_back(text, person.id, str(holder.person)))
                        lost[number] = str(holder.person)
                if by_hand.persons.get(number, person.id) != person.id:
                    problems.append(_joined_otherwise(text, person.id, by_hand.persons[number]))
                if owners[number] != wanted:
                    owners[number] = changed[number] = wanted
        note_rosters(self, {number: one for number, one in changed.items() if number in by_hand.persons})
        write_owners(
            self,
            {
                number: one
                for number, one in changed.items()
                if by_hand.persons.get(number, one.person) == one.person
            },
        )
        touch_joined(self, waiting.intersection(changed).difference(by_hand.persons))
        self._touch_lost(lost)
        return problems

    def _touch_lost(self, lost: Mapping[int, str]) -> None:
        """Both are scored and looked at again: who has these accounts now, and who had them."""
        touch_joined(self, lost.keys())
        touch_former(self, set(lost.values()))
        for number in lost:
            touch_texts_by(self, number, former=lost[number])


def _activity(row: Any) -> Activity:
    return Activity(
        id=row.id,
        name=row.name,
        kind=row.kind,
        visible=bool(row.visible),
        marking=row.marking,
        opens_at=row.opens_at,
        due_at=row.due_at,
    )


def _is_findable(person: KnownPerson) -> bool:
    return findable(person.id, LONGEST_NAME) and all(map(findable, person.accounts))


def _yields(holder: Owner, text: str, claimant: KnownPerson) -> bool:
    """Whether who has it is merely called so: what is somebody's first account is no name, and stays."""
    return holder.person is not None and holder.rank != 0 and claimant.outranks(text, holder.person)


def _ranked(person: KnownPerson) -> dict[str, int]:
    ranks = {text: rank for rank, text in reversed(list(enumerate(person.accounts)))}
    ranks[own_account(person.id)] = _LAST
    return ranks


def _refused(person: KnownPerson) -> Problem:
    return Problem(
        kind=ProblemKind.REFUSED,
        code="malformed",
        text="a person whose id, name or account holds a NUL, is no Unicode or is too long; correct it there",
        subject=person.id,
        raw=repr(person).encode(errors="replace"),
        record=person.id,
    )


def _claimed_twice(text: str, claimant: str, owner: str) -> Problem:
    kind = text.partition(":")[0]
    return Problem(
        kind=ProblemKind.NOTICE,
        code="account_claimed_twice",
        text=(
            f"an account of kind {kind} that {claimant} is said to have belongs to {owner} already and stays "
            "there; correct one of the two in its platform or roster"
        ),
        subject=claimant,
    )


def _given_back(text: str, owner: str, former: str) -> Problem:
    kind = text.partition(":")[0]
    return Problem(
        kind=ProblemKind.NOTICE,
        code="account_given_back",
        text=(
            f"an account of kind {kind} that {former} had by a name is the platform's own number of {owner}, "
            "whose it is from now on with all that came with it; both are scored again"
        ),
        subject=owner,
    )


def _joined_otherwise(text: str, claimant: str, owner: str) -> Problem:
    kind = text.partition(":")[0]
    return Problem(
        kind=ProblemKind.NOTICE,
        code="account_joined_otherwise",
        text=(
            f"an account of kind {kind} that {claimant} is said to have was joined to {owner} by hand and "
            "stays there; undo that, or correct the platform or roster"
        ),
        subject=claimant,
    )
