"""Every way by which an address comes in from a platform or an administrator, and what comes of one."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from fractions import Fraction
from functools import cache
from typing import NamedTuple
from urllib.parse import quote

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from adapters.lti.grades import CourseGradebook
from adapters.lti.key_sets import PlatformKeySets
from adapters.lti.registering import Registering
from adapters.lti.service import Service
from adapters.lti.tokens import AccessTokens
from adapters.moodle.client import MoodleClient
from adapters.moodle.functions import Function
from adapters.moodle.web_service import Call
from adapters.notices import Notices
from adapters.xapi.client import XapiClient
from adapters.xapi.source import XapiSource
from lms_scoring.domain.errors import CannotBeTold, PlatformError
from lms_scoring.domain.gradebook import Grade
from lms_scoring.domain.launch import GradeService
from lms_scoring.domain.registration import Registration
from lms_scoring.lti.claims import Scope
from lms_scoring.lti.refusal import LaunchRefused
from lms_scoring.ports import Notice, NoticeKind
from tests.integration.lti.asking import (
    GRADES,
    SetClock,
    connecting,
    gives_tokens,
    own_key,
    registration,
    roster_of,
)
from tests.integration.lti.spellings import Watch, canary, was_reached

GRADE = Grade(subject="3", given=Fraction(80), at=1_795_284_487, comment="")
NOTICE = Notice(kind=NoticeKind.FAILURE, title="a", text="b")
STATEMENT = {
    "actor": {"mbox": "mailto:one@example.edu"},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},
    "object": {"id": "https://moodle.example/1"},
}
MOVED = (
    "", "/scores", "/results", "/statements", "/about", "/token", "/lineitems", "/register",
    "/webservice/rest/server.php",
)  # fmt: skip
"""Beneath an address that leads elsewhere, what is asked."""


@cache
def watch() -> Watch:
    """The one of this process: an interpreter never lets go of who watches it."""
    return Watch()


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
            ("/pages", self._pages), ("/pages/results", self._pages), ("/statements", self._statements),
            *((f"/moved{below}", self._moved) for below in MOVED),
        ):  # fmt: skip
            server.expect_request(path).respond_with_handler(answer)

    def ours(self, **urls: str) -> Registration:
        return registration(self.base, **urls)

    def book(
        self, line_items: str | None, *, own: str | None = None, used: str | None = None
    ) -> CourseGradebook:
        """`own` is the column of an activity, `used` the one that grades went into."""
        scopes = GRADES if own is None else GRADES - {Scope.LINE_ITEM} | {Scope.LINE_ITEM_READ}
        grades = GradeService(scopes=scopes, line_items=line_items, line_item=own)
        return CourseGradebook(self.service, self.ours(), grades, used=used)

    def _next(self, request: Request) -> Response:
        return Response('{"members": []}', headers=self._link())

    def _pages(self, request: Request) -> Response:
        return Response("[]", headers=self._link())

    def _link(self) -> dict[str, str]:
        link = self.bad.encode().decode("latin-1").translate({0: "%00", 9: "%09", 10: "%0a"})
        return {"Link": f'<{link}>; rel="next"'}

    def _statements(self, request: Request) -> Response:
        told = json.dumps({"statements": [STATEMENT], "more": self.bad})
        return Response(told, headers={"Content-Type": "application/json"})

    def _columns(self, request: Request) -> Response:
        one = {"id": self.bad, "resourceId": "lms-scoring", "tag": "pass-status"}
        return Response(json.dumps([one] if request.method == "GET" else one))

    def _configuration(self, request: Request) -> Response:
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")
        said = {name: self.bad if name in request.args else f"{self.base}/{name}" for name in names}
        if "moved" in request.args:
            said["registration_endpoint"] = f"{self.base}/moved/register"
        return Response(json.dumps({"issuer": self.base, **said}))

    def _moved(self, request: Request) -> Response:
        return Response(status=302, headers={"Location": quote(self.bad, safe=":/?#[]@!$&'()*+,;=%")})


class Way(NamedTuple):
    """One way for an address to come in; `quiet`: it is not asked at once, so that nothing is refused yet;
    `believed`: what means something else there than an address."""

    name: str
    go: Callable[[Platform], object]
    quiet: bool = False
    believed: Collection[str] = ()


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


def moodle(platform: Platform, url: str) -> object:
    return MoodleClient(platform.connect(url), token="t").ask(Call(Function.SITE_INFO, {}, dict))


def record_store(platform: Platform, url: str) -> object:
    """What leads back to the page itself is told as a loss, and made the error that the others raise."""
    batches = list(XapiSource(name="lrs", client=XapiClient(platform.connect(url))).pull(None, full=True))
    for problem in (one for batch in batches for one in batch.problems if batch.cut_short):
        raise PlatformError("lrs", "statements", problem.text)
    return batches


def telling(platform: Platform, path: str) -> None:
    """A notice, by a webhook: its address is the operator's word, where that leads is not."""
    if Notices([f"json://127.0.0.1:{platform.port}{path}"])(NOTICE, to=[1]):
        raise CannotBeTold("it led elsewhere")


WAYS = [
    Way("Moodle", lambda one: moodle(one, one.bad)),
    Way("record store", lambda one: record_store(one, one.bad)),
    Way("next page of statements", lambda one: record_store(one, one.base), believed=[""]),
    Way("key set", lambda one: key_set(one, one.bad)),
    Way("access token", lambda one: token(one, one.bad)),
    Way("memberships", lambda one: roster(one, one.bad)),
    Way("next page", lambda one: roster(one, f"{one.base}/next")),
    Way("line items", lambda one: one.book(one.bad).line_item(label="x")),
    Way("line item found", lambda one: one.book(f"{one.base}/columns").line_item(label="x")),
    Way("next page of line items", lambda one: one.book(f"{one.base}/pages").line_item(label="x")),
    Way("next page of results", lambda one: one.book(one.base).results(f"{one.base}/pages")),
    Way("line item of an activity", lambda one: one.book(None, own=one.bad).results(one.bad)),
    Way("line item used before", lambda one: one.book(None, own=one.base, used=one.bad).line_item(label="")),
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
    Way("redirected results", lambda one: one.book(one.base).results(f"{one.base}/moved")),
    Way("redirected line items", lambda one: one.book(f"{one.base}/moved/lineitems").line_item(label="x")),
    Way("redirected access token", lambda one: token(one, f"{one.base}/moved/token")),
    Way("redirected registration", lambda one: registering(one, f"{one.base}/config?moved")),
    Way("redirected Moodle", lambda one: moodle(one, f"{one.base}/moved")),
    Way("redirected record store", lambda one: record_store(one, f"{one.base}/moved")),
    Way("redirected notice", lambda one: telling(one, "/moved")),
]


def check(platform: Platform, way: Way, spelled: Callable[[int], Iterable[str]]) -> None:
    """No address connects anywhere, and each is refused; they are `spelled` for the port of a canary."""
    escaped, believed = [], []
    with canary() as listening:
        for bad in spelled(listening.getsockname()[1]):
            platform.bad = bad
            with watch().on() as connected:
                try:
                    way.go(platform)
                    believed.append(bad)
                except (PlatformError, LaunchRefused, CannotBeTold):
                    pass
                if connected - {("127.0.0.1", platform.port)}:
                    escaped.append((bad, set(connected)))
        assert escaped == []
        assert not was_reached(listening)
    assert way.quiet or [bad for bad in believed if bad not in way.believed] == []
