"""Erasing one person: what would go is shown, then all of it goes in one transaction, by a signed act.

Others' cards stay as they are. Where others' records name the person, they name nobody (`erased:N`) from
then on, and a source that goes on telling of the person is not listened to.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lms_scoring.domain.errors import CannotBeDecided, UnknownPerson
from lms_scoring.domain.identity import KnownPerson, pseudonym
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.ports import Act, ActKind, Clock, Grant, StandIn, Store, Transaction
from lms_scoring.services.access.stand_ins import WorkNames, stand_in_of
from lms_scoring.services.signing import Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasable:
    """What is kept of a person, in numbers of rows by table."""

    person: str
    name: str
    goes: Mapping[str, int]
    renamed: Mapping[str, int]
    """What others' records and acts say of the person, and go on saying of nobody."""
    courses: Sequence[str]
    closed: Sequence[str]
    """Those of the courses that are closed: what their cards were made of goes too."""
    roles: Sequence[Grant]
    unclear: Sequence[int] = ()
    """Records in quarantine that cannot be read and may be the person's: a person says whose they are."""

    @property
    def mark(self) -> str:
        """The same for what looks the same, so that nobody confirms what was never shown."""
        counts = (sorted(self.goes.items()), sorted(self.renamed.items()))
        shown = (self.person, *counts, self.courses, self.unclear)
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:32]


def erasable(store: Store, person: str, *, taken: Collection[int] = ()) -> Erasable:
    """What an erasure would remove, with those of the unclear records that are taken along; nothing is
    changed. Raises UnknownPerson."""
    with store.reading() as transaction:
        return _erasable(transaction, person, taken)


def erase(
    person: str,
    signed: Signature,
    store: Store,
    *,
    clock: Clock,
    seen: str | None = None,
    taken: Collection[int] = (),
) -> Act | None:
    """Erases all that is kept of the person, where that is what was shown (`seen` None: whatever it is), and
    those of the unclear records that are taken along.

    None where it is not. Raises UnknownPerson; CannotBeDecided where somebody erases themself, or the reason
    names the person; SealBroken.
    """
    with store.writing() as transaction:
        found = _erasable(transaction, person, taken)
        _check_words(transaction, found, signed)
        if seen is not None and found.mark != seen:
            return None
        act = transaction.keep_act(
            Act(at=clock.now(), kind=ActKind.ERASED, by=signed.by, reason=signed.reason)
        )
        works = WorkNames(pseudonym(act.number))
        stand_ins = {course: _left(transaction, course, person, works) for course in found.courses}
        transaction.erase(person, act=act.number, names=works.names, stand_ins=stand_ins, taken=taken)
        return act


def erasures(store: Store) -> Sequence[Act]:
    """Who was erased when and why, as far as that is known still, and who was let in again."""
    with store.reading() as transaction:
        return transaction.acts(kinds=[ActKind.ERASED, ActKind.READMITTED])


def readmit(account: str | None, signed: Signature, store: Store, *, clock: Clock) -> int:
    """Lets whoever was erased and had that account come back (None: all whose digests nobody can read any
    more); how many people these are."""
    with store.writing() as transaction:
        count = transaction.readmit_unreadable() if account is None else transaction.readmit([account])
        if count > 0:
            transaction.keep_act(
                Act(
                    at=clock.now(),
                    kind=ActKind.READMITTED,
                    by=signed.by,
                    reason=signed.reason,
                    subject=str(count),
                )
            )
        return count


def _erasable(transaction: Transaction, person: str, taken: Collection[int]) -> Erasable:
    name = transaction.names([person]).get(person)
    if name is None:
        raise UnknownPerson(f"no person {person!r} is known here, so there is nothing to erase")
    goes, renamed = Counter[str](), Counter[str]()
    for one in transaction.held(person, taken=taken):
        (goes if one.goes else renamed)[one.what] += 1
    courses = transaction.courses_of_person(person)
    return Erasable(
        person=person,
        name=name,
        goes=goes,
        renamed=renamed,
        courses=courses,
        closed=[course for course in courses if transaction.closing(course) is not None],
        roles=transaction.grants(person),
        unclear=transaction.unclear(person),
    )


def _check_words(transaction: Transaction, found: Erasable, signed: Signature) -> None:
    if signed.by == found.person:
        raise CannotBeDecided(
            Obstacle.OWN_PERSON, "nobody erases the own person here; somebody else with the right can"
        )
    named = [found.person, found.name, *(_value(text) for text in _accounts(transaction, found))]
    if any(len(one) > 1 and not one.isdecimal() and one in signed.reason for one in named):
        raise CannotBeDecided(
            Obstacle.NAMES_PERSON, "the reason names the person, and it stays; say it without the name"
        )


def _accounts(transaction: Transaction, found: Erasable) -> Sequence[str]:
    known: list[KnownPerson] = []
    for course in found.courses:
        known += transaction.people(course, persons=[found.person])
    return [text for one in known for text in one.accounts]


def _value(account: str) -> str:
    return account.partition(":")[2].rpartition("|")[2]


def _left(transaction: Transaction, course: str, person: str, works: WorkNames) -> list[StandIn]:
    """What is left of their works in a course: as they came, and where it is closed as they counted."""
    latest = next((run.id for run in transaction.runs(None, limit=1)), 0)
    readings = [(transaction.evidence_of(course, [person], at_run=latest), True)]
    if transaction.closing(course) is not None:
        readings.append((transaction.evidence_of(course, [person]), False))
    found = []
    for reading, today in readings:
        places = transaction.memberships(course, persons=[person], today=today)
        found += [stand_in_of(transaction, course, evidence, places, works) for evidence in reading]
    return [one for one in found if one is not None]
