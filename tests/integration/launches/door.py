"""The school behind a server: what a browser sends over a socket, and what is otherwise in any table then."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

from lms_scoring.web.access.credentials import digest_of
from lms_scoring.web.access.launch_cookies import state_cookie
from tests.fixtures.rows import Change, Rows
from tests.integration.launches.school import PUBLIC, LaunchSchool, number_on
from tests.launches.platform import CLIENT, ISSUER, TARGET
from tests.serving import serving

_FORM = "application/x-www-form-urlencoded"
_PATIENCE = 60.0
Fields = Mapping[str, str | Sequence[str]]
REFUSALS = range(400, 500)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; nothing was followed."""

    status: int
    headers: Sequence[tuple[str, str]]
    text: str

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for each, value in self.headers if each.lower() == name.lower()]

    @property
    def location(self) -> str:
        (address,) = self.all("Location")
        return address


@dataclass(frozen=True)
class Door:
    """A school that is served on a port of this machine, as if a proxy stood before it."""

    school: LaunchSchool
    port: int
    rows: Rows

    def send(
        self,
        method: str,
        path: str,
        fields: Fields | None = None,
        *,
        cookies: Mapping[str, str] | None = None,
    ) -> Answer:
        """By POST the fields are a form, by GET they stand in the address."""
        encoded = urlencode(fields or {}, doseq=True)
        headers = {"Host": urlsplit(PUBLIC).netloc}
        if cookies:
            told = "; ".join(f"{name}={value}" for name, value in cookies.items())
            headers["Cookie"] = told.encode().decode("latin-1")  # as browsers send other letters
        if method == "POST":
            headers["Content-Type"] = _FORM
        connection = HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        try:
            address = f"{path}?{encoded}" if method == "GET" and encoded else path
            connection.request(method, address, encoded if method == "POST" else None, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.getheaders(), answer.read().decode())
        finally:
            connection.close()

    def launch(self, text: str, *, state: str | None = None, browser: str | None = "browser") -> Answer:
        """Posts the platform's form; None: the browser kept no cookie."""
        state = self.school.state() if state is None else state
        cookies = {} if browser is None else {state_cookie(state): browser}
        return self.send("POST", "/lti/launch", {"state": state, "id_token": text}, cookies=cookies)

    def login(self, method: str = "POST", **changed: str | None) -> Answer:
        """A platform's login initiation; None: without that parameter."""
        said: dict[str, str | None] = {
            "iss": ISSUER,
            "login_hint": "3",
            "target_link_uri": TARGET,
            "lti_message_hint": '{"cmid":28,"launchid":"ltilaunch1_1"}',
            "client_id": CLIENT,
            "lti_deployment_id": "1",
            **changed,
        }
        fields = {name: value for name, value in said.items() if value is not None}
        return self.send(method, "/lti/login", fields)

    def refused(
        self,
        sent: Callable[[], Answer],
        *,
        uses: str | None = None,
        meets: str | None = None,
        status: Sequence[int] = REFUSALS,
    ) -> str:
        """The page of a refusal, which begins no session and shows no trace.

        Nothing else is otherwise in any table: the state `uses` is used up, and a deployment `meets` waits.
        """
        self.rows.remember()
        answer = sent()
        changes = self.rows.changed()
        assert answer.status in status, answer.text[:300]
        assert "Traceback" not in answer.text
        assert number_on(answer.text) is not None
        assert not any("__Host-course" in cookie for cookie in answer.all("Set-Cookie"))
        states, deployments = (changes.pop(name, Change()) for name in ("launch_state", "deployment"))
        assert not states.new
        assert [digest for row in states.gone for digest in row if digest == _digest(uses)] == (
            [] if uses is None else [_digest(uses)]
        )
        assert len(states.gone) == (uses is not None)
        assert not deployments.gone
        assert [(meets in row, "pending" in row) for row in deployments.new] == (
            [] if meets is None else [(True, True)]
        )
        assert changes == {}
        return answer.text

    def refuses(
        self,
        text: str,
        *,
        state: str | None = None,
        browser: str | None = "browser",
        meets: str | None = None,
        status: Sequence[int] = REFUSALS,
    ) -> str:
        """The same of a launch that uses its state up."""
        used = self.school.state() if state is None else state
        return self.refused(
            lambda: self.launch(text, state=used, browser=browser), uses=used, meets=meets, status=status
        )


def _digest(state: str | None) -> str | None:
    return None if state is None else digest_of(state)


@contextmanager
def opened(school: LaunchSchool) -> Iterator[Door]:
    """Serves the school's pages until the block ends."""
    rows = Rows(school.file)
    with socket.create_server(("127.0.0.1", 0)) as listening, serving(school.app, listening):
        yield Door(school, listening.getsockname()[1], rows)
    rows.close()
