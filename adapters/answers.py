"""What a platform answered, and what a status or a page for people means whoever answered it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from lms_scoring.domain.errors import PlatformBusy, PlatformRefused
from lms_scoring.domain.failure import Instead

_LONGEST_NUMBER = 18
_LONGEST_WAIT = 7 * 24 * 3600
_LATER = {
    408: Instead.LATE,
    425: Instead.OUT_OF_ORDER,
    429: Instead.TOO_MANY,
    503: Instead.MAINTENANCE,
    504: Instead.LATE,
}
_FORM_TO_SIGN_IN = re.compile(
    rb"""type\s*=\s*["']?password|action\s*=\s*["'][^"']*(?:login|signin|sso|/cas/)""", re.IGNORECASE
)


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

    @property
    def page(self) -> Instead | None:
        """Which page for people it is, whatever it is called; None: it is none."""
        if self.body.lstrip()[:1] != b"<" and "html" not in self.media_type:
            return None
        return Instead.LOGIN_PAGE if _FORM_TO_SIGN_IN.search(self.body) else Instead.WEB_PAGE


def refuse_status(answer: Answer, *, platform: str, call: str) -> None:
    """Raises PlatformBusy where asking later may help, PlatformRefused for a redirect; nothing else."""
    status = answer.status
    if status in _LATER or status >= 500:
        raise PlatformBusy(
            platform,
            call,
            f"HTTP {status}: under maintenance, overloaded or out of order; try again later",
            wait=retry_after(answer.headers),
            instead=_LATER.get(status),
        )
    if 300 <= status < 400:
        raise PlatformRefused(
            platform,
            call,
            f"HTTP {status}: it redirects, to its login page or to a new address; redirects are "
            "not followed. Check the base URL (https? moved?) and the token",
            instead=Instead.REDIRECT,
        )


def retry_after(headers: Mapping[str, str]) -> int | None:
    """Seconds that the platform wants to be left alone, a week at most; None: it does not say."""
    text = headers.get("retry-after", "").strip()
    seconds = whole_number(text)
    if seconds is None:
        until, now = _moment(text), _moment(headers.get("date", ""))
        if until is None or now is None:
            return None
        seconds = max(int((until - now).total_seconds()), 0)
    return min(seconds, _LONGEST_WAIT)


def whole_number(text: str) -> int | None:
    """A whole number in plain digits; other scripts have digits too, and no end has to be read."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else None


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
