"""A roster as `person` and `membership` lines of the evidence file; persons may carry `accounts`."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from adapters.roster_file.accounts import account_on, mail_accounts
from adapters.roster_file.roster import Entry, Unusable
from lms_scoring.domain import identity
from lms_scoring.domain.errors import MalformedEvidence
from lms_scoring.domain.evidence import KINDS, Membership
from lms_scoring.domain.evidence_json import from_fields

Shape = TypeVar("Shape")


class Account(Struct):
    """An account on a platform."""

    home_page: str
    name: str


class Identifier(Struct):
    """One of the four ways to know a person."""

    account: Account | None = None
    mbox: str | None = None
    mbox_sha1sum: str | None = None
    openid: str | None = None


class PersonLine(Struct):
    """A person, with everything they are known by."""

    id: str
    name: str
    accounts: list[Identifier] = []


class Kind(Struct):
    """What a line is about."""

    kind: str


def entries_of_lines(content: bytes) -> Iterator[Entry | Unusable]:
    """What the lines say; other kinds of an evidence file are passed over."""
    for number, line in enumerate(_lines(content), start=1):
        if not line.strip():
            continue
        try:
            entry = _entry(number, line)
        except MalformedEvidence as error:
            yield Unusable(line=number, reason=str(error), text=line)
            continue
        if entry is not None:
            yield entry


def _lines(content: bytes) -> Iterable[bytes]:
    return content.removeprefix(BOM_UTF8).split(b"\n")


def _entry(number: int, line: bytes) -> Entry | None:
    kind = _decoded(line, Kind).kind
    if kind == "person":
        person = _decoded(line, PersonLine)
        if not person.id:
            raise MalformedEvidence("the id is empty")
        accounts = tuple(account for given in person.accounts for account in _accounts(given))
        return Entry(line=number, text=line, id=person.id, name=person.name, accounts=accounts)
    if kind == "membership":
        membership = from_fields(kind, _decoded(line, dict[str, Any]))
        if isinstance(membership, Membership):
            return Entry(line=number, text=line, id=membership.person, membership=membership)
    if kind in KINDS:
        return None
    raise MalformedEvidence("its kind is not one that an evidence file has")


def _decoded(line: bytes, shape: type[Shape]) -> Shape:
    try:
        return msgspec.json.decode(line, type=shape)
    except msgspec.ValidationError as error:
        raise MalformedEvidence(str(error)) from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedEvidence("it is not JSON in UTF-8") from error


def _accounts(given: Identifier) -> list[str]:
    found: list[str] = []
    if given.account is not None:
        found.append(account_on(given.account.home_page, given.account.name))
    if given.mbox is not None:
        found.extend(mail_accounts(given.mbox))
    if given.mbox_sha1sum is not None:
        found.append(identity.mbox_sha1sum(given.mbox_sha1sum))
    if given.openid is not None:
        found.append(identity.openid(given.openid))
    if not found:
        raise MalformedEvidence("one of its accounts is neither account, mbox, mbox_sha1sum nor openid")
    return found
