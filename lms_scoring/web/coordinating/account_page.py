"""Accounts as pages show them: what kind they are, what they are called, and on which platform."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.obstacle import Obstacle


class AccountKind(StrEnum):
    """By what an account knows its owner."""

    ACCOUNT = "account"
    MBOX = "mbox"
    MBOX_SHA1SUM = "mbox_sha1sum"
    OPENID = "openid"
    OTHER = "other"


class Wrong(StrEnum):
    """What is wrong with what was typed."""

    NOBODY = "nobody"
    SEVERAL = "several"
    """A name is no identity: who is meant must be chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountShown:
    """The parts of an account; `home` is the platform's address, of those that are of one."""

    kind: AccountKind
    name: str
    home: str


def account_shown(account: str) -> AccountShown:
    """Coordinators see it whole: they must recognise whose it is."""
    kind, _, value = account.partition(":")
    home, _, name = value.rpartition("|")
    if kind == AccountKind.ACCOUNT:
        return AccountShown(kind=AccountKind.ACCOUNT, name=name, home=home)
    if kind in (AccountKind.MBOX, AccountKind.MBOX_SHA1SUM, AccountKind.OPENID):
        return AccountShown(kind=AccountKind(kind), name=value, home="")
    return AccountShown(kind=AccountKind.OTHER, name=account, home="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What was typed, what is wrong with it or stands in its way, and who could be meant by it."""

    person: str = ""
    reason: str = ""
    wrong: Wrong | None = None
    refused: Obstacle | None = None
    people: Sequence[KnownPerson] = ()
    chosen: KnownPerson | None = None
    """The one person who is meant."""
