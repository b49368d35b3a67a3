"""A school whose administrators register platforms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from lms_scoring.domain.registration import Registration
from lms_scoring.lti.keys import OwnKey, rotated
from lms_scoring.lti.refusal import LaunchRefused, Refusal
from lms_scoring.ports import Grant, Launched, Visitor
from lms_scoring.services.access.registrations import Registrar
from lms_scoring.store import SqlStore
from lms_scoring.web.access.credentials import digest_of
from lms_scoring.web.launch.launching import Launching
from tests.fixtures.pages import pages
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import ADMINISTRATOR, COURSE, RULES, School, StoppedClock

PAGE = "/administration/registrations"
MOODLES = {"moodle": "https://moodle.example.edu", "other": "https://other.example.edu"}
TYPED = {
    "issuer": "https://moodle.example.edu",
    "client_id": "abc",
    "auth_url": "https://moodle.example.edu/mod/lti/auth.php",
    "token_url": "https://moodle.example.edu/mod/lti/token.php",
    "jwks_url": "https://moodle.example.edu/mod/lti/certs.php",
    "deployment": "",
    "token_audience": "",
    "platform": "",
}
WAITING = Registration(
    **{name: TYPED[name] for name in ("issuer", "client_id", "auth_url", "token_url", "jwks_url")},  # type: ignore[arg-type] # texts all
)
HOSTILE = '<b>"&'


class NoKeys:
    """Nobody launches in these tests."""

    def key(self, registration: Registration, kid: str) -> Any:
        raise LaunchRefused(Refusal.KEY_UNKNOWN, "no keys here")


def nobody_registers(configuration_url: str, *, token: str | None) -> Registration:
    """No platform is asked in these tests."""
    raise LaunchRefused(Refusal.CONFIGURATION, "nobody registers here")


@dataclass(frozen=True)
class Office(School):
    """A school whose administrators register platforms."""

    registrar: Registrar

    def administrator(self) -> FlaskClient:
        return self.signed_in(ADMINISTRATOR)

    def sent(self, client: FlaskClient, path: str = "", **fields: str) -> tuple[int, HtmlPage]:
        """Posts a form of the page; the status before a redirect, and the page after it."""
        token = token_of(client)
        answer = client.post(f"{PAGE}{path}", data={"token": token, **fields})
        status = answer.status_code
        if status == 303:
            assert answer.headers["Location"].startswith(f"{PAGE}#registration-")
            answer = client.get(PAGE)
        page = HtmlPage(answer.text)
        assert page.faults == []
        return status, page


def token_of(client: FlaskClient) -> str:
    page = HtmlPage(client.get(PAGE).text)
    return next(e.attributes["value"] for e in page.all("input") if e.attributes.get("name") == "token")


@cache
def own_keys() -> list[OwnKey]:
    """Made once, because that takes a moment."""
    return rotated([], at=1)


@contextmanager
def office_over(file: Path, *, public_url: str = "http://127.0.0.1:8000") -> Iterator[Office]:
    store, clock = SqlStore(f"sqlite:///{file}"), StoppedClock()
    private = frozenset({"moodle.lan"})
    registrar = Registrar(store=store, clock=clock, platforms=MOODLES, private_hosts=private)
    ring = own_keys()
    app = pages(
        store=store,
        courses=lambda: {COURSE: RULES},
        clock=clock,
        public_url=public_url,
        launching=Launching(
            key_sets=NoKeys(), own_keys=lambda: ring, registrar=registrar, register=nobody_registers
        ),
    )
    app.testing = True
    try:
        yield Office(store=store, app=app, clock=clock, registrar=registrar)
    finally:
        store.close()


def granted(office: Office, person: str, role: str, course: str | None) -> str:
    with office.store.writing() as transaction:
        transaction.keep_grant(Grant(person=person, role=role, course=course))
    return person


def launched_administrator(office: Office) -> FlaskClient:
    """Somebody with the grant, who came by a launch this time."""
    person = granted(office, "moodle-3", "administrator", None)
    kept = office.registrar.add(WAITING)
    launched = Launched(registration=kept.id, context="2", subject="3", course=COURSE, administrator=True)
    everything = (Grant(person="", role="administrator", course=None),)
    with office.store.writing() as transaction:
        visitor = Visitor(person=person, roles=everything, launched=launched)
        transaction.keep_session(digest_of("secret"), visitor, at=0, expires_at=10**15)
    client = office.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = "Bearer secret"
    return client
