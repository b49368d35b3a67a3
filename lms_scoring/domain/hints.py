"""Hints: what speaks for an account being somebody's. None is proof, and only a person joins by them.

Everything here is equality: a hint says which text is the same, and no text is merely like another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from lms_scoring.domain.identity import KnownPerson, sha1_of


class HintKind(StrEnum):
    """What is the same, the strongest first."""

    ADDRESS = "address"
    """An e-mail address, as such or as a user name."""
    USER_NAME = "user_name"
    """A user name, on another platform or at another address of the same one."""
    LOCAL_PART = "local_part"
    """A user name, and what stands before the @ of an e-mail address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A person, and what of theirs is the same as of the account."""

    person: KnownPerson
    kind: HintKind


class Hints:
    """Finds people by what their accounts have in common with another."""

    def __init__(self, people: Iterable[KnownPerson]) -> None:
        self._found: defaultdict[tuple[HintKind, str], dict[str, KnownPerson]] = defaultdict(dict)
        for person in people:
            for account in person.accounts:
                for mark in _marks(account):
                    self._found[mark][person.id] = person

    def of(self, account: str) -> list[Hint]:
        """Each person once, with the strongest hint, by strength, name and id."""
        strongest: dict[str, Hint] = {}
        for kind, text in sorted(_marks(account), key=lambda mark: _ORDER[mark[0]]):
            for id_, person in self._found.get((kind, text), {}).items():
                strongest.setdefault(id_, Hint(person=person, kind=kind))
        return sorted(strongest.values(), key=_place)


_ORDER = {kind: place for place, kind in enumerate(HintKind)}


def _place(hint: Hint) -> tuple[int, str, str]:
    return (_ORDER[hint.kind], hint.person.name, hint.person.id)


def _marks(account: str) -> Iterator[tuple[HintKind, str]]:
    """What two accounts may have in common. Some addresses are known by their SHA-1 alone."""
    kind, _, value = account.partition(":")
    name = value.rpartition("|")[2].casefold()
    if kind == "mbox_sha1sum":
        yield HintKind.ADDRESS, value
    elif "@" in name and kind in ("mbox", "account"):
        yield HintKind.ADDRESS, sha1_of(name).partition(":")[2]
        yield HintKind.LOCAL_PART, name.partition("@")[0]
    elif kind == "account":
        yield HintKind.USER_NAME, name
        yield HintKind.LOCAL_PART, name
