"""Access tokens of platforms' services: got by a signed assertion, kept until shortly before they end."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from uuid import uuid4

from adapters.answers import Answer
from adapters.lti.origins import Connect, Origins, path_of
from adapters.lti.payloads import Token, TokenRefusal, is_page, read
from lms_scoring.domain.errors import PlatformError, PlatformMisread, PlatformRefused
from lms_scoring.domain.failure import Instead
from lms_scoring.domain.registration import Registration
from lms_scoring.lti.keys import OwnKey, signed
from lms_scoring.lti.service_token import assertion, token_request
from lms_scoring.ports import Clock

EARLY = 60
"""Seconds before its end at which a token is no longer used."""
_UNTOLD = 300
_LONGEST = 86_400
_CALL = "access token"

_Key = tuple[int, str, str, tuple[str, ...]]


class AccessTokens:
    """Gets tokens and keeps them, by registration and scopes. Safe to use from several threads.

    `own_key` gives the key we sign with now; `new_id` makes the id by which an assertion is good once.
    """

    def __init__(
        self,
        connect: Connect,
        *,
        own_key: Callable[[], OwnKey],
        clock: Clock,
        new_id: Callable[[], str] = lambda: str(uuid4()),
    ) -> None:
        self._origins = Origins(connect)
        self._own_key = own_key
        self._clock = clock
        self._new_id = new_id
        self._kept: dict[_Key, _Kept] = {}
        self._lock = threading.Lock()

    def token(
        self, registration: Registration, scopes: Iterable[str], *, instead_of: str | None = None
    ) -> str:
        """A token with these scopes, not the one that a service has just refused (`instead_of`).

        Raises PlatformError.
        """
        wanted = tuple(sorted(scopes))
        kept = self._of((registration.id, registration.client_id, registration.token_url, wanted))
        with kept.lock:
            if kept.token in (None, instead_of) or self._clock.now() >= kept.until:
                given = self._asked(registration, wanted)
                kept.token = given.access_token
                kept.until = self._clock.now() + (_lives(given) - EARLY) * 1000
            return str(kept.token)

    def close(self) -> None:
        """Ends the connections that were kept."""
        self._origins.close()

    def _of(self, key: _Key) -> _Kept:
        with self._lock:
            return self._kept.setdefault(key, _Kept())

    def _asked(self, registration: Registration, scopes: tuple[str, ...]) -> Token:
        client = self._origins.client(registration.token_url, call=_CALL)
        claims = assertion(registration, id_=self._new_id(), now=self._clock.now() // 1000)
        form = token_request(signed(claims, self._own_key()), scopes)
        # an assertion is good once: a platform may refuse the same one at a second try
        answer = client.post(path_of(registration.token_url), form=form, call=_CALL, repeatable=False)
        if answer.status not in (200, 201):
            raise _refusal(answer, client.platform)
        token = read(answer, Token, platform=client.platform, call=_CALL)
        if not token.access_token:
            raise PlatformMisread(client.platform, _CALL, "the answer has an empty token")
        return token


class _Kept:
    """One token; `until` in ms UTC."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.token: str | None = None
        self.until = 0


def _lives(token: Token) -> int:
    """Seconds; a platform that does not tell is taken to mean little."""
    told = token.expires_in
    if isinstance(told, str):
        told = int(told) if told.isascii() and told.isdigit() and len(told) < 10 else None
    return _UNTOLD if told is None else int(min(told, _LONGEST))


def _refusal(answer: Answer, platform: str) -> PlatformRefused:
    if is_page(answer):
        return PlatformRefused(platform, _CALL, f"HTTP {answer.status}: {_PAGE}", instead=Instead.WEB_PAGE)
    try:
        code = read(answer, TokenRefusal, platform=platform, call=_CALL).error
    except PlatformError:
        code = ""  # the status says enough
    if code not in _MEANS:
        reason = f"HTTP {answer.status}: {_UNKNOWN}"
    else:
        reason = f"HTTP {answer.status} [{code}]: {_MEANS[code]}"
    return PlatformRefused(platform, _CALL, reason, instead=Instead.NOT_ACCEPTED)


_PAGE = (
    "a web page came instead of a token. A Moodle answers so when it could not fetch our key set: the Moodle "
    "may block our address or port: Site administration > General > HTTP security (cURL blocked hosts, cURL "
    "allowed ports). Otherwise check the token URL of the registration"
)
_UNKNOWN = (
    "the platform gives us no token; check that the tool is active there, that its key set URL is ours, and "
    "the client id and token URL of the registration here"
)
_KEY = (
    "the platform does not believe our signature: check that it can fetch our key set (/lti/jwks) and knows "
    "this client id"
)
_MEANS = {
    "invalid_client": _KEY,
    "invalid_grant": _KEY,
    "unauthorized_client": _KEY,
    "invalid_scope": "the platform grants us none of the rights asked for; switch the services on in the "
    "tool's settings there (in Moodle: Services) and open the tool from the course once",
    "invalid_request": "the platform did not understand our request; check the token URL of the registration",
    "Expired token": "the platform takes our assertion for expired: its clock or ours is wrong",
}
