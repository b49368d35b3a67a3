"""Whom a record that was set aside names: whose it is and who else stands in it, as far as it can be read.

Only what stands where a platform names people is believed, and by exact identity. A text that nobody can read
is nobody's for certain: a person must look at it (`Part.UNCLEAR`).
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from lms_scoring.domain.evidence import KINDS, Recommendation
from lms_scoring.domain.identity import (
    KnownPerson,
    account,
    mbox,
    mbox_sha1sum,
    openid,
    own_account,
    sha1_of,
)
from lms_scoring.domain.statements import LmsStatement, WatchEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a record was read: the name of its source, and the home page of the platform whose user ids its
    rows have (None: not known)."""

    source: str
    home: str | None = None

    def user(self, number: str) -> set[str]:
        """The accounts of the user of that number, or of that id in a roster."""
        own = {own_account(f"{self.source}-{number}"), account(f"urn:roster:{self.source}", number)}
        return own if self.home is None else {*own, account(self.home, number)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The accounts of whom a record is, and of all others in it."""

    whose: frozenset[str]
    others: frozenset[str]


def named_in(text: bytes, origin: Origin) -> Named | None:
    """Whom the text names; None where it cannot be read, or does not tell whose it is."""
    ours = _OURS.fullmatch(text.decode(errors="replace"))
    if ours is not None:
        return _of_our_own(ours[1], ours[2])
    told = _object(text)
    if told is None:
        return None
    whose = {*_owners(told, origin)}
    others = {*_people(told, origin)} - whose
    return Named(whose=frozenset(whose), others=frozenset(others)) if whose else None


class Part(Enum):
    """What somebody is to a record that was set aside."""

    OWNER = "owner"
    NAMED = "named"
    """It is somebody else's, and names them."""
    UNCLEAR = "unclear"
    """It cannot be read, and has a word by which they are known: whose it is a person must say."""
    NONE = "none"


def part_in(
    text: bytes, origin: Origin, *, accounts: frozenset[str], name: str, has_its_id: bool = False
) -> Part:
    """What the person of these accounts and that name is to the record; `has_its_id`: one of theirs is called
    by the id that it would have."""
    named = named_in(text, origin)
    if named is None:
        if has_its_id:
            return Part.OWNER
        return Part.UNCLEAR if _may_name(text, accounts, name) else Part.NONE
    if named.whose & accounts:
        return Part.OWNER
    return Part.NAMED if named.others & accounts else Part.NONE


def without(text: bytes, gone: frozenset[str], origin: Origin) -> bytes:
    """The same record, in which nobody has the accounts that are gone. Its text must be readable."""
    ours = _OURS.fullmatch(text.decode(errors="replace"))
    if ours is not None:
        said = _LITERAL.sub(lambda found: _unnamed(found, gone), text.decode(errors="replace"))
        return said.encode()
    left = _left(json.loads(text), lambda told: not gone.isdisjoint(told), origin)
    return json.dumps(left, ensure_ascii=False).encode(errors="replace")


_LITERAL = re.compile(r"""(?:(\w+)=\(?)?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""", re.DOTALL)
"""A text in what Python prints of a value, and the field that it is of; what follows in a tuple has none."""
_OWNERS = {
    **{kind.__name__: {"person"} for kind in KINDS.values()},
    Recommendation.__name__: {"by"},
    KnownPerson.__name__: {"accounts"},
    WatchEvent.__name__: {"account"},
    LmsStatement.__name__: {"account"},
}
"""The fields of our own records that name whose they are."""
_OURS = re.compile(rf"({'|'.join(_OWNERS)})\((.*)\)", re.DOTALL)
_STATEMENT = frozenset({"actor", "verb", "object"})
_NUMBERS = frozenset({"userid", "authorid", "grader", "usermodified", "userto", "userfrom"})
"""Where rows of a Moodle have the user ids of people; of a user's own row `id` is."""
_OF_A_USER = frozenset({"username", "fullname", "firstname", "lastname", "email"})
_OF_ROSTERS = {"person": "id", "membership": "person"}
"""Lines of a roster by their kind, and where they name the person."""


def _may_name(text: bytes, accounts: Collection[str], name: str) -> bool:
    """Whether it has a word by which they are known; that proves nothing."""
    said = text.decode(errors="replace").casefold()
    words = {one.partition(":")[2].rpartition("|")[2].casefold() for one in accounts}
    known = any(re.search(rf"(?<![\w@]){re.escape(word)}(?![\w@])", said) for word in words if word)
    return known or (len(name) > 1 and name.casefold() in said)


def _object(text: bytes) -> dict[str, Any] | None:
    """A JSON object that says each thing once."""
    try:
        told = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        raise ValueError
    return told


def _owners(told: dict[str, Any], origin: Origin) -> Iterator[str]:
    if not _STATEMENT.isdisjoint(told):
        actor = told.get("actor")
        yield from _agent(actor) if isinstance(actor, dict) and "member" not in actor else ()
    elif told.get("kind") in _OF_ROSTERS:
        yield from _user(told.get(_OF_ROSTERS[told["kind"]]), origin)
        yield from _people(told.get("accounts"), origin)
    else:
        author = told.get("author")
        yield from _user(told.get("userid"), origin)
        yield from _user(author.get("id") if isinstance(author, dict) else None, origin)
        if "userid" not in told and not _OF_A_USER.isdisjoint(told):
            yield from _user(told.get("id"), origin)
        yield from _called(told, origin)


def _user(number: object, origin: Origin) -> Iterator[str]:
    if isinstance(number, int | str) and not isinstance(number, bool) and str(number).strip():
        yield from origin.user(str(number).strip())


def _called(told: dict[str, Any], origin: Origin) -> Iterator[str]:
    """What a row says a user is called by; a number may be somebody else's."""
    email = told.get("email")
    if isinstance(email, str) and "@" in email:
        yield from _mail(email)
    for name in (told.get("username"), told.get("idnumber")):
        if origin.home is not None and isinstance(name, str) and name and not name.isdigit():
            yield account(origin.home, name)


def _people(told: Any, origin: Origin) -> Iterator[str]:
    """Everybody who is named anywhere in it."""
    if isinstance(told, list):
        for one in told:
            yield from _people(one, origin)
    elif isinstance(told, dict):
        yield from _agent(told)
        yield from _called(told, origin)
        for key, value in told.items():
            if key in _NUMBERS:
                yield from _user(value, origin)
            elif key == "author" and isinstance(value, dict):
                yield from _user(value.get("id"), origin)
            yield from _people(value, origin)


def _agent(told: dict[str, Any]) -> Iterator[str]:
    """The accounts of an agent of a statement, or of a line of a roster."""
    given = told.get("account")
    if isinstance(given, dict):
        home, name = given.get("homePage", given.get("home_page")), given.get("name")
        if isinstance(home, str) and isinstance(name, str | int):
            yield from _at(home, str(name))
    if isinstance(address := told.get("mbox"), str) and address:
        yield from _mail(address)
    for key, said in (("mbox_sha1sum", mbox_sha1sum), ("openid", openid)):
        if isinstance(value := told.get(key), str) and value:
            yield said(value)


def _mail(address: str) -> Iterator[str]:
    """Some people are known by the SHA-1 of their address alone."""
    yield from (mbox(address), sha1_of(address))


def _at(home: str, name: str) -> Iterator[str]:
    try:
        yield account(home, name)
    except ValueError:
        return  # no address, so it is nobody's


def _left(told: Any, is_gone: Callable[[set[str]], bool], origin: Origin) -> Any:
    """The same without who is gone: nothing stands where they were named."""
    if isinstance(told, list):
        return [_left(one, is_gone, origin) for one in told]
    if not isinstance(told, dict):
        return told
    if is_gone({*_agent(told), *_called(told, origin)}):
        return None
    return {
        key: None
        if (key in _NUMBERS and is_gone({*_user(value, origin)}))
        or (key == "author" and isinstance(value, dict) and is_gone({*_user(value.get("id"), origin)}))
        else _left(value, is_gone, origin)
        for key, value in told.items()
    }


def _of_our_own(kind: str, fields: str) -> Named | None:
    """Of a record as this program prints it, when the database could not keep it."""
    whose, others, field = set[str](), set[str](), ""
    for found in _LITERAL.finditer(fields):
        field = found[1] or field
        text = _text(found[2])
        if kind == KnownPerson.__name__ and field == "id":
            text = own_account(text)
            whose.add(text)
        (whose if field in _OWNERS[kind] else others).add(text)
    return Named(whose=frozenset(whose), others=frozenset(others - whose)) if whose else None


def _unnamed(found: re.Match[str], gone: Collection[str]) -> str:
    return found[0].replace(found[2], "''") if _text(found[2]) in gone else found[0]


def _text(literal: str) -> str:
    try:
        return str(ast.literal_eval(literal))
    except (ValueError, SyntaxError):
        return literal  # no record of ours: it only begins like one
