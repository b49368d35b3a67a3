"""Cookies of launches: they live in a frame of another site, so they belong to that site's pages (CHIPS).

Measured in Chromium: of all attributes only `SameSite=None; Secure; Partitioned` survives where third-party
cookies are blocked. The prefix `__Host-` keeps other hosts from planting them.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from flask.globals import request_ctx
from werkzeug.wrappers import Response

STATE_LASTS = 10 * 60
"""Seconds between being sent to the platform and coming back."""
_SESSION = "__Host-course-"


def state_cookie(state: str) -> str:
    """The name of the cookie that binds one login to its browser; each has its own, for parallel tabs."""
    return f"__Host-state-{_short(state)}"


@lru_cache(maxsize=4_096)
def session_cookie(place: str) -> str:
    """The name of the cookie of a session in one course: a browser may have several open."""
    return f"{_SESSION}{_short(place)}"


def session_secrets() -> list[str]:
    """The secrets of all launch sessions that the request brings."""
    cookies = request_ctx.request.cookies
    return [cookies[name] for name in sorted(cookies) if name.startswith(_SESSION)]


def put(response: Response, name: str, value: str, *, seconds: int) -> None:
    """Puts a cookie that survives in a frame."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )


def drop(response: Response, name: str) -> None:
    """Takes the cookie away."""
    response.delete_cookie(name, path="/", secure=True, httponly=True, samesite="None", partitioned=True)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
