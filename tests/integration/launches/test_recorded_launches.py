"""Launches of a real Moodle 4.5, as they were recorded, posted to the pages over HTTP: each shows its page.

The login is the recorded form, the token the recorded one with its own signature, checked by the recorded
key set that a server publishes, at the time of the recording. What the real Moodle never sent (no name, other
roles) is its own launch with that changed, signed anew by a key that stands beside its own.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from adapters.lti.key_sets import PlatformKeySets
from lms_scoring.domain import evidence as ev
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.lti.claims import Claim
from lms_scoring.lti.id_token import signing_keys, verified_claims
from lms_scoring.lti.keys import public_key_set
from lms_scoring.ports import ADMINISTRATOR, COORDINATOR, Grant, PlatformCourse
from lms_scoring.services.scoring.assess import assess
from lms_scoring.store import SqlStore
from lms_scoring.web.access.credentials import digest_of
from lms_scoring.web.launch.launching import Launching
from tests.fixtures.pages import pages
from tests.fixtures.rows import Rows
from tests.integration.launches.school import OWN_KEYS, number_on
from tests.integration.launches.served import Answer, Browser
from tests.integration.lti.asking import connecting, root
from tests.integration.web.school import COURSE, FIRST, RULES, SECOND_CLASS, SOURCE, StoppedClock, home
from tests.launches.platform import claims_in, key_set, token, without
from tests.serving import serving

RECORDED: Mapping[str, Any] = json.loads(
    (Path(__file__).parents[2] / "fixtures/lti/moodle_launches.json").read_text(encoding="utf-8")
)
LAUNCHES: Mapping[str, Any] = RECORDED["launches"]
OLD_KEY = "learner_aud_mismatch_resourcekey"
"""A Moodle's fault: the activity has a key of LTI 1.1 left, for which the token is made out."""
PLACING = "deeplink_admin"
OPENING = sorted(set(LAUNCHES) - {OLD_KEY, PLACING})
PUBLIC = "http://127.0.0.1:8811/launch"
"""What we were called there: its root is the address that the recorded activity leads to."""
SKEWS = (-55, 0, 55)
"""Seconds by which our clock was ahead of the Moodle's."""
PEOPLE = {
    "3": ("刘磊", {ev.Role.LEARNER: FIRST}),
    "35": ("罗桂英", {ev.Role.LEARNER: SECOND_CLASS}),
    "62": ("王伟", {ev.Role.LEARNER: SECOND_CLASS, ev.Role.TUTOR: FIRST}),
    "63": ("苏建华", {ev.Role.TUTOR: FIRST}),
}
"""By user id, of those who were recorded and have a part in the course; the others were granted theirs."""
GRANTS = {"65": (COORDINATOR, COURSE), "2": (ADMINISTRATOR, None)}
SHOWN = {
    "learner": (f"/courses/{COURSE}/people/moodle-3", "刘磊"),
    "learner_g2": (f"/courses/{COURSE}/people/moodle-35", "罗桂英"),
    "tutor": (f"/courses/{COURSE}/desk", FIRST),
    "both_roles": (f"/courses/{COURSE}/start", "龙城区"),
    "manager": (f"/courses/{COURSE}/overview", "龙城区"),
    "admin": (f"/courses/{COURSE}/overview", "龙城区"),
}
"""Where each recorded launch leads, and what stands there."""


@dataclass
class Site:
    """Our pages on a port, the recorded Moodle around them, and the rows behind them."""

    url: str
    store: SqlStore
    clock: StoppedClock
    rows: Rows

    def begins(self, browser: Browser, name: str, said: Mapping[str, Any]) -> str:
        """The recorded login; the state that it came back with, which is for the recorded answer alone."""
        asked = json.loads(browser.post(f"{self.url}/lti/login", LAUNCHES[name]["login"]).text)
        assert asked["login_hint"] == LAUNCHES[name]["login"]["login_hint"]
        assert asked["lti_message_hint"] == LAUNCHES[name]["login"]["lti_message_hint"]
        digest = digest_of(asked["state"])
        with self.store.writing() as transaction:
            state = transaction.take_state(digest)
            assert state is not None
            assert state.nonce == asked["nonce"]
            transaction.keep_state(digest, replace(state, nonce=said["nonce"]))
        return str(asked["state"])

    def arrives(self, browser: Browser, name: str, text: str, *, ahead: int = 0) -> Answer:
        """What is shown to a browser in the end, our clock being so many seconds ahead of the Moodle's."""
        said = claims_in(text)
        self.clock.time = (said["iat"] + ahead) * 1_000
        state = self.begins(browser, name, said)
        self.rows.remember()
        return browser.post(f"{self.url}/lti/launch", {"state": state, "id_token": text})


@pytest.fixture(scope="module")
def site(filled_school: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    file = Path(copy(filled_school, tmp_path_factory.mktemp("recorded") / "school.sqlite"))
    with HTTPServer() as moodle, served(file, moodle) as running:
        yield running


@contextmanager
def served(file: Path, moodle: HTTPServer) -> Iterator[Site]:
    keys = {"keys": [*RECORDED["key_set"]["keys"], *key_set()["keys"]]}
    moodle.expect_request("/mod/lti/certs.php").respond_with_json(keys)
    moodle.expect_request("/mod/lti/auth.php").respond_with_handler(_as_asked)
    store, clock = SqlStore(f"sqlite:///{file}"), StoppedClock()
    _register(store, root(moodle))
    _enrol(store, clock)
    app = pages(
        store=store,
        courses=lambda: {COURSE: RULES},
        clock=clock,
        public_url=PUBLIC,
        launching=Launching(
            key_sets=PlatformKeySets(connecting(deadline=60.0), clock=clock), own_keys=lambda: OWN_KEYS
        ),
    )
    rows = Rows(file)
    with socket.create_server(("127.0.0.1", 0)) as listening, serving(app, listening):
        yield Site(f"http://127.0.0.1:{listening.getsockname()[1]}", store, clock, rows)
    rows.close()
    store.close()


def _as_asked(request: Request) -> Response:
    """Tells what the platform was asked for, in place of the form that was recorded."""
    return Response(json.dumps(request.args.to_dict()))


def _register(store: SqlStore, moodle: str) -> None:
    """The recorded Moodle under its own name; it is asked where the tests' server is."""
    login = LAUNCHES["learner"]["login"]
    registration = Registration(
        issuer=login["iss"],
        client_id=login["client_id"],
        auth_url=f"{moodle}/mod/lti/auth.php",
        token_url=f"{moodle}/mod/lti/token.php",
        jwks_url=f"{moodle}/mod/lti/certs.php",
        standing=Approval.ACTIVE,
        platform=SOURCE,
        deployments={login["lti_deployment_id"]: Approval.ACTIVE},
    )
    with store.writing() as transaction:
        number = transaction.keep_registration(registration, at=1)
        transaction.keep_platform_course(
            PlatformCourse(
                registration=number, context="2", title=None, course=COURSE, deployment="1", seen_at=1
            )
        )


def _enrol(store: SqlStore, clock: StoppedClock) -> None:
    """Who was recorded has the part in the course that the recorded Moodle gave them."""
    people = [
        KnownPerson(id=f"moodle-{id_}", name=name, accounts=(home(f"moodle-{id_}"),))
        for id_, (name, _) in PEOPLE.items()
    ]
    places = [
        ev.Membership(
            id=f"recorded-{id_}-{role.value}",
            person=home(f"moodle-{id_}"),
            role=role,
            class_=class_,
            status=ev.MembershipStatus.ACTIVE,
        )
        for id_, (_, parts) in PEOPLE.items()
        for role, class_ in parts.items()
        if id_ != "3"  # of the school's own roster
    ]
    with store.writing() as transaction:
        transaction.keep_people(people)
        run = transaction.begin_run(COURSE, SOURCE, at=clock.now())
        transaction.keep_records(COURSE, SOURCE, places, run=run)
        for id_, (role, course) in GRANTS.items():
            transaction.keep_grant(Grant(person=f"moodle-{id_}", role=role, course=course))
    assess(RULES, store, clock=clock)


def the_launch_alone(site: Site, state_used: int = 1) -> None:
    """One session began, and of the login nothing is left."""
    changes = site.rows.changed()
    assert len(changes["session"].new) == 1
    assert len(changes["launch_state"].gone) == state_used
    assert not changes["launch_state"].new
    met = {"platform_course", "platform_subject", "person", "account"}  # the first time
    assert changes.keys() <= {"session", "launch_state", *met}


@pytest.mark.parametrize("ahead", SKEWS)
@pytest.mark.parametrize("name", OPENING)
def test_a_recorded_launch_opens_the_page_of_its_role(site: Site, name: str, ahead: int) -> None:
    browser = Browser()
    shown = site.arrives(browser, name, LAUNCHES[name]["id_token"], ahead=ahead)
    path, words = SHOWN[name]
    assert (shown.status, shown.url) == (200, f"{site.url}{path}")
    assert words in shown.text
    the_launch_alone(site)
    assert browser.get(f"{site.url}{path}").status == 200
    assert Browser().get(f"{site.url}{path}").status == 401


@pytest.mark.parametrize("ahead", SKEWS)
def test_a_recorded_author_places_a_link(site: Site, ahead: int) -> None:
    text = LAUNCHES[PLACING]["id_token"]
    shown = site.arrives(Browser(), PLACING, text, ahead=ahead)
    assert shown.status == 200
    (settings,) = [said for name, said in claims_in(text).items() if name.endswith("deep_linking_settings")]
    assert settings["deep_link_return_url"].partition("?")[0] in shown.text
    signed = shown.text.split('name="JWT" value="')[1].split('"')[0]
    own = signing_keys(public_key_set(OWN_KEYS))
    registration = Registration(issuer="", client_id="", auth_url="", token_url="", jwks_url="")
    answer = verified_claims(signed, next(iter(own.values())), registration)
    assert answer["aud"] == LAUNCHES[PLACING]["login"]["iss"]
    assert site.rows.changed().keys() == {"launch_state"}


def test_a_recorded_fault_of_a_moodle_is_told_and_lets_nobody_in(site: Site) -> None:
    browser = Browser()
    shown = site.arrives(browser, OLD_KEY, LAUNCHES[OLD_KEY]["id_token"])
    assert shown.status == 400
    assert number_on(shown.text) is not None
    assert "密钥" in shown.text
    assert site.rows.changed().keys() == {"launch_state"}


@pytest.mark.parametrize("ahead", [-61, 121])
def test_a_recorded_launch_is_too_early_or_too_late_beyond_what_clocks_may_differ(
    site: Site, ahead: int
) -> None:
    shown = site.arrives(Browser(), "learner", LAUNCHES["learner"]["id_token"], ahead=ahead)
    assert shown.status == 400
    assert site.rows.changed().keys() == {"launch_state"}


PRIVATE = ("name", "given_name", "family_name")
Change = Callable[[Mapping[str, Any]], Mapping[str, Any]]
UNKNOWN = ["http://purl.imsglobal.org/vocab/lis/v2/uknownrole/unknown#Helper", "urn:our:own:role"]


def _without(*names: str) -> Change:
    return lambda said: without(said, *names)


def _with_roles(*more: str) -> Change:
    return lambda said: {**said, Claim.ROLES: [*said[Claim.ROLES], *more]}


KEPT_BACK: Mapping[str, Change] = {
    "no name": _without(*PRIVATE),
    "no e-mail": _without("email"),
    "neither name nor e-mail": _without(*PRIVATE, "email", Claim.CUSTOM),
    "no services": _without(Claim.GRADES, Claim.NAMES_AND_ROLES),
    "roles that nobody knows beside its own": _with_roles(*UNKNOWN),
}
"""What a platform may keep back, or say beside, without anybody being anybody else for it."""


@pytest.mark.parametrize("change", KEPT_BACK.values(), ids=KEPT_BACK)
@pytest.mark.parametrize("name", OPENING)
def test_a_recorded_launch_that_keeps_something_back_opens_the_same_page(
    site: Site, name: str, change: Change
) -> None:
    shown = site.arrives(Browser(), name, token(change(claims_in(LAUNCHES[name]["id_token"]))))
    path, words = SHOWN[name]
    assert (shown.status, shown.url) == (200, f"{site.url}{path}")
    assert words in shown.text
    the_launch_alone(site)


@pytest.mark.parametrize("name", OPENING)
def test_a_recorded_launch_without_its_course_says_where_to_open_it(site: Site, name: str) -> None:
    said = without(claims_in(LAUNCHES[name]["id_token"]), Claim.CONTEXT)
    shown = site.arrives(Browser(), name, token(said))
    assert (shown.status, shown.url) == (200, f"{site.url}/lti/no-course")
    assert "Please open this from a course" in shown.text
    the_launch_alone(site)


@pytest.mark.parametrize("roles", [UNKNOWN, [], [""]], ids=["unknown", "none", "empty"])
@pytest.mark.parametrize("name", OPENING)
def test_a_recorded_launch_of_no_role_that_we_know_shows_what_is_the_visitors_own(
    site: Site, name: str, roles: list[str]
) -> None:
    """Who learns has a card whatever the platform says; who guides is told whom to ask; roles that we gave
    hold."""
    said = {**claims_in(LAUNCHES[name]["id_token"]), Claim.ROLES: roles}
    shown = site.arrives(Browser(), name, token(said))
    learns = name in ("learner", "learner_g2", "both_roles")
    was_granted = name in ("manager", "admin")
    assert shown.status == (200 if learns or was_granted else 403), shown.text[:300]
    assert "Traceback" not in shown.text
    if learns:
        assert "/people/moodle-" in shown.url
    the_launch_alone(site)
