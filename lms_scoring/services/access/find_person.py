"""Who is meant: people are named exactly, by id, username, number or e-mail address.

A name means nobody by itself: those who could be meant by it are shown, and a person chooses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lms_scoring.domain.identity import KnownPerson
from lms_scoring.ports import Store

AT_MOST = 20
"""So many people are shown whom a part of a name could mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """The one person who is named exactly; or else those who could be meant: several who have exactly
    that, or whose name or id has it in it."""

    chosen: KnownPerson | None = None
    people: Sequence[KnownPerson] = ()


def sought(store: Store, given: str, *, course: str | None = None) -> Sought:
    """Who is meant in a course, or in any (None)."""
    with store.reading() as transaction:
        courses = [one.id for one in transaction.courses()] if course is None else [course]
        people = {person.id: person for one in courses for person in transaction.people(one)}
    found = [people[id_] for id_ in meant(people.values(), given)]
    if len(found) == 1:
        return Sought(chosen=found[0])
    return Sought(people=found or could_be(people.values(), given))


def meant(people: Iterable[KnownPerson], given: str) -> list[str]:
    """The ids of everybody who has exactly that id, username, number or address, in order."""
    return sorted({p.id for p in people if given == p.id or any(_names(a, given) for a in p.accounts)})


def could_be(people: Iterable[KnownPerson], given: str) -> list[KnownPerson]:
    """Those whose name or id has the text in it, by name; no more than AT_MOST."""
    wanted = given.strip().casefold()
    if not wanted:
        return []
    found = {p.id: p for p in people if wanted in p.name.casefold() or wanted in p.id.casefold()}
    return sorted(found.values(), key=lambda person: (person.name, person.id))[:AT_MOST]


def _names(account: str, given: str) -> bool:
    kind, _, value = account.partition(":")
    return given.lower() == value.lower() if kind == "mbox" else value.rpartition("|")[2] == given
