"""The school of the pages' tests, launched from a Moodle: its users are the people of the roster."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect
from werkzeug.test import TestResponse

from lms_scoring.domain.registration import Approval, LaunchState, Registration
from lms_scoring.lti.id_token import Key, signing_keys
from lms_scoring.lti.key_sets import KeySets
from lms_scoring.lti.keys import OwnKey, rotated
from lms_scoring.lti.refusal import LaunchRefused, Refusal
from lms_scoring.ports import PlatformCourse
from lms_scoring.store import SqlStore
from lms_scoring.web.access.credentials import digest_of
from lms_scoring.web.access.launch_cookies import state_cookie
from lms_scoring.web.launch.launching import Launching
from tests.fixtures.pages import pages
from tests.integration.web.school import COURSE, RULES, SOURCE, StoppedClock
from tests.launches.platform import (
    CLIENT,
    DEPLOYMENT,
    ISSUER,
    NONCE,
    NOW,
    TARGET,
    claims,
    key_set,
    token,
)

PUBLIC = "https://tool.example"
LEARNER, OTHER_CLASS, TUTOR, COORDINATOR, BOTH = "3", "8", "31", "40", "60"
"""User ids at the Moodle; the roster's persons are `moodle-` and these."""


@dataclass
class KnownKeys:
    """The platforms' keys, as if they had been fetched; of a registration that is not among `others`, those
    of the school's Moodle."""

    known: Mapping[str, Key] = field(default_factory=lambda: signing_keys(key_set()))
    others: dict[int, Mapping[str, Key]] = field(default_factory=dict)
    refusal: Refusal | None = None

    def key(self, registration: Registration, kid: str) -> Key:
        if self.refusal is not None:
            raise LaunchRefused(self.refusal, "as the test wants it")
        known = self.others.get(registration.id, self.known)
        if kid not in known:
            raise LaunchRefused(Refusal.KEY_UNKNOWN, "no such key")
        return known[kid]


OWN_KEYS: list[OwnKey] = rotated([], at=1)


@dataclass
class LaunchSchool:
    """The pages over a store, and a platform that launches them."""

    where: Path | str
    store: SqlStore
    clock: StoppedClock
    keys: KnownKeys
    registration: int
    logins: int = 0
    key_sets: KeySets | None = None
    """Where keys are fetched; None: they are `keys`."""

    @property
    def file(self) -> Path:
        """Where it keeps its data, if in a file."""
        assert isinstance(self.where, Path)
        return self.where

    @cached_property
    def app(self) -> Flask:
        """What serves the pages."""
        return pages(
            store=self.store,
            courses=lambda: {COURSE: RULES},
            clock=self.clock,
            public_url=PUBLIC,
            launching=Launching(key_sets=self.key_sets or self.keys, own_keys=lambda: OWN_KEYS),
        )

    def client(self) -> FlaskClient:
        """A browser with no cookies yet."""
        return self.app.test_client()

    def state(self, **changed: Any) -> str:
        """A login under way, whose browser's secret is `browser`."""
        self.logins += 1
        state = f"state-{self.logins}"
        usual: dict[str, Any] = {
            "registration": self.registration,
            "nonce": NONCE,
            "target": TARGET,
            "browser": digest_of("browser"),
            "expires_at": self.clock.time + 600_000,
        }
        with self.store.writing() as transaction:
            transaction.keep_state(digest_of(state), LaunchState(**{**usual, **changed}))
        return state

    def post(
        self, client: FlaskClient, text: str, *, state: str | None = None, browser: str | None = "browser"
    ) -> TestResponse:
        """Posts the platform's form; None: the browser kept no cookie."""
        state = self.state() if state is None else state
        if browser is not None:
            client.set_cookie(state_cookie(state), browser, domain="tool.example", secure=True)
        return client.post("/lti/launch", base_url=PUBLIC, data={"state": state, "id_token": text})

    def launch(self, client: FlaskClient, **changed: Any) -> TestResponse:
        """A good launch; the answer after its redirects."""
        answer = self.post(client, token(claims(**changed)))
        while answer.status_code == 303:
            answer = self.get(client, answer.headers["Location"], answer)
        return answer

    def get(self, client: FlaskClient, address: str, before: TestResponse | None = None) -> TestResponse:
        """Asks for a page of ours with the cookies that the browser was given."""
        return client.get(address, base_url=PUBLIC)

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        with self.store.engine.connect() as connection:
            return {
                name: connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one()  # noqa: S608
                for name in inspect(connection).get_table_names()
            }


@contextmanager
def launch_school(where: Path | str) -> Iterator[LaunchSchool]:
    """Opens a filled school, a file or an address, and registers its Moodle."""
    store = SqlStore(f"sqlite:///{where}" if isinstance(where, Path) else where)
    clock = StoppedClock(NOW * 1_000)
    with store.writing() as transaction:
        registration = transaction.keep_registration(
            Registration(
                issuer=ISSUER,
                client_id=CLIENT,
                auth_url=f"{ISSUER}/mod/lti/auth.php",
                token_url=f"{ISSUER}/mod/lti/token.php",
                jwks_url=f"{ISSUER}/mod/lti/certs.php",
                standing=Approval.ACTIVE,
                platform=SOURCE,
                deployments={DEPLOYMENT: Approval.ACTIVE},
            ),
            at=clock.time,
        )
        transaction.keep_platform_course(
            PlatformCourse(
                registration=registration,
                context="2",
                title="远程培训",
                course=COURSE,
                deployment=DEPLOYMENT,
                seen_at=clock.time,
            )
        )
    try:
        yield LaunchSchool(where, store, clock, KnownKeys(), registration)
    finally:
        store.close()


def number_on(page: str) -> str | None:
    """The reference number that an error page tells."""
    found = re.search(r"(?:编号：|Number: )([0-9a-f]{8})", page)
    return None if found is None else found[1]
