"""Calls of a Learning Record Store: only reading, only what every LRS answers rightly.

Never asked for: `ascending` and `limit=0`, which real LRSs misread, and any filter but `since`; they are
ignored or broken here and there without a word (xAPI facts, section 3.2).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import urljoin

import msgspec

from adapters.answers import Answer
from adapters.http import HttpClient
from adapters.xapi.answers import Served, broke_off, half, refuses_us, served
from adapters.xapi.payloads import About
from lms_scoring.domain.errors import PlatformError, PlatformMisread, PlatformUnreachable
from lms_scoring.domain.failure import Instead
from lms_scoring.domain.instants import iso

PAGE_SIZE = 1_000
VERSION = "1.0.3"
_VERSION_HEADER = "X-Experience-API-Version"


class Resource(StrEnum):
    """What is asked of an LRS, under its endpoint."""

    STATEMENTS = "/statements"
    """All statements, a page at a time, each with a link to the next one."""
    ABOUT = "/about"
    """The versions of xAPI that the LRS speaks; not every LRS has it."""


def credentials(key: str, secret: str) -> dict[str, str]:
    """The header that an `HttpClient` for an LRS must send with every request."""
    return {"Authorization": "Basic " + b64encode(f"{key}:{secret}".encode()).decode()}


class XapiClient:
    """Reads one LRS. `http` has the endpoint as its base URL and the credentials in its headers."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http
        self._version = VERSION

    @property
    def platform(self) -> str:
        """The LRS's name in the settings."""
        return self._http.platform

    def versions(self) -> tuple[str, ...] | None:
        """What `/about` lists; None where there is no such resource."""
        answer = self._http.get(Resource.ABOUT, headers=self._headers())
        if answer.status != 200:
            return None
        try:
            return tuple(_ABOUT.decode(answer.body).version)
        except msgspec.MsgspecError:
            return None  # some answer every address with their web page

    def statements(self, *, limit: int = PAGE_SIZE, since: int | None = None) -> Served:
        """The first page of all statements, or of those stored after `since` (exclusive).

        Raises PlatformError.
        """
        asked = {"limit": str(limit)}
        if since is not None:
            asked["since"] = iso(since).replace("+00:00", "Z")
        answer = self._first_page(asked)
        if answer.status == 400 and self._found_other_version():
            answer = self._first_page(asked)
        return served(self.platform, Resource.STATEMENTS, answer)

    def follow(self, more: str) -> Answer:
        """The answer to the link to the next page. Another origin is refused: credentials go along.

        Raises PlatformError.
        """
        try:
            link = urljoin(f"{self._http.base_url}{Resource.STATEMENTS}", more)
            return self._http.follow(link, headers=self._headers(), call=_MORE, judge=self._check)
        except ValueError as error:
            reason = "the link to the next page is no address"
            raise PlatformMisread(self.platform, _MORE, reason) from error

    def page(self, answer: Answer) -> Served:
        """The page in the answer to a link. Raises PlatformError."""
        if 400 <= answer.status < 500 and not refuses_us(answer):
            raise PlatformUnreachable(
                self.platform,
                _MORE,
                f"HTTP {answer.status}: the LRS no longer honours its link to the next page; what was read "
                "before is kept, sync again",
                instead=Instead.NOT_THERE,
            )
        return served(self.platform, _MORE, answer)

    def _first_page(self, asked: Mapping[str, str]) -> Answer:
        return self._http.get(Resource.STATEMENTS, params=asked, headers=self._headers(), judge=self._check)

    def _check(self, answer: Answer) -> None:
        """A page that ends before its end is half of one, where its length was not told."""
        if answer.status == 200 and broke_off(answer):
            raise half(self.platform, Resource.STATEMENTS)

    def _headers(self) -> dict[str, str]:
        return {_VERSION_HEADER: self._version}

    def _found_other_version(self) -> bool:
        """An LRS that speaks 2.0 only is spoken to in 2.0; its statements are read alike."""
        try:
            listed = self.versions() or ()
        except PlatformError:
            return False  # the answer to what was really asked tells more
        if not listed or VERSION in listed:
            return False
        self._version = max(listed)
        return True


_MORE = "next page of /statements"
_ABOUT = msgspec.json.Decoder(About)
