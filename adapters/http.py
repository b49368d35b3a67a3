"""The one HTTP client of all platforms: bounded in time, size, number and place, and silent about secrets."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from types import MappingProxyType
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from adapters.addresses import door, port_of
from adapters.connections import Exchange, WatchedTransport
from adapters.turns import AT_A_TIME
from lms_scoring.domain.errors import (
    PlatformBusy,
    PlatformError,
    PlatformMisread,
    PlatformRefused,
    PlatformUnreachable,
)

_PIECE = 65_536
_LONGEST_PAUSE = 60.0
_LONGEST_NUMBER = 18
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform answered, whole: `headers` with names in lower case, `body` uncompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def media_type(self) -> str:
        """The content type without parameters, in lower case; empty when there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class HttpClient:
    """Asks one platform. Safe to use from several threads; at most two requests are under way at a time.
    `asked` is how many there were so far.

    base_url: what every path is appended to; credentials in it are refused.
    headers: sent with every request; the place for a secret, shown nowhere.
    deadline: seconds for one whole exchange (looking the name up, connecting, asking, reading all of it).
    max_bytes: of the answer's body, after decompression.
    allowed_private: hosts or `host:port` that may be private, on plain http or on an odd port.
    attempts: how often something worth another try is tried in all.
    turns: a turn for each request; without it, only this client's requests are counted.
    pause, chance: wait that many seconds; a number in [0, 1) for the jitter.

    Every method raises PlatformUnreachable (no or half an answer, over the deadline), PlatformBusy (429
    and 5xx), PlatformRefused (a redirect, an address that is not allowed) or PlatformMisread (too big,
    not decompressible). Any other status is returned: what a 404 means, the caller knows.
    """

    def __init__(
        self,
        *,
        platform: str,
        base_url: str,
        headers: Mapping[str, str] = _NOTHING,
        deadline: float = 60.0,
        max_bytes: int = 64 * 1024 * 1024,
        allowed_private: Collection[str] = (),
        attempts: int = 4,
        turns: Callable[[], AbstractContextManager[object]] | None = None,
        pause: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._door = door(platform, allowed_private)
        self._door.check_url(base_url)
        self.platform = platform
        self.base_url = base_url.rstrip("/")
        self._headers = {"Accept-Encoding": "gzip", "User-Agent": "lms-scoring", **headers}
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._attempts = attempts
        self._pause = pause
        self._chance = chance
        own_turns = threading.BoundedSemaphore(AT_A_TIME)
        self._turns = turns if turns is not None else lambda: own_turns
        self._session = _session()
        self._count = itertools.count()
        self.asked = 0

    def __repr__(self) -> str:
        return f"HttpClient({self.platform!r}, {self.base_url!r})"

    def get(
        self,
        path: str,
        *,
        params: Mapping[str, str] = _NOTHING,
        headers: Mapping[str, str] = _NOTHING,
        call: str | None = None,
    ) -> Answer:
        """The answer to GET base_url + path; `call` is what an error calls it (default: the path)."""
        return self._ask("GET", self.base_url + path, call or path, headers, params=params)

    def follow(self, link: str, *, headers: Mapping[str, str] = _NOTHING, call: str | None = None) -> Answer:
        """GET a link that the platform gave, absolute or relative to its origin; never another origin,
        because our credentials go along."""
        url = urljoin(self.base_url + "/", link)
        if _origin(url) != _origin(self.base_url):
            raise PlatformRefused(
                self.platform,
                call or "link",
                "the platform gave a link to another host, which is not followed; check its public address",
            )
        return self._ask("GET", url, call or urlsplit(url).path, headers)

    def post(
        self,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        json: bytes | None = None,
        headers: Mapping[str, str] = _NOTHING,
        call: str | None = None,
        repeatable: bool = True,
    ) -> Answer:
        """The answer to POST of a form or of JSON; `repeatable` as long as doing it twice does no harm."""
        if json is not None:
            headers = {"Content-Type": "application/json", **headers}
        data = form if json is None else json
        url = self.base_url + path
        return self._ask("POST", url, call or path, headers, data=data, repeatable=repeatable)

    def close(self) -> None:
        """Ends the connections that were kept."""
        self._session.close()

    def _ask(
        self,
        method: str,
        url: str,
        call: str,
        headers: Mapping[str, str],
        *,
        params: Mapping[str, str] = _NOTHING,
        data: Mapping[str, str] | bytes | None = None,
        repeatable: bool = True,
    ) -> Answer:
        request = requests.Request(
            method, url, headers=self._sendable(headers, call), params=dict(params), data=data
        )
        prepared = self._prepared(request, call)
        for tries_left in range(self._attempts - 1, -1, -1):
            try:
                return self._exchange(prepared, call)
            except PlatformError as error:
                wait = self._wait_after(error, self._attempts - tries_left)
                if not (error.again and repeatable) or tries_left == 0 or wait > _LONGEST_PAUSE:
                    raise
                self._pause(wait)
        raise AssertionError("attempts must be at least 1")

    def _prepared(self, request: requests.Request, call: str) -> requests.PreparedRequest:
        try:
            return self._session.prepare_request(request)
        except (requests.RequestException, ValueError):
            reason = "the address cannot be asked: no host name has that form; correct it"
            refused = PlatformRefused(self.platform, call, reason)
        raise refused  # without its cause, which would show the whole address

    def _sendable(self, headers: Mapping[str, str], call: str) -> dict[str, str]:
        """All headers; checked here because the library would show an unusable value, secret or not."""
        together = {**self._headers, **headers}
        for name, value in together.items():
            if value != value.strip() or not value.isprintable() or not value.isascii():
                raise PlatformRefused(
                    self.platform,
                    call,
                    f"the value of the header {name} has a space at its edge, a line break or another "
                    "character that cannot be sent; check the key or token in the settings",
                )
        return together

    def _exchange(self, request: requests.PreparedRequest, call: str) -> Answer:
        with self._turns(), Exchange(self._door, seconds=self._deadline) as exchange:
            self.asked = next(self._count) + 1
            try:
                answer = self._read(request, call)
            except requests.exceptions.ContentDecodingError as error:
                raise PlatformMisread(self.platform, call, "the answer cannot be decompressed") from error
            except (requests.RequestException, HTTPError, OSError) as error:
                raise self._unreachable(call, exchange, error) from error
            if exchange.over:
                raise self._unreachable(call, exchange, None)
        self._refuse_status(answer, call)
        return answer

    def _read(self, request: requests.PreparedRequest, call: str) -> Answer:
        wait = self._deadline
        with self._session.send(
            request, stream=True, allow_redirects=False, timeout=(wait, wait)
        ) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            declared = _number(headers.get("content-length", ""))
            if declared is not None and declared > self._max_bytes:
                raise self._too_big(call)
            body = b"".join(self._pieces(response, call))
        return Answer(response.status_code, headers, body)

    def _pieces(self, response: requests.Response, call: str) -> Iterator[bytes]:
        size = 0
        for piece in response.iter_content(_PIECE):
            size += len(piece)
            if size > self._max_bytes:
                raise self._too_big(call)
            yield piece

    def _refuse_status(self, answer: Answer, call: str) -> None:
        if answer.status == 429 or answer.status >= 500:
            raise PlatformBusy(
                self.platform,
                call,
                f"HTTP {answer.status}: under maintenance, overloaded or out of order; try again later",
                wait=_retry_after(answer.headers),
            )
        if 300 <= answer.status < 400:
            raise PlatformRefused(
                self.platform,
                call,
                f"HTTP {answer.status}: it redirects, to its login page or to a new address; redirects are "
                "not followed. Check the base URL (https? moved?) and the token",
            )

    def _wait_after(self, error: PlatformError, tries: int) -> float:
        wait = error.wait if isinstance(error, PlatformBusy) else None
        jitter = 0.5 + self._chance() / 2
        if wait is None:
            return min(2.0**tries, _LONGEST_PAUSE) * jitter
        return wait + jitter if wait <= _LONGEST_PAUSE - 1 else float(wait)

    def _unreachable(self, call: str, exchange: Exchange, error: Exception | None) -> PlatformUnreachable:
        if exchange.over or isinstance(error, requests.Timeout | TimeoutError):
            reason = f"no whole answer within {self._deadline:g} s"
        elif isinstance(error, requests.exceptions.ChunkedEncodingError):
            reason = "the answer broke off before its end"
        elif isinstance(error, requests.exceptions.SSLError):
            reason = "no secure connection; check the platform's certificate"
        else:
            reason = "the connection broke"
        return PlatformUnreachable(self.platform, call, f"{reason}; what was read before is kept, sync again")

    def _too_big(self, call: str) -> PlatformMisread:
        limit = self._max_bytes // (1024 * 1024)
        return PlatformMisread(self.platform, call, f"the answer is longer than {limit} MiB and was not read")


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # neither proxies nor .netrc nor certificates from the environment
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for prefix in ("http://", "https://"):
        session.mount(prefix, WatchedTransport(max_retries=0, pool_maxsize=AT_A_TIME))
    return session


def _origin(url: str) -> tuple[str, str | None, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, port_of(url)


def _retry_after(headers: Mapping[str, str]) -> int | None:
    text = headers.get("retry-after", "").strip()
    seconds = _number(text)
    if seconds is not None:
        return seconds
    until, now = _moment(text), _moment(headers.get("date", ""))
    if until is None or now is None:
        return None
    return max(int((until - now).total_seconds()), 0)


def _number(text: str) -> int | None:
    """A whole number in plain digits; other scripts have digits too, and no end has to be read."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else None


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
