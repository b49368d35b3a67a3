"""A browser as small as it can be: a cookie, one connection a visit, and how long each answer took."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode, urlsplit

GOOD = frozenset({200})
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Click:
    """One request: what was asked for, when (seconds of the clock that is never set), how long it took, and
    what came. `fault` is None where that was what one may expect."""

    kind: str
    at: float
    seconds: float
    status: int
    fault: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """What came."""

    status: int
    text: str
    mark: str | None
    """The ETag."""
    place: str | None
    """Where it sends the browser."""


class Lost(Exception):
    """The page did not come, or another than expected; the visit ends, and the click says why."""


@dataclass(slots=True)
class Browser:
    """Somebody's, who looks at us within the platform's page. `tell` takes every click."""

    url: str
    secret: str
    tell: Callable[[Click], None]
    _connection: HTTPConnection | None = None

    def get(self, kind: str, path: str, *, mark: str | None = None, good: frozenset[int] = GOOD) -> Page:
        """Asks for a page; with `mark`, unless it is the one that the browser has. Raises Lost."""
        headers = {} if mark is None else {"If-None-Match": mark}
        return self._ask(kind, "GET", path, headers=headers, good=good)

    def post(self, kind: str, path: str, form: Mapping[str, str], *, good: frozenset[int]) -> Page:
        """Sends a form. Raises Lost."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        return self._ask(kind, "POST", path, body=urlencode(form), headers=headers, good=good)

    def close(self) -> None:
        """Ends the connection, as browsers do when nothing was asked for a while."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(
        self,
        kind: str,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        good: frozenset[int],
        body: str | None = None,
    ) -> Page:
        at, begun = time.monotonic(), time.perf_counter()
        try:
            page = self._exchanged(method, path, body, headers)
        except (OSError, HTTPException) as error:
            self.close()
            took = time.perf_counter() - begun
            self.tell(Click(kind, at, took, 0, f"{method} {path}: {type(error).__name__}: {error}"))
            raise Lost from error
        took = time.perf_counter() - begun
        fault = None if page.status in good else f"{method} {path}: {page.status}"
        self.tell(Click(kind, at, took, page.status, fault))
        if fault is not None:
            raise Lost
        return page

    def _exchanged(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Page:
        if self._connection is None:
            self._connection = HTTPConnection(urlsplit(self.url).netloc, timeout=_PATIENCE)
        own = {"Cookie": f"session={self.secret}", "Accept-Language": "zh-CN", "Sec-Fetch-Dest": "iframe"}
        self._connection.request(method, path, body, {**own, **headers})
        answer = self._connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        return Page(answer.status, text, answer.headers.get("ETag"), answer.headers.get("Location"))
