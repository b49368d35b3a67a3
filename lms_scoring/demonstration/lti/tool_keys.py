"""The key sets of tools: fetched from loopback only, kept, and fetched once more when a check fails."""

import http.client
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from lms_scoring.demonstration.lti.state import Tool
from lms_scoring.demonstration.moodle_model import MoodleModel

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
SECONDS = 5
LARGEST = 1 << 20

Fetch = Callable[[str], Any]


class KeysUnreachable(Exception):
    """No key set could be had; a Moodle dies of it with an error page that does not say why."""


class NotSigned(Exception):
    """The JWT is not one of the tool's, or not good now; the message is Moodle's."""


class ToolKeys:
    """Checks what tools sign."""

    def __init__(self, model: MoodleModel, *, agent: str, fetch: Fetch | None = None) -> None:
        self._model = model
        self._fetch = fetch or (lambda url: fetched(url, agent=agent))
        self._kept: dict[int, KeySet] = {}

    def forget(self) -> None:
        """The next check fetches."""
        self._kept.clear()

    def claims(self, tool: Tool, token: str) -> dict[str, Any]:
        """The claims of the tool's JWT. Raises NotSigned and KeysUnreachable."""
        kept = self._kept.get(tool.id)
        read = None if kept is None else _read(token, kept)
        if read is None:
            kept = self._kept[tool.id] = self._key_set(tool)
            read = _read(token, kept)
        if read is None:
            raise NotSigned("Signature verification failed")
        self._check_times(read)
        return read

    def _key_set(self, tool: Tool) -> KeySet:
        try:
            return KeySet.import_key_set(self._fetch(tool.jwks_url))
        except (OSError, http.client.HTTPException, JoseError, ValueError, KeyError, TypeError) as error:
            raise KeysUnreachable from error

    def _check_times(self, claims: dict[str, Any]) -> None:
        now = self._model.now()
        if "exp" in claims and now >= claims["exp"]:
            raise NotSigned("Expired token")
        if claims.get("iat", now) > now:
            issued = time.strftime("%Y-%m-%dT%H:%M:%S+0000", time.gmtime(claims["iat"]))
            raise NotSigned(f"Cannot handle token prior to {issued}")


def fetched(url: str, *, agent: str) -> Any:
    """The JSON at a loopback address. Raises OSError, HTTPException and ValueError; follows no redirect."""
    parts = urlsplit(url)
    if parts.hostname not in LOOPBACK or parts.scheme != "http":
        raise ValueError("only http on loopback")
    connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=SECONDS)
    try:
        path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        connection.request("GET", path, headers={"User-Agent": agent, "Accept": "*/*"})
        answer = connection.getresponse()
        body = answer.read(LARGEST + 1)
    finally:
        connection.close()
    if answer.status != 200 or len(body) > LARGEST:
        raise ValueError("no key set there")
    return json.loads(body)


def _read(token: str, keys: KeySet) -> dict[str, Any] | None:
    try:
        return dict(jwt.decode(token, keys, algorithms=["RS256"]).claims)
    except (JoseError, ValueError):
        return None
