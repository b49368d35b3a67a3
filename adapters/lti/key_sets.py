"""The key sets of platforms, fetched and remembered (Security Framework 1.1, 6.3)."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import msgspec

from adapters.lti.origins import Connect, Origins
from lms_scoring.domain.errors import PlatformError
from lms_scoring.domain.registration import Registration
from lms_scoring.lti.id_token import Key, signing_keys
from lms_scoring.lti.refusal import LaunchRefused, Refusal
from lms_scoring.ports import Clock

FRESH = 3_600_000
"""Milliseconds for which a set is believed unasked."""
COOL_DOWN = 60_000
"""Milliseconds between two fetches for keys that the set did not have, because anybody can make up key ids;
also from a failed fetch to the next while there are keys of an earlier one."""
AFTER_FAILURE = 10_000
"""Milliseconds for which a platform that never gave keys is left alone, so that launches do not queue up."""
LARGEST = 64 * 1024
"""Bytes; a Moodle's set has 500."""
_CALL = "key set"


class PlatformKeySets:
    """Implements `KeySets`. Safe to use from several threads: who comes while a set is fetched takes the key
    that it had before, and waits only where there was none.

    While a platform gives no keys, those it gave before are believed on. One launch waits for the fetch, so
    `connect` should give clients with a short deadline and few attempts.
    """

    def __init__(self, connect: Connect, *, clock: Clock) -> None:
        self._origins = Origins(connect)
        self._clock = clock
        self._remembered: dict[tuple[int, str], _Remembered] = {}
        self._lock = threading.Lock()

    def key(self, registration: Registration, kid: str) -> Key:
        """The key of that id. Raises LaunchRefused (KEY_UNKNOWN, KEYS_UNREACHABLE, KEYS_MALFORMED)."""
        ours = self._of(registration)
        keys, now = ours.keys, self._clock.now()
        known = None if keys is None else keys.get(kid)
        if known is not None and _is_ahead(ours.fresh_until, now, FRESH):
            return known
        if not ours.lock.acquire(blocking=known is None) and known is not None:
            return known  # somebody else is asking, and a slow platform must not stall every launch
        try:
            return self._renewed(ours, registration.jwks_url, kid)
        finally:
            ours.lock.release()

    def close(self) -> None:
        """Ends the connections that were kept."""
        self._origins.close()

    def _of(self, registration: Registration) -> _Remembered:
        with self._lock:
            return self._remembered.setdefault((registration.id, registration.jwks_url), _Remembered())

    def _renewed(self, ours: _Remembered, url: str, kid: str) -> Key:
        self._renew(ours, url, kid)
        if ours.keys is not None and kid in ours.keys:
            return ours.keys[kid]
        if ours.failure is not None:
            raise LaunchRefused(ours.failure.refusal, ours.failure.detail) from ours.failure
        raise LaunchRefused(Refusal.KEY_UNKNOWN, "the platform's key set has no key of that id")

    def _renew(self, ours: _Remembered, url: str, kid: str) -> None:
        now = self._clock.now()
        if _is_ahead(ours.left_alone_until, now, COOL_DOWN):
            return
        if ours.keys is None or not _is_ahead(ours.fresh_until, now, FRESH):
            self._fetch(ours, url)
        elif kid not in ours.keys and not _is_ahead(ours.cool_until, now, COOL_DOWN):
            ours.cool_until = now + COOL_DOWN
            self._fetch(ours, url)

    def _fetch(self, ours: _Remembered, url: str) -> None:
        try:
            ours.keys, ours.failure = self._fetched(url), None
            ours.fresh_until = self._clock.now() + FRESH
        except LaunchRefused as error:
            ours.failure = error
            pause = AFTER_FAILURE if ours.keys is None else COOL_DOWN
            ours.left_alone_until = self._clock.now() + pause

    def _fetched(self, url: str) -> Mapping[str, Key]:
        try:
            client = self._origins.client(url, call=_CALL)
            answer = client.follow(url, headers={"Accept": "application/json"}, call=_CALL)
        except PlatformError as error:
            raise LaunchRefused(Refusal.KEYS_UNREACHABLE, error.reason) from error
        if answer.status != 200:
            raise LaunchRefused(Refusal.KEYS_UNREACHABLE, f"HTTP {answer.status} from the platform's key set")
        if len(answer.body) > LARGEST:
            raise LaunchRefused(Refusal.KEYS_MALFORMED, f"the key set has {len(answer.body)} bytes")
        try:
            return signing_keys(msgspec.json.decode(answer.body, type=dict[str, Any]))
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise LaunchRefused(Refusal.KEYS_MALFORMED, "what it gives is no key set") from error


def _is_ahead(until: int, now: int, most: int) -> bool:
    """Whether its time has not come; one further ahead than it can have been set is of a wrong clock."""
    return now < until <= now + most


class _Remembered:
    """One registration's keys. Times in ms UTC; `failure` is why the last fetch gave none."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.keys: Mapping[str, Key] | None = None
        self.failure: LaunchRefused | None = None
        self.fresh_until = 0
        self.cool_until = 0
        self.left_alone_until = 0
