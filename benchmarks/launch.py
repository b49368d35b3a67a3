"""A launch, from the posted form to the learner's page, against what it cannot do without."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, session
from joserfc import jws
from joserfc.jwk import RSAKey
from werkzeug.test import EnvironBuilder, run_wsgi_app

from benchmarks.measuring import ratio_of, seconds_in_turns, seconds_of
from benchmarks.platform import COURSE, running_platform, settings
from lms_scoring.bootstrap import Installation, installation
from lms_scoring.cli.syncing import sync_course
from lms_scoring.course_rules import adopt_file
from lms_scoring.domain.registration import Approval, LaunchState, Registration
from lms_scoring.files.course_folder import course_files
from lms_scoring.lti.claims import Claim
from lms_scoring.lti.id_token import Key
from lms_scoring.memory import keep_for_good
from lms_scoring.ports import PlatformCourse
from lms_scoring.store.databases.sqlite import PRAGMAS
from lms_scoring.web.access.credentials import digest_of
from lms_scoring.web.access.launch_cookies import state_cookie
from lms_scoring.web.application import create_app
from lms_scoring.web.launch.launching import Launching
from lms_scoring.web.one_view import OneView, OnTheWay

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

OVER_BARE = 3.0
TIMES = 20
"""Launches in one measurement."""
PUBLIC, ISSUER, CLIENT = "https://tool.example", "https://moodle.example", "client"
LEARNER = "3"


def main() -> bool:
    """Prints the ratio, and what Flask alone takes; True if the ratio is within its limit."""
    with _school() as school:
        works = (school.launch_often, school.do_the_least, answer_barely)
        ours, least, flask = seconds_in_turns(works, rounds=9)
    found, of_flask = ratio_of(ours, least), ratio_of(flask, least)
    print(
        f"launch: {found.ours / TIMES * 1_000:.1f} ms from the form to the learner's page, one verification "
        f"and two durable commits {found.theirs / TIMES * 1_000:.1f} ms: {found.ratio:.2f} times "
        f"(limit {OVER_BARE})"
    )
    print(
        f"launch: {of_flask.ours / TIMES * 1_000:.1f} ms for two answers of a bare Flask with a session "
        f"cookie: {of_flask.ratio:.2f} times (no limit)"
    )
    return found.ratio <= OVER_BARE


def answer_barely() -> float:
    """The seconds of two answers a launch, the form's and the page's, that say and store next to nothing."""
    app, asked = _bare_flask(), _request("/")

    def answer() -> None:
        cookie = ""
        for _ in range(2 * TIMES):
            _, _, headers = run_wsgi_app(app, {**asked, "HTTP_COOKIE": cookie}, buffered=True)
            cookie = headers["Set-Cookie"].partition(";")[0]

    return seconds_of(answer)


@dataclass
class _Keys:
    """The platform's key, as it is known after a first launch."""

    pair: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048))

    def key(self, registration: Registration, kid: str) -> Key:
        return self.pair


@dataclass
class _School:
    """The recorded course, scored, and browsers that are launched into it."""

    here: Installation
    keys: _Keys
    app: Flask
    bare: sqlite3.Connection
    registration: int
    page: WSGIEnvironment = field(default_factory=lambda: _request("/"))
    """The request of a page, without its path."""
    launches: int = 0

    def launch_often(self) -> float:
        """The seconds from the forms to the pages; what came before a form is left out."""
        forms = [self._form() for _ in range(TIMES)]

        def arrive() -> None:
            for form in forms:
                self._arrive(form)

        return seconds_of(arrive)

    def do_the_least(self) -> float:
        """The seconds of as many verifications, and twice as many commits."""
        token = self._token("nonce")

        def least() -> None:
            for number in range(TIMES):
                jws.deserialize_compact(token, self.keys.pair, algorithms=["RS256"])
                for commit in range(2):
                    with self.bare:
                        self.bare.execute("BEGIN IMMEDIATE")
                        self.bare.execute("INSERT INTO least (text) VALUES (?)", (f"{number} {commit}",))

        return seconds_of(least)

    def _form(self) -> WSGIEnvironment:
        """What a browser posts that went to the platform by a login of ours."""
        self.launches += 1
        state = f"state-{self.launches}"
        kept = LaunchState(
            registration=self.registration,
            nonce=state,
            target=f"{PUBLIC}/lti/launch",
            browser=digest_of("browser"),
            expires_at=self.here.clock.now() + 600_000,
        )
        with self.here.store.writing() as transaction:
            transaction.keep_state(digest_of(state), kept)
        form = {"state": state, "id_token": self._token(state)}
        cookie = f"{state_cookie(state)}=browser"
        return _request("/lti/launch", method="POST", data=form, headers={"Cookie": cookie})

    def _arrive(self, form: WSGIEnvironment) -> None:
        """Goes on as a browser does until there is a page."""
        _, status, headers = run_wsgi_app(self.app, form, buffered=True)
        cookie = headers["Set-Cookie"].partition(";")[0]
        while status.startswith("303"):
            _, status, headers = run_wsgi_app(
                self.app,
                {**self.page, "PATH_INFO": headers["Location"], "HTTP_COOKIE": cookie},
                buffered=True,
            )
        assert status.startswith("200"), status

    def _token(self, nonce: str) -> str:
        now = self.here.clock.now() // 1_000
        claims = {
            "iss": ISSUER,
            "aud": CLIENT,
            "sub": LEARNER,
            "iat": now,
            "exp": now + 60,
            "nonce": nonce,
            Claim.DEPLOYMENT: "1",
            Claim.TARGET: f"{PUBLIC}/lti/launch",
            Claim.ROLES: ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
            Claim.CONTEXT: {"id": "2"},
            Claim.MESSAGE_TYPE: "LtiResourceLinkRequest",
            Claim.VERSION: "1.3.0",
            Claim.RESOURCE_LINK: {"id": "1"},
        }
        header = {"alg": "RS256", "kid": "key"}
        return jws.serialize_compact(
            header, json.dumps(claims).encode(), self.keys.pair, algorithms=["RS256"]
        )


@contextmanager
def _school() -> Iterator[_School]:
    with tempfile.TemporaryDirectory(prefix="lms-scoring-bench-") as name:
        folder = Path(name)
        with running_platform() as platform:
            here = installation(settings(platform, folder), working_folder=folder)
            courses = here.settings.courses
            adopt_file(course_files(courses).right[COURSE], here.store, folder=courses, clock=here.clock)
            sync_course(here, COURSE, full=False)
        keys = _Keys()
        registration = _registered(here)
        view = OneView(here.store)
        app = create_app(
            store=view,
            courses=partial(here.adopted, OnTheWay(view)),
            clock=here.clock,
            public_url=PUBLIC,
            launching=Launching(key_sets=keys, own_keys=list),
        )
        keep_for_good()  # as every process that serves pages does
        with closing(_bare(folder / "bare.sqlite")) as bare:
            yield _School(here, keys, app, bare, registration)


def _registered(here: Installation) -> int:
    with here.store.writing() as transaction:
        registration = transaction.keep_registration(
            Registration(
                issuer=ISSUER,
                client_id=CLIENT,
                auth_url=f"{ISSUER}/auth",
                token_url=f"{ISSUER}/token",
                jwks_url=f"{ISSUER}/keys",
                standing=Approval.ACTIVE,
                platform="moodle",
                deployments={"1": Approval.ACTIVE},
            ),
            at=here.clock.now(),
        )
        transaction.keep_platform_course(
            PlatformCourse(
                registration=registration,
                context="2",
                title=None,
                course=COURSE,
                deployment="1",
                seen_at=here.clock.now(),
            )
        )
    return registration


def _request(path: str, **more: Any) -> WSGIEnvironment:
    """What a server makes of a browser's request."""
    return EnvironBuilder(path, PUBLIC, **more).get_environ()


def _bare_flask() -> Flask:
    """An application that greets whoever its session knows."""
    app = Flask("bare")
    app.secret_key = "bare"

    @app.route("/", methods=["GET"])
    def greet() -> str:
        session["visits"] = session.get("visits", 0) + 1
        return "Hello"

    return app


def _bare(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(pragma)
    connection.execute("CREATE TABLE least (text)")
    return connection
