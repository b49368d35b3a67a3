"""Our own keys: what we sign with, and the key set by which platforms check it.

Three stand beside each other, so that a platform which keeps a copy of the set for hours never meets a
key it has not seen: the next one is published before it is used, the previous one after.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

BITS = 2048
ALGORITHM = "RS256"


class Turn(StrEnum):
    """Whether a key was, is or will be what we sign with."""

    PREVIOUS = "previous"
    CURRENT = "current"
    NEXT = "next"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKey:
    """One of our key pairs; `private` is its PEM."""

    id: str
    turn: Turn
    made_at: int
    private: bytes = field(repr=False)


def new_key(turn: Turn, *, at: int) -> OwnKey:
    """A fresh pair; its id tells nothing."""
    pair = RSAKey.generate_key(BITS)
    return OwnKey(id=secrets.token_hex(10), turn=turn, made_at=at, private=pair.as_pem(private=True))


def rotated(keys: Iterable[OwnKey], *, at: int) -> list[OwnKey]:
    """The ring after a turn: next becomes current, current previous, and a new one is next.

    Also makes the first ring. The previous key is dropped: by then nobody was signed to with it.
    """
    by_turn = {key.turn: key for key in keys}
    following = by_turn.get(Turn.NEXT)
    current = new_key(Turn.CURRENT, at=at) if following is None else _in_turn(following, Turn.CURRENT)
    ring = [current, new_key(Turn.NEXT, at=at)]
    if Turn.CURRENT in by_turn:
        ring.append(_in_turn(by_turn[Turn.CURRENT], Turn.PREVIOUS))
    return ring


def public_key_set(keys: Iterable[OwnKey]) -> dict[str, Any]:
    """The set that platforms fetch from us (RFC 7517); it holds public halves only."""
    return {"keys": [_public(key) for key in keys]}


def signed(claims: Mapping[str, Any], key: OwnKey) -> str:
    """A signed JWT with these claims."""
    pair = _pair(key.private)
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": key.id}
    return jwt.encode(header, dict(claims), pair, algorithms=[ALGORITHM])


def _public(key: OwnKey) -> dict[str, Any]:
    public = _pair(key.private).as_dict(private=False)
    return {**public, "kid": key.id, "use": "sig", "alg": ALGORITHM}


@lru_cache(maxsize=len(Turn))
def _pair(private: bytes) -> RSAKey:
    """Reading a key checks it, which takes as long as thirty signatures; a ring has three."""
    return RSAKey.import_key(private)


def _in_turn(key: OwnKey, turn: Turn) -> OwnKey:
    return OwnKey(id=key.id, turn=turn, made_at=key.made_at, private=key.private)
