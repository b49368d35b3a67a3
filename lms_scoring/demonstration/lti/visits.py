"""Signed-in browsers: a cookie, a visit, the parameters of what was asked."""

import secrets
from dataclasses import dataclass
from functools import cached_property
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie

from lms_scoring.demonstration.lti.state import LtiState, Visit
from lms_scoring.demonstration.wire import Request

COOKIE = "MoodleSession"


@dataclass
class Asked:
    """A browser's request: its parameters, and whose it is (``visit`` None: nobody's)."""

    request: Request
    visit: Visit | None

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Those of query and form; of two the later one."""
        return dict(self.request.parameters())

    def number(self, name: str) -> int | None:
        """A parameter that is a number; None of anything else."""
        value = self.parameters.get(name, "")
        return int(value) if value.isascii() and value.isdigit() else None

    @property
    def confirmed(self) -> bool:
        """Whether the visit's own key came along, so that no other site sent the browser here."""
        given = self.parameters.get("sesskey", "").encode()
        return self.visit is not None and compare_digest(self.visit.sesskey.encode(), given)


def asked_by(state: LtiState, request: Request) -> Asked:
    """The request with its visit."""
    try:
        cookie = SimpleCookie(request.headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        cookie = None
    return Asked(request, None if cookie is None else state.visits.get(cookie.value))


def signed_in(state: LtiState, user: int) -> tuple[Visit, str]:
    """A new visit, and the ``Set-Cookie`` that keeps it. Over HTTP a Moodle names no SameSite."""
    name, visit = secrets.token_hex(13), Visit(user)
    state.visits[name] = visit
    return visit, f"{COOKIE}={name}; path=/; HttpOnly"
