"""The keys of the API: how they look, how they are known, and whom a request's key admits."""

from __future__ import annotations

from flask import request

from lms_scoring.ports import Clock, Store
from lms_scoring.services.access.api_keys import admitted
from lms_scoring.web.access.credentials import digest_of, new_secret
from lms_scoring.web.access.sessions import Session

_BEGIN = "lsk_"
"""So that who finds one in a file can tell what it is, and a scanner of secrets too."""


def new_key() -> str:
    """A key that nobody can guess; it is shown once."""
    return _BEGIN + new_secret()


def digest_of_key(key: str) -> str:
    """The SHA-256 by which the store knows a key; it has 256 random bits, so it wants no salt."""
    return digest_of(key)


def session_of_key(store: Store, clock: Clock) -> Session | None:
    """Who asks, by the key in the request's header; no cookie and no address is ever looked at."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.startswith(_BEGIN):
        return None
    visitor = admitted(store, digest_of_key(key.strip()), clock=clock)
    return None if visitor is None else Session(visitor=visitor, secret="", digest="")
