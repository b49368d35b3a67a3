"""Our pages served over HTTP, with a platform of another make, `lti1p3platform`, that launches them.

Nothing stands in for anything: waitress serves our pages, the platform its own, a client with a cookie jar
goes from one to the other, and our side fetches the platform's key set through the real adapter.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPErrorProcessor, ProxyHandler, build_opener

from joserfc.jwk import RSAKey
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration as PeerRegistration
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from adapters.lti.key_sets import PlatformKeySets
from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.ports import PlatformCourse
from lms_scoring.store import SqlStore
from lms_scoring.web.launch.launching import Launching
from tests.fixtures.pages import pages
from tests.integration.launches.school import LEARNER, OWN_KEYS
from tests.integration.lti.asking import RealClock, connecting, root
from tests.integration.web.school import COURSE, RULES, SOURCE
from tests.serving import serving as served_by_waitress

ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership#{}"


@lru_cache(maxsize=2)
def pair(name: str) -> tuple[str, str]:
    """A key of the platform, private and public, in PEM."""
    key = RSAKey.generate_key(2048, parameters={"kid": name})
    return key.as_pem(private=True).decode(), key.as_pem(private=False).decode()


@dataclass
class Platform:
    """The other platform: who is logged in there, and which key it signs with."""

    server: HTTPServer
    tool: str
    sub: str = LEARNER
    roles: list[str] = field(default_factory=lambda: [ROLE.format("Learner")])
    key: str = "first"
    deep_linking: bool = False
    forms: list[dict[str, str]] = field(default_factory=list)
    key_sets_fetched: int = 0

    def __post_init__(self) -> None:
        self.base = root(self.server)
        self.server.expect_request("/course").respond_with_handler(self._course)
        self.server.expect_request("/authorize").respond_with_handler(self._authorize)
        self.server.expect_request("/keys").respond_with_handler(self._keys)

    def conf(self) -> _Conf:
        return _Conf(base=self.base, tool=self.tool, key=self.key)

    def _course(self, request: Request) -> Response:
        login = _Login(None, self.conf())
        login.set_lti_message_hint(hint="activity-1")
        answer: Response = login.initiate_login(self.sub)
        return answer

    def _authorize(self, request: Request) -> Response:
        launch = _Launch(_Asked(request.args.to_dict()), self.conf())
        launch.set_user_data(self.sub, self.roles, full_name="刘 磊", email_address="liu@lc.example")
        launch.set_resource_link_claim("link-1", title="研修状态")
        launch.set_launch_context_claim("2", context_title="远程培训")
        launch.set_ags(f"{self.base}/lineitems")
        if self.deep_linking:
            launch.set_dl(f"{self.base}/placed", extra_data={"echo": "this"})
        self.forms.append(launch.lti_launch())
        return Response(json.dumps(self.forms[-1]))

    def _keys(self, request: Request) -> Response:
        self.key_sets_fetched += 1
        return Response(json.dumps(self.conf().get_jwks()))


class _Conf(LTI1P3PlatformConfAbstract):  # type: ignore[misc]  # the library ships no types
    def init_platform_config(self, **kwargs: Any) -> None:
        private, public = pair(kwargs["key"])
        self._registration = (
            PeerRegistration()
            .set_iss(kwargs["base"])
            .set_client_id("client-1")
            .set_deployment_id("1")
            .set_oidc_login_url(f"{kwargs['tool']}/lti/login")
            .set_launch_url(f"{kwargs['tool']}/lti/launch")
            .set_deeplink_launch_url(f"{kwargs['tool']}/lti/launch")
            .set_platform_private_key(private)
            .set_platform_public_key(public)
            .set_tool_key_set_url(f"{kwargs['tool']}/lti/jwks")
        )

    def get_registration_by_params(self, **kwargs: Any) -> PeerRegistration:
        return self._registration


class _Login(OIDCLoginAbstract):  # type: ignore[misc]  # the library ships no types
    def set_lti_message_hint(self, **kwargs: Any) -> None:
        self._lti_message_hint = kwargs["hint"]

    def get_redirect(self, url: str) -> Response:
        return Response(status=302, headers={"Location": url})


class _Launch(LTIAdvantageMessageLaunchAbstract):  # type: ignore[misc]  # the library ships no types
    def render_launch_form(self, launch_data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        return launch_data


@dataclass
class _Asked:
    get_data: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What a browser was shown in the end."""

    status: int
    url: str
    text: str


class Browser:
    """Keeps cookies and follows redirects; believes its own machine without HTTPS, as browsers do."""

    def __init__(self) -> None:
        self.cookies = CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(self.cookies), _Calm())

    def get(self, address: str) -> Answer:
        return self._asked(address)

    def post(self, address: str, form: Mapping[str, str]) -> Answer:
        return self._asked(address, urlencode(form).encode())

    def _asked(self, address: str, data: bytes | None = None) -> Answer:
        with self._opener.open(address, data, timeout=120) as answer:
            return Answer(answer.status, answer.url, answer.read().decode())


class _Calm(HTTPErrorProcessor):
    """Lets redirects go on, and takes a refusal for an answer."""

    def http_response(self, request: Any, response: Any) -> Any:
        return super().http_response(request, response) if 300 <= response.status < 400 else response


@dataclass
class Served:
    """Our pages on a port, and the platform that launches them."""

    url: str
    store: SqlStore
    platform: Platform

    def begin(self, browser: Browser) -> dict[str, str]:
        """From the platform's course page over both logins; the form that the platform then has."""
        form: dict[str, str] = json.loads(browser.get(f"{self.platform.base}/course").text)
        assert form.pop("launch_url") == f"{self.url}/lti/launch"
        return form

    def arrive(self, browser: Browser) -> Answer:
        """The same, and what the tool shows once the form is posted."""
        return browser.post(f"{self.url}/lti/launch", self.begin(browser))


@contextmanager
def serving(where: Path | str, httpserver: HTTPServer) -> Iterator[Served]:
    """Serves the pages over the school's database, a file or an address, until the block ends."""
    store = SqlStore(f"sqlite:///{where}" if isinstance(where, Path) else where)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        platform = Platform(httpserver, url)
        _register(store, platform.base)
        app = pages(
            store=store,
            courses=lambda: {COURSE: RULES},
            clock=RealClock(),
            public_url=url,
            launching=Launching(
                key_sets=PlatformKeySets(connecting(deadline=60.0), clock=RealClock()),
                own_keys=lambda: OWN_KEYS,
            ),
        )
        with served_by_waitress(app, listening):
            yield Served(url, store, platform)
    store.close()


def _register(store: SqlStore, base: str) -> None:
    registration = Registration(
        issuer=base,
        client_id="client-1",
        auth_url=f"{base}/authorize",
        token_url=f"{base}/token",
        jwks_url=f"{base}/keys",
        standing=Approval.ACTIVE,
        platform=SOURCE,
        deployments={"1": Approval.ACTIVE},
    )
    with store.writing() as transaction:
        number = transaction.keep_registration(registration, at=1)
        transaction.keep_platform_course(
            PlatformCourse(
                registration=number, context="2", title=None, course=COURSE, deployment="1", seen_at=1
            )
        )
