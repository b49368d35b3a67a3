"""A tool and a browser for the LTI side of the stand-in: they know of it what the specifications say."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from lms_scoring.demonstration.http_door import HttpDoor
from lms_scoring.demonstration.lti import names
from lms_scoring.demonstration.running import RunningMoodle
from lms_scoring.demonstration.wire import Answer, Request, json_answer

CLIENT = "vv03kRGp5aS1vS4"
"""The client id of the recorded tool."""
ALL_SCOPES = (*names.GRADE_SCOPES, names.MEMBERSHIP)


def new_key(kid: str = "tool-1") -> RSAKey:
    """A key pair of the tool."""
    return RSAKey.generate_key(2048, parameters={"kid": kid, "alg": "RS256", "use": "sig"})


@cache
def usual_key() -> RSAKey:
    """The one that tools begin with; making keys takes longer than most that is tested with them."""
    return new_key()


@dataclass
class PeerTool:
    """A tool that publishes its key set; ``key_answer`` replaces that answer."""

    url: str
    key: RSAKey = field(default_factory=usual_key)
    key_answer: Answer | None = None
    key_requests: int = 0
    client_id: str = CLIENT
    agents: list[str] = field(default_factory=list)

    def answer(self, request: Request) -> Answer:
        """The key set; there is nothing else to be had."""
        self.key_requests += 1
        self.agents.append(request.headers.get("user-agent", ""))
        return self.key_answer or json_answer({"keys": [self.key.as_dict(private=False)]})

    def signed(self, claims: dict[str, Any]) -> str:
        """A JWT of the tool's."""
        header = {"alg": "RS256", "typ": "JWT", "kid": self.key.kid}
        return jwt.encode(header, claims, self.key, algorithms=["RS256"])

    def registered(self, moodle: RunningMoodle, **more: Any) -> dict[str, Any]:
        """Registers the tool by hand."""
        told = {
            "login_url": f"{self.url}/oidc/login",
            "redirect_uris": [f"{self.url}/launch"],
            "jwks_url": f"{self.url}/jwks",
            "target": f"{self.url}/launch",
            "client_id": self.client_id,
        }
        made: dict[str, Any] = moodle.change("register_tool", **told | more)
        return made

    def token_answer(
        self, moodle: RunningMoodle, scopes: str = " ".join(ALL_SCOPES), **changed: Any
    ) -> requests.Response:
        """The token endpoint's answer to an assertion; claims that are None are left out."""
        now = moodle.server.model.now()
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": f"{moodle.url}{names.TOKEN}",
            "iat": now,
            "exp": now + 300,
            "jti": secrets.token_hex(8),
            **changed,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self.signed(kept),
            "scope": scopes,
        }
        return requests.post(f"{moodle.url}{names.TOKEN}", data=form, timeout=20)

    def token(self, moodle: RunningMoodle, scopes: str = " ".join(ALL_SCOPES)) -> str:
        """An access token."""
        return str(self.token_answer(moodle, scopes).json()["access_token"])


@contextmanager
def running_tool() -> Iterator[PeerTool]:
    """A tool on loopback."""
    door = HttpDoor()
    tool = PeerTool(door.url)
    door.open(tool.answer)
    try:
        yield tool
    finally:
        door.close()


@dataclass
class Form:
    """A form of a page."""

    action: str
    fields: dict[str, str]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append(Form(told.get("action", ""), {}))
        elif tag == "input" and self.found and "name" in told:
            self.found[-1].fields[told["name"]] = told.get("value", "")


def forms_of(page: requests.Response) -> list[Form]:
    """The forms of a page."""
    reader = _Forms()
    reader.feed(page.text)
    return reader.found


@dataclass
class Browser:
    """A browser at the stand-in; it follows no redirect by itself."""

    url: str
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **parameters: str) -> requests.Response:
        """A page."""
        return self.session.get(f"{self.url}{path}", params=parameters, timeout=20, allow_redirects=False)

    def post(self, path: str, **fields: str) -> requests.Response:
        """A form posted."""
        return self.session.post(f"{self.url}{path}", data=fields, timeout=20, allow_redirects=False)

    def sign_in(self, user: int) -> Browser:
        """Signs in by the switch."""
        assert self.post("/login/switch", user=str(user), course="2").status_code == 303
        return self

    def begin(self, path: str = "/mod/lti/launch.php?id=28") -> Form:
        """What the page of an activity posts to the tool's login."""
        page = self.get(path)
        assert page.status_code == 200, page.text
        (form,) = forms_of(page)
        return form

    def asked(self, login: Form, **changed: str | None) -> dict[str, str]:
        """The tool's question who the visitor is; what is None is left out."""
        question = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": login.fields["client_id"],
            "redirect_uri": login.fields["target_link_uri"],
            "state": "state-1",
            "nonce": "nonce-1",
            "login_hint": login.fields["login_hint"],
            "lti_message_hint": login.fields["lti_message_hint"],
            **changed,
        }
        return {name: value for name, value in question.items() if value is not None}

    def answer(self, login: Form, **changed: str | None) -> requests.Response:
        """The platform's answer to it."""
        return self.get(names.AUTH, **self.asked(login, **changed))

    def launched(self, path: str = "/mod/lti/launch.php?id=28") -> dict[str, Any]:
        """The claims of a whole launch, checked against the published key set."""
        (form,) = forms_of(self.answer(self.begin(path)))
        assert form.fields["state"] == "state-1"
        return self.read(form.fields["id_token"])

    def read(self, token: str) -> dict[str, Any]:
        """The claims of an id_token that the published key set signs."""
        keys = KeySet.import_key_set(self.get(names.KEYS).json())
        read = jwt.decode(token, keys, algorithms=["RS256"])
        assert read.header["typ"] == "JWT"
        return dict(read.claims)

    def sesskey(self, path: str) -> str:
        """The visit's key, as a page of the stand-in has it."""
        return next(form.fields["sesskey"] for form in forms_of(self.get(path)) if "sesskey" in form.fields)


@dataclass
class Services:
    """Calls of the services with a token."""

    url: str
    token: str

    def __call__(
        self, method: str, path: str, body: object = None, *, kind: str = "", accept: str = "*/*"
    ) -> requests.Response:
        """One call; ``path`` follows ``services.php``, or is a whole address."""
        url = path if urlsplit(path).scheme else f"{self.url}{names.SERVICES}{path}"
        headers = {"Authorization": f"Bearer {self.token}", "Accept": accept}
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        return requests.request(
            method, url, data=data, headers=headers | ({"Content-Type": kind} if kind else {}), timeout=20
        )

    def score(self, column: str, user: int, at: str, **more: Any) -> requests.Response:
        """Sends a score."""
        told = {
            "userId": str(user),
            "timestamp": at,
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded",
            "scoreMaximum": 100,
            **more,
        }
        return self("POST", into(column, "/scores"), told, kind=names.SCORE_TYPE)

    def results(self, column: str, **filters: int) -> dict[str, dict[str, Any]]:
        """The results by person."""
        more = "".join(f"&{name}={value}" for name, value in filters.items())
        told = self("GET", into(column, "/results") + more, accept=names.RESULTS_TYPE)
        return {row["userId"]: row for row in told.json()}

    def column(self, course: int = 2, **more: Any) -> str:
        """A new column's address."""
        told = {"scoreMaximum": 100, "label": "研修评分", "resourceId": "r", "tag": "t", **more}
        made = self("POST", f"/{course}/lineitems?type_id=1", told, kind=names.LINE_ITEM_TYPE)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])


def into(column: str, part: str) -> str:
    """The address of a part of a column: in the path, before the query."""
    path, _, query = column.partition("?")
    return f"{path}{part}?{query}"


def query_of(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(address).query).items()}
