"""Secrets that sign a visitor in: made here, known to the store only by their digest."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_secret() -> str:
    """A secret for a one-time link or a session, with 256 bits that nobody can guess."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """The SHA-256 by which the store knows a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def form_token(session_secret: str) -> str:
    """What the forms of one session carry, so that no other site's form can stand in for them."""
    return hmac.digest(session_secret.encode(), b"form", "sha256").hex()


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell how much of them is."""
    return hmac.compare_digest(one.encode(), other.encode())
