"""No address that a platform or an administrator can give leads into our own network: nothing connects."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple
from urllib.parse import quote

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from adapters.lti.grades import CourseGradebook
from adapters.lti.key_sets import PlatformKeySets
from adapters.lti.registering import Registering
from adapters.lti.service import Service
from adapters.lti.tokens import AccessTokens
from lms_scoring.domain.errors import LmsScoringError, PlatformError
from lms_scoring.domain.gradebook import Grade
from lms_scoring.domain.launch import GradeService
from lms_scoring.domain.registration import Registration
from lms_scoring.lti.refusal import LaunchRefused
from tests.integration.lti.asking import (
    GRADES,
    SetClock,
    connecting,
    gives_tokens,
    own_key,
    registration,
    roster_of,
)
from tests.integration.lti.spellings import Watch, canary, spellings, was_reached

GRADE = Grade(subject="3", given=Fraction(80), at=1_795_284_487, comment="")
WATCH = Watch()


class Platform:
    """An honest platform but for one address, which is `bad` wherever it is asked for.

    It alone is on the operator's list, by its port, so that whatever else is connected to is a hole.
    """

    def __init__(self, server: HTTPServer) -> None:
        self.port = server.port
        self.base = f"http://127.0.0.1:{server.port}"
        self.connect = connecting(allowed=[f"127.0.0.1:{server.port}"], deadline=2.0)
        tokens = AccessTokens(self.connect, own_key=own_key, clock=SetClock())
        self.service = Service(self.connect, tokens=tokens)
        self.bad = ""
        gives_tokens(server)
        for path, answer in (
            ("/next", self._next), ("/columns", self._columns), ("/config", self._configuration),
            ("/moved", self._moved), ("/moved/scores", self._moved), ("/moved/results", self._moved),
        ):  # fmt: skip
            server.expect_request(path).respond_with_handler(answer)

    def ours(self, **urls: str) -> Registration:
        return registration(self.base, **urls)

    def book(self, line_items: str) -> CourseGradebook:
        grades = GradeService(scopes=GRADES, line_items=line_items)
        return CourseGradebook(self.service, self.ours(), grades)

    def _next(self, request: Request) -> Response:
        link = self.bad.encode().decode("latin-1").translate({0: "%00", 9: "%09", 10: "%0a"})
        return Response('{"members": []}', headers={"Link": f'<{link}>; rel="next"'})

    def _columns(self, request: Request) -> Response:
        one = {"id": self.bad, "resourceId": "lms-scoring", "tag": "pass-status"}
        return Response(json.dumps([one] if request.method == "GET" else one))

    def _configuration(self, request: Request) -> Response:
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")
        said = {name: self.bad if name in request.args else f"{self.base}/{name}" for name in names}
        return Response(json.dumps({"issuer": self.base, **said}))

    def _moved(self, request: Request) -> Response:
        return Response(status=302, headers={"Location": quote(self.bad, safe=":/?#[]@!$&'()*+,;=%")})


class Way(NamedTuple):
    """One way for an address to come in; `quiet`: it is not asked at once, so that nothing is refused yet."""

    name: str
    go: Callable[[Platform], object]
    quiet: bool = False


def key_set(platform: Platform, url: str) -> object:
    return PlatformKeySets(platform.connect, clock=SetClock()).key(platform.ours(jwks_url=url), "a")


def token(platform: Platform, url: str) -> object:
    tokens = AccessTokens(platform.connect, own_key=own_key, clock=SetClock())
    return tokens.token(platform.ours(token_url=url), ["scope"])


def roster(platform: Platform, url: str) -> object:
    return roster_of(platform.service).roster(platform.ours(), url)


def registering(platform: Platform, url: str) -> object:
    return Registering(platform.connect, public_url="https://tool.example").register(url, token="t")


def sending(platform: Platform, line_items: str, line_item: str) -> None:
    """A receipt tells the reason, so it is made the error that the others raise."""
    receipt = platform.book(line_items).send(line_item, GRADE)
    raise PlatformError("campus", "score", receipt.reason)


WAYS = [
    Way("key set", lambda one: key_set(one, one.bad)),
    Way("access token", lambda one: token(one, one.bad)),
    Way("memberships", lambda one: roster(one, one.bad)),
    Way("next page", lambda one: roster(one, f"{one.base}/next")),
    Way("line items", lambda one: one.book(one.bad).column(label="x")),
    Way("line item found", lambda one: one.book(f"{one.base}/columns").column(label="x")),
    Way("line item kept, grade", lambda one: sending(one, f"{one.base}/columns", one.bad)),
    Way("line item kept, results", lambda one: one.book(f"{one.base}/columns").results(one.bad)),
    Way("service and line item, grade", lambda one: sending(one, one.bad, one.bad)),
    Way("configuration", lambda one: registering(one, one.bad)),
    Way("registration endpoint", lambda one: registering(one, f"{one.base}/config?registration_endpoint")),
    Way("token endpoint told", lambda one: registering(one, f"{one.base}/config?token_endpoint"), quiet=True),
    Way("key set told", lambda one: registering(one, f"{one.base}/config?jwks_uri"), quiet=True),
    Way("redirected key set", lambda one: key_set(one, f"{one.base}/moved")),
    Way("redirected roster", lambda one: roster(one, f"{one.base}/moved")),
    Way("redirected configuration", lambda one: registering(one, f"{one.base}/moved")),
    Way("redirected grade", lambda one: sending(one, f"{one.base}/columns", f"{one.base}/moved")),
]


@pytest.fixture
def platform(httpserver: HTTPServer) -> Platform:
    return Platform(httpserver)


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with canary() as door:
        yield door


def test_there_are_enough_spellings_and_none_twice() -> None:
    written = spellings(40_000)
    assert len(written) == len(set(written))
    assert len(written) >= 120


@pytest.mark.slow(reason="every spelling comes in by every way, and some ways sign an assertion first")
@pytest.mark.parametrize("way", WAYS, ids=[way.name for way in WAYS])
def test_nothing_connects(platform: Platform, listening: socket.socket, way: Way) -> None:
    escaped, believed = [], []
    for bad in spellings(listening.getsockname()[1]):
        platform.bad = bad
        with WATCH.on() as connected:
            try:
                way.go(platform)
                believed.append(bad)
            except (PlatformError, LaunchRefused):
                pass
            if connected - {("127.0.0.1", platform.port)}:
                escaped.append((bad, set(connected)))
    assert escaped == []
    assert not was_reached(listening)
    assert way.quiet or believed == []


def test_the_watch_sees_a_connection_and_the_canary_feels_it(listening: socket.socket) -> None:
    with WATCH.on() as connected:
        socket.create_connection(listening.getsockname()).close()
    assert connected == {listening.getsockname()}
    assert was_reached(listening)


def test_a_name_is_looked_up_once_and_what_was_checked_is_connected_to(platform: Platform) -> None:
    """A name on the list is the operator's word for it; the same machine by another name is not."""
    platform.bad = platform.base.replace("127.0.0.1", "localhost")
    with WATCH.on() as connected, pytest.raises(LmsScoringError):
        roster(platform, f"{platform.bad}/members")
    assert not connected
