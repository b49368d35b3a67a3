"""An id_token: signed by a key of the registered key set, or refused. What it claims is judged elsewhere.

Rules: Security Framework 1.1, 5.1.3; the header's own key material (`jwk`, `jku`, `x5u`) is never used.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from lms_scoring.domain.registration import Registration
from lms_scoring.lti.refusal import LaunchRefused, Refusal

LONGEST = 20_000
"""Characters; a Moodle's token has 4,800."""

Key = RSAKey | ECKey


def key_id(token: str, registration: Registration) -> str:
    """The `kid` of a token worth verifying. Raises LaunchRefused."""
    if len(token) > LONGEST:
        raise LaunchRefused(Refusal.TOKEN_TOO_LONG, f"{len(token)} characters")
    header = _header(token)
    if header.get("alg") not in registration.algorithms:
        raise LaunchRefused(Refusal.ALGORITHM, "the token is not signed by an algorithm we agreed on")
    if "crit" in header:
        raise LaunchRefused(Refusal.TOKEN_MALFORMED, "its header demands extensions we do not know")
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise LaunchRefused(Refusal.KEY_ID, "its header names no key")
    return kid


def verified_claims(token: str, key: Key, registration: Registration) -> dict[str, Any]:
    """The claims of a token that this key signed. Raises LaunchRefused."""
    try:
        signed = jws.deserialize_compact(token, key, algorithms=list(registration.algorithms))
    except (JoseError, ValueError, TypeError) as error:
        raise LaunchRefused(Refusal.SIGNATURE, "the signature is not the platform's") from error
    try:
        claims = json.loads(signed.payload, object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise LaunchRefused(Refusal.TOKEN_MALFORMED, "its claims are not a JSON object") from error
    if not isinstance(claims, dict):
        raise LaunchRefused(Refusal.TOKEN_MALFORMED, "its claims are not a JSON object")
    return claims


def signing_keys(key_set: Mapping[str, Any]) -> dict[str, Key]:
    """The usable signature keys of a platform's key set by their ids; whatever else it holds is ignored.

    Raises ValueError where it is no key set at all.
    """
    listed = key_set.get("keys")
    if not isinstance(listed, list):
        raise ValueError("no list of keys")  # noqa: TRY004 # the set is wrong, not our call
    found: dict[str, Key] = {}
    for entry in listed:
        key = _signing_key(entry)
        if key is not None and isinstance(entry.get("kid"), str):
            found[entry["kid"]] = key
    return found


def _signing_key(entry: Any) -> Key | None:
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig":
        return None
    public = {
        name: value for name, value in entry.items() if name in ("kty", "n", "e", "crv", "x", "y", "kid")
    }
    try:
        if entry.get("kty") == "RSA":
            return RSAKey.import_key(public)
        if entry.get("kty") == "EC":
            return ECKey.import_key(public)
    except (JoseError, ValueError, TypeError, KeyError):
        return None  # a key we cannot read can sign nothing that we accept
    return None


def _header(token: str) -> dict[str, Any]:
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):
        raise LaunchRefused(Refusal.TOKEN_MALFORMED, "it has not three parts")
    try:
        text = urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4))
        header = json.loads(text, object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise LaunchRefused(Refusal.TOKEN_MALFORMED, "its header cannot be read") from error
    if not isinstance(header, dict):
        raise LaunchRefused(Refusal.TOKEN_MALFORMED, "its header is not a JSON object")
    return header


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON readers differ in which of two equal names they believe, so we believe neither."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_constant(name: str) -> Any:
    """NaN and Infinity are no JSON."""
    raise ValueError(f"{name} is no JSON")
