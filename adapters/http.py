"""The one HTTP client of all platforms: bounded in time, size, number and place, and silent about secrets."""

from __future__ import annotations

import itertools
import math
import random
import ssl
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from types import MappingProxyType
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from adapters.addresses import LookUp, door, look_up
from adapters.answers import Answer, refuse_status, whole_number
from adapters.connections import Exchange, WatchedTransport
from adapters.turns import AT_A_TIME, OwnTurns, Turns
from lms_scoring.domain.addresses import origin_of
from lms_scoring.domain.errors import (
    PlatformBusy,
    PlatformError,
    PlatformMisread,
    PlatformRefused,
    PlatformUnreachable,
)
from lms_scoring.domain.failure import Instead

_PIECE = 65_536
_LONGEST_PAUSE = 60.0
_NOTHING: Mapping[str, str] = MappingProxyType({})
_NO_TURN = (
    f"not asked: {AT_A_TIME} other requests of ours were under way all the while, and no more are sent at a "
    "time. If a process of this installation stands still, a `sync` stopped by Ctrl-Z say, let it go on or "
    "end it"
)

Judge = Callable[[Answer], None]
"""Raises PlatformError for an answer that is none of the platform's; where that may pass by itself, it is
tried again like any other failure."""


class HttpClient:
    """Asks one platform. Safe to use from several threads; at most two requests are under way at a time.
    `asked` is how many there were so far.

    base_url: what every path is appended to; credentials in it are refused.
    headers: sent with every request; the place for a secret, shown nowhere.
    deadline: seconds for one call with all its tries and the pauses between them, each of which looks the
        name up, connects, asks and reads all of the answer.
    lasting: seconds for all calls together, from the first one on; None: no limit.
    max_bytes: of the answer's body, after decompression.
    allowed_private: hosts or `host:port` that may be private, on plain http or on an odd port.
    attempts: how often something worth another try is tried in all, as long as there is time.
    turns: a turn for each request, for which its call waits; without it, only this client's requests are
        counted.
    pause, chance: wait that many seconds; a number in [0, 1) for the jitter.
    now, find: seconds of a clock that never jumps; the addresses of a name.

    Every method raises PlatformUnreachable (no turn, no or half an answer, over the deadline), PlatformBusy
    (408, 425, 429 and 5xx), PlatformRefused (a redirect, an address that is not allowed) or PlatformMisread
    (too big, not decompressible). Any other status is returned: what a 404 means, the caller knows.
    """

    def __init__(
        self,
        *,
        platform: str,
        base_url: str,
        headers: Mapping[str, str] = _NOTHING,
        deadline: float = 60.0,
        lasting: float | None = None,
        max_bytes: int = 64 * 1024 * 1024,
        allowed_private: Collection[str] = (),
        attempts: int = 4,
        turns: Turns | None = None,
        pause: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
        now: Callable[[], float] = time.monotonic,
        find: LookUp = look_up,
    ) -> None:
        self._door = door(platform, allowed_private, find=find)
        self._door.check_url(base_url)
        self.platform = platform
        self.base_url = base_url.rstrip("/")
        self._headers = {"Accept-Encoding": "gzip", "User-Agent": "lms-scoring", **headers}
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._attempts = attempts
        self._pause = pause
        self._chance = chance
        self._turns = OwnTurns() if turns is None else turns
        self._now = now
        self._lasting = lasting
        self._over_at = math.inf
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
        judge: Judge | None = None,
    ) -> Answer:
        """The answer to GET base_url + path; `call` is what an error calls it (default: the path)."""
        return self._ask("GET", self.base_url + path, call or path, headers, params=params, judge=judge)

    def follow(
        self,
        link: str,
        *,
        headers: Mapping[str, str] = _NOTHING,
        call: str | None = None,
        judge: Judge | None = None,
    ) -> Answer:
        """GET a link that the platform gave, absolute or relative to its origin; never another origin,
        because our credentials go along. Raises ValueError for what is no address.

        What only a path or a query would have to escape (a space, say) leads nowhere else.
        """
        url = urljoin(self.base_url + "/", link)
        parts = urlsplit(url)
        _ = parts.port  # a port that is no number is no address
        found = origin_of(f"{parts.scheme}://{parts.netloc}")
        if found is None or found != origin_of(self.base_url):
            raise PlatformRefused(
                self.platform,
                call or "link",
                "the platform gave a link to another host, which is not followed; check its public address",
                instead=Instead.NOT_ASKED,
            )
        return self._ask("GET", url, call or urlsplit(url).path, headers, judge=judge)

    def post(
        self,
        path: str,
        *,
        form: Mapping[str, str] | None = None,
        json: bytes | None = None,
        headers: Mapping[str, str] = _NOTHING,
        call: str | None = None,
        repeatable: bool = True,
        judge: Judge | None = None,
    ) -> Answer:
        """The answer to POST of a form or of JSON; `repeatable` as long as doing it twice does no harm."""
        if json is not None:
            headers = {"Content-Type": "application/json", **headers}
        data = form if json is None else json
        url = self.base_url + path
        return self._ask("POST", url, call or path, headers, data=data, repeatable=repeatable, judge=judge)

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
        judge: Judge | None = None,
    ) -> Answer:
        request = requests.Request(
            method, url, headers=self._sendable(headers, call), params=dict(params), data=data
        )
        prepared = self._prepared(request, call)
        ends = self._ends(call)
        for tries_left in range(self._attempts - 1, -1, -1):
            try:
                return self._judged(self._exchange(prepared, call, ends=ends), call, judge)
            except PlatformError as error:
                wait = self._wait_after(error, self._attempts - tries_left)
                worth_it = error.again and repeatable and tries_left > 0 and wait <= _LONGEST_PAUSE
                if not worth_it or self._now() + wait >= ends:
                    raise
                self._pause(wait)
        raise AssertionError("attempts must be at least 1")

    def _ends(self, call: str) -> float:
        """When the call must have its answer. Raises PlatformUnreachable where there is no time left."""
        now = self._now()
        if self._lasting is not None:
            self._over_at = min(self._over_at, now + self._lasting)
        if now >= self._over_at:
            raise self._too_late(call)
        return min(now + self._deadline, self._over_at)

    def _judged(self, answer: Answer, call: str, judge: Judge | None) -> Answer:
        refuse_status(answer, platform=self.platform, call=call)
        if judge is not None:
            judge(answer)
        return answer

    def _prepared(self, request: requests.Request, call: str) -> requests.PreparedRequest:
        try:
            return self._session.prepare_request(request)
        except (requests.RequestException, ValueError):
            reason = "the address cannot be asked: no host name has that form; correct it"
            refused = PlatformRefused(self.platform, call, reason, instead=Instead.NOT_ASKED)
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
                    instead=Instead.NOT_ASKED,
                )
        return together

    def _exchange(self, request: requests.PreparedRequest, call: str, *, ends: float) -> Answer:
        with (
            self._turn(call, ends=ends),
            Exchange(self._door, call, seconds=ends - self._now()) as exchange,
        ):
            self.asked = next(self._count) + 1
            try:
                answer = self._read(request, call)
            except requests.exceptions.ContentDecodingError as error:
                raise PlatformMisread(
                    self.platform, call, "the answer cannot be decompressed", instead=Instead.UNREADABLE
                ) from error
            except (requests.RequestException, HTTPError, OSError) as error:
                raise self._failed(call, exchange, error) from error
            if exchange.over:
                raise self._too_late(call)
        return answer

    @contextmanager
    def _turn(self, call: str, *, ends: float) -> Iterator[None]:
        """One that leaves time for an exchange: who has the others may be frozen."""
        with self._turns(ends - self._now()) as ours:
            if not ours or self._now() >= ends:
                raise self._unreachable(call, _NO_TURN, Instead.NO_TURN)
            yield

    def _read(self, request: requests.PreparedRequest, call: str) -> Answer:
        wait = self._deadline
        with self._session.send(
            request, stream=True, allow_redirects=False, timeout=(wait, wait)
        ) as response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            declared = whole_number(headers.get("content-length", ""))
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

    def _wait_after(self, error: PlatformError, tries: int) -> float:
        wait = error.wait if isinstance(error, PlatformBusy) else None
        jitter = 0.5 + self._chance() / 2
        if wait is None:
            return min(2.0**tries, _LONGEST_PAUSE) * jitter
        return wait + jitter if wait <= _LONGEST_PAUSE - 1 else float(wait)

    def _failed(self, call: str, exchange: Exchange, error: Exception) -> PlatformError:
        if exchange.over or isinstance(error, requests.Timeout | TimeoutError):
            return self._too_late(call)
        if _certificate_in(error):
            return PlatformRefused(
                self.platform,
                call,
                "no secure connection: its certificate does not prove that it is the platform; have it "
                "renewed or completed there",
                instead=Instead.CERTIFICATE,
            )
        if isinstance(error, requests.exceptions.ChunkedEncodingError):
            return self._unreachable(call, "the answer broke off before its end", Instead.HALF)
        if isinstance(error, requests.exceptions.SSLError):
            return self._unreachable(
                call, "no secure connection; check the platform's TLS", Instead.NO_CONNECTION
            )
        return self._unreachable(call, "the connection broke", Instead.NOTHING)

    def _too_late(self, call: str) -> PlatformUnreachable:
        reason = f"no whole answer within {self._deadline:g} s"
        if self._now() >= self._over_at:
            reason = f"the {self._lasting:g} s that one sync may take are over"
        return self._unreachable(call, reason, Instead.LATE)

    def _unreachable(self, call: str, reason: str, instead: Instead) -> PlatformUnreachable:
        reason = f"{reason}; what was read before is kept, sync again"
        return PlatformUnreachable(self.platform, call, reason, instead=instead)

    def _too_big(self, call: str) -> PlatformMisread:
        limit = self._max_bytes // (1024 * 1024)
        return PlatformMisread(
            self.platform,
            call,
            f"the answer is longer than {limit} MiB and was not read",
            instead=Instead.TOO_LONG,
        )


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # neither proxies nor .netrc nor certificates from the environment
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for prefix in ("http://", "https://"):
        session.mount(prefix, WatchedTransport(max_retries=0, pool_maxsize=AT_A_TIME))
    return session


def _certificate_in(error: BaseException | None) -> bool:
    """Whether a certificate is what an error comes from."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None
