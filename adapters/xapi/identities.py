"""Whose statement it is: an xAPI agent as an account (`lms_scoring/domain/identity.py`)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from adapters.xapi.payloads import Account, Actor
from adapters.xapi.refusal import UnusableStatement
from lms_scoring.domain import identity


def account_of(raw: bytes) -> str:
    """The account of an agent, from its JSON. Raises UnusableStatement.

    An agent has exactly one of four identifiers (xAPI 1.0.3, Data 2.4.2.3); a group is not a person.
    """
    if not raw:
        raise UnusableStatement("no_actor", "it has no actor")
    try:
        actor = _ACTOR.decode(raw)
    except msgspec.MsgspecError as error:
        raise UnusableStatement("actor_malformed", f"its actor cannot be read ({error})") from error
    if actor.kind == "Group" or bytes(actor.member):
        raise UnusableStatement("group_actor", "its actor is a group and not a person")
    found = tuple(_accounts(actor))
    if not found:
        raise UnusableStatement(
            "actor_unidentified", "its actor has no account, mbox, mbox_sha1sum or openid"
        )
    if len(found) > 1:
        raise UnusableStatement("actor_ambiguous", "its actor has more than one identifier")
    return found[0]


_ACTOR = msgspec.json.Decoder(Actor)


def _accounts(actor: Actor) -> Iterator[str]:
    if actor.account is not None:
        yield _on_platform(actor.account)
    if actor.mbox is not None:
        if "@" not in actor.mbox:
            raise UnusableStatement("actor_malformed", "its actor's mbox is no e-mail address")
        yield identity.mbox(actor.mbox)
    if actor.mbox_sha1sum is not None:
        yield identity.mbox_sha1sum(actor.mbox_sha1sum)
    if actor.openid is not None:
        yield identity.openid(actor.openid)


def _on_platform(account: Account) -> str:
    name = str(account.name)
    if not name.strip() or not account.home_page.strip():
        raise UnusableStatement("actor_malformed", "its actor's account lacks a home page or a name")
    try:
        return identity.account(account.home_page, name)
    except ValueError as error:
        raise UnusableStatement("actor_malformed", "its actor's home page is no address") from error
