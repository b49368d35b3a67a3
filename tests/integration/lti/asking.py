"""What the tests of this folder ask with: a clock that is set, clients that wait for nothing, our key."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache

from pytest_httpserver import HTTPServer

from adapters.http import HttpClient
from adapters.lti.grades import CourseGradebook
from adapters.lti.names_and_roles import NamesAndRoles
from adapters.lti.origins import Connect
from adapters.lti.service import MOST_PAGES, Service
from adapters.lti.tokens import AccessTokens
from lms_scoring.domain.launch import GradeService
from lms_scoring.domain.registration import Registration
from lms_scoring.lti.claims import Scope
from lms_scoring.lti.keys import OwnKey, Turn, new_key
from lms_scoring.ports import Clock

NOW = 1_795_284_410_000
MINUTE = 60_000
HERE = ("127.0.0.1", "localhost")
GRADES = frozenset(scope.value for scope in (Scope.LINE_ITEM, Scope.RESULT_READ, Scope.SCORE))


@dataclass
class SetClock:
    """A clock that a test sets."""

    at: int = NOW

    def now(self) -> int:
        return self.at


class RealClock:
    """The time of day, for peers that look at their own clock."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000


@lru_cache(maxsize=1)
def own_key() -> OwnKey:
    """Ours; made once, because that takes a moment."""
    return new_key(Turn.CURRENT, at=NOW)


def connecting(
    *, allowed: Collection[str] = HERE, deadline: float = 5.0, attempts: int = 1, max_bytes: int = 1024 * 1024
) -> Connect:
    """Makes clients of a platform called campus, behind the real address rule."""

    def connect(origin: str) -> HttpClient:
        return HttpClient(
            platform="campus",
            base_url=origin,
            allowed_private=allowed,
            deadline=deadline,
            attempts=attempts,
            max_bytes=max_bytes,
            pause=lambda seconds: None,
        )

    return connect


def registration(base: str, *, token_url: str | None = None, jwks_url: str | None = None) -> Registration:
    """One with a platform whose addresses all begin with `base`, unless they are named."""
    return Registration(
        id=1,
        issuer=base,
        client_id="client-1",
        auth_url=f"{base}/auth",
        token_url=f"{base}/token" if token_url is None else token_url,
        jwks_url=f"{base}/keys" if jwks_url is None else jwks_url,
    )


def service(
    *,
    connect: Connect | None = None,
    clock: Clock | None = None,
    new_id: Callable[[], str] = lambda: "assertion-1",
    most_pages: int = MOST_PAGES,
) -> Service:
    """A service with tokens of its own."""
    connect = connect or connecting()
    tokens = AccessTokens(connect, own_key=own_key, clock=clock or SetClock(), new_id=new_id)
    return Service(connect, tokens=tokens, most_pages=most_pages)


def gives_tokens(server: HTTPServer) -> None:
    """The server gives a token to whoever asks."""
    given = {"access_token": "token-1", "expires_in": 3600}
    server.expect_request("/token", method="POST").respond_with_json(given)


def root(server: HTTPServer) -> str:
    """The server's origin."""
    return server.url_for("").rstrip("/")


def roster_of(asking: Service) -> NamesAndRoles:
    return NamesAndRoles(asking)


def gradebook(
    base: str,
    *,
    scopes: frozenset[str] = GRADES,
    asking: Service | None = None,
    line_items: str | None = "/2/lineitems?type_id=1",
    line_item: str | None = None,
    used: str | None = None,
) -> CourseGradebook:
    """The gradebook of a course of the platform at `base`."""
    grades = GradeService(
        scopes=scopes,
        line_items=None if line_items is None else base + line_items,
        line_item=None if line_item is None else base + line_item,
    )
    return CourseGradebook(asking or service(), registration(base), grades, used=used)
