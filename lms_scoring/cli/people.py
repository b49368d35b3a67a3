"""Whom a command means: people are named by id, username, number or e-mail address."""

from __future__ import annotations

from lms_scoring.bootstrap import Installation
from lms_scoring.domain.errors import UnknownPerson


def person_meant(installation: Installation, course: str, given: str) -> str:
    """The id of the one person of the course who is meant. Raises UnknownPerson for none or several."""
    with installation.store.reading() as transaction:
        people = transaction.people(course)
    found = {p.id for p in people if given == p.id or any(_names(a, given) for a in p.accounts)}
    if len(found) > 1:
        raise UnknownPerson(f"several people have that username or number: {', '.join(sorted(found))}")
    if not found:
        raise UnknownPerson(
            f"nobody in {course} has that id, username, number or address; "
            f"`lms-scoring board {course}` shows the ids"
        )
    return found.pop()


def _names(account: str, given: str) -> bool:
    kind, _, value = account.partition(":")
    return given.lower() == value.lower() if kind == "mbox" else value.rpartition("|")[2] == given
