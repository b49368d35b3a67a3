"""How we show a platform's token endpoint who we are (Security Framework 1.1, 4.1; RFC 7523)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lms_scoring.domain.registration import Registration

LIVES = 300
"""Seconds for which an assertion is good."""
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def assertion(registration: Registration, *, id_: str, now: int) -> dict[str, Any]:
    """The claims of an assertion, which is good once; `id_` is its own, `now` in seconds.

    Its time of issue lies a little back: a platform whose clock is slow would call it not valid yet.
    """
    return {
        "iss": registration.client_id,
        "sub": registration.client_id,
        "aud": registration.token_audience or registration.token_url,
        "iat": now - 5,
        "exp": now + LIVES,
        "jti": id_,
    }


def token_request(assertion_jwt: str, scopes: Iterable[str]) -> dict[str, str]:
    """The form that asks for a token with these scopes."""
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion_jwt,
        "scope": " ".join(sorted(scopes)),
    }
