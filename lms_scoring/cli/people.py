"""Whom a command means: people are named by id, username, number or e-mail address."""

from __future__ import annotations

from collections.abc import Iterable

from lms_scoring.bootstrap import Installation
from lms_scoring.domain.errors import UnknownPerson
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.services.access.find_person import meant


def person_meant(installation: Installation, course: str, given: str) -> str:
    """The id of the one person of the course who is meant. Raises UnknownPerson for none or several."""
    with installation.store.reading() as transaction:
        people = transaction.people(course)
    where = f"nobody in {course} has", f"`lms-scoring board {course}` shows the ids"
    return _the_one(people, given, where)


def person_known(installation: Installation, given: str) -> str:
    """The same of all courses together. Raises UnknownPerson for none or several."""
    with installation.store.reading() as transaction:
        people = [person for course in transaction.courses() for person in transaction.people(course.id)]
    where = "nobody here has", "`lms-scoring board COURSE` shows the ids of a course"
    return _the_one(people, given, where)


def anybody_known(installation: Installation, given: str) -> str:
    """As `person_known`, and by their id also people who are in no course. Raises UnknownPerson."""
    with installation.store.reading() as transaction:
        if transaction.names([given]):
            return given
    return person_known(installation, given)


def _the_one(people: Iterable[KnownPerson], given: str, nobody: tuple[str, str]) -> str:
    found = meant(people, given)
    if len(found) > 1:
        raise UnknownPerson(f"several people have that username or number: {', '.join(found)}")
    if not found:
        who, what_to_do = nobody
        raise UnknownPerson(f"{who} that id, username, number or address; {what_to_do}")
    return found[0]
