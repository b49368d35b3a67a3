"""The page of registrations: who may open it, what it shows, what its forms do and what they refuse."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from lms_scoring.domain.registration import Registration, Standing
from lms_scoring.lti.keys import OwnKey, rotated
from lms_scoring.lti.refusal import LaunchRefused, Refusal
from lms_scoring.ports import Grant, Launched, Visitor
from lms_scoring.services.access.registrations import Registrar
from lms_scoring.store import SqlStore
from lms_scoring.web.access.credentials import digest_of
from lms_scoring.web.launch.launching import Launching
from tests.fixtures.pages import pages
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import ADMINISTRATOR, COORDINATOR, COURSE, RULES, School, StoppedClock

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
    registrar = Registrar(store=store, clock=clock, moodles=MOODLES, private_hosts=frozenset({"moodle.lan"}))
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


@pytest.fixture
def office(filled: Path, tmp_path: Path) -> Iterator[Office]:
    file = tmp_path / "office.sqlite"
    shutil.copy(filled, file)
    with office_over(file) as opened:
        yield opened


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


# -- who may ------------------------------------------------------------------------------------------


def test_an_administrator_of_everything_may_open_the_page(office: Office) -> None:
    assert office.page(office.administrator(), PAGE).texts("h1") == ["平台登记"]
    person = granted(office, "moodle-3", "administrator", None)
    assert office.page(office.signed_in(person), PAGE).texts("h1") == ["平台登记"]


def test_nobody_else_may(office: Office) -> None:
    of_a_course = granted(office, "moodle-6", "administrator", COURSE)
    refused: dict[str, FlaskClient] = {
        "a learner": office.signed_in("moodle-4"),
        "a coordinator": office.signed_in(COORDINATOR),
        "a coordinator of all courses": office.signed_in(granted(office, "moodle-5", "coordinator", None)),
        "an administrator of a course": office.signed_in(of_a_course),
        "a link for one course": office.signed_in(
            Visitor(person=None, roles=(Grant(person="", role="administrator", course=COURSE),))
        ),
        "an administrator who was launched": launched_administrator(office),
    }
    before = office.registrar.all()
    for who, client in refused.items():
        assert client.get(PAGE).status_code == 403, who
        assert client.get(f"{PAGE}/1/change").status_code == 403, who
        for path in ("", "/1/approve", "/1/disable", "/1/deployment", "/1/change", "/1/remove"):
            assert client.post(f"{PAGE}{path}").status_code in (400, 403), f"{who} {path}"
    assert office.app.test_client().get(PAGE).status_code == 401
    assert office.registrar.all() == before


def test_the_right_token_does_not_make_an_administrator(office: Office) -> None:
    kept = office.registrar.add_pending(WAITING)
    client = office.signed_in(COORDINATOR)
    page = HtmlPage(client.get(f"/courses/{COURSE}/").text)
    token = next(e.attributes["value"] for e in page.all("input") if e.attributes.get("name") == "token")
    assert client.post(f"{PAGE}/{kept.id}/approve", data={"token": token}).status_code == 403
    assert office.registrar.one(kept.id).standing is Standing.PENDING


def test_forms_without_the_token_do_nothing(office: Office) -> None:
    client = office.administrator()
    assert client.post(PAGE, data=TYPED).status_code == 400
    assert office.registrar.all() == []


def test_only_administrators_see_the_way_to_the_page(office: Office) -> None:
    board = f"/courses/{COURSE}/"
    links = {e.attributes.get("href") for e in office.page(office.administrator(), board).all("a")}
    assert PAGE in links
    links = {e.attributes.get("href") for e in office.page(office.signed_in(COORDINATOR), board).all("a")}
    assert PAGE not in links


# -- what it shows ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_is_sound_in_both_languages(office: Office, language: str) -> None:
    office.registrar.add(WAITING)
    with office.store.writing() as transaction:
        transaction.meet_deployment(1, HOSTILE, at=1)
    client = office.administrator()
    client.set_cookie("language", language)
    page = office.page(client, PAGE)
    assert HOSTILE in page.text
    assert {label.attributes["for"] for label in page.all("label")} >= set(TYPED)


def test_it_gives_the_addresses_to_type_into_a_platform(filled: Path, tmp_path: Path) -> None:
    file = tmp_path / "office.sqlite"
    shutil.copy(filled, file)
    with office_over(file, public_url="https://scores.example.edu:8443/") as office:
        client = office.app.test_client()
        base = "https://scores.example.edu:8443"
        client.post(office.link(ADMINISTRATOR), base_url=base)
        page = HtmlPage(client.get(PAGE, base_url=base).text)
    codes = page.texts("code")
    for path in ("/lti/register", "/lti/launch", "/lti/login", "/lti/jwks"):
        assert f"{base}{path}" in codes
    assert "groups=$Moodle.Person.userGroupIds" in codes
    assert "不能包含 scores.example.edu 或它的 IP 地址" in page.text
    assert "要有 8443" in page.text
    assert "LMS_SCORING_PUBLIC_URL 不是 https" not in page.text


def test_it_warns_where_our_own_address_is_not_https(office: Office) -> None:
    assert "LMS_SCORING_PUBLIC_URL 不是 https" in office.page(office.administrator(), PAGE).text


def test_what_waits_shows_every_address_to_check(office: Office) -> None:
    office.registrar.add_pending(WAITING)
    (entry,) = office.page(office.administrator(), PAGE).all("section", "entry")
    for text in (WAITING.issuer, WAITING.client_id, WAITING.auth_url, WAITING.token_url, WAITING.jwks_url):
        assert text in entry.text
    assert "等待批准" in entry.text
    assert "请只批准您自己在平台上发起" in entry.text


def test_the_moodle_with_the_issuers_address_is_chosen_beforehand(office: Office) -> None:
    office.registrar.add_pending(WAITING)
    page = office.page(office.administrator(), PAGE)
    assert [e.text for e in page.all("option") if "selected" in e.attributes] == ["moodle"]


# -- what its forms do ---------------------------------------------------------------------------------------


def test_a_platform_is_added_by_hand(office: Office) -> None:
    typed = {
        **TYPED,
        "issuer": f"  {TYPED['issuer']} ",
        "deployment": "1\r\n\r\n 2 \r\n",
        "token_audience": "https://aud.example",
    }
    status, page = office.sent(office.administrator(), **typed)
    assert status == 303
    assert "abc" in page.text
    (kept,) = office.registrar.all()
    assert (kept.issuer, kept.client_id, kept.standing) == (TYPED["issuer"], "abc", Standing.ACTIVE)
    assert kept.deployments == {"1": Standing.ACTIVE, "2": Standing.ACTIVE}
    assert (kept.token_audience, kept.platform) == ("https://aud.example", "moodle")


def test_every_mistake_stands_beside_its_field_and_what_was_typed_stays(office: Office) -> None:
    wrong = {
        "issuer": "http://moodle.example.edu",
        "client_id": "",
        "auth_url": f"https://x.example/{HOSTILE}",
        "token_url": "https://moodle.example.edu:99/token",
        "jwks_url": "https://a.example/" + "a" * 2_000,
        "deployment": "1\n" + "x" * 256,
        "token_audience": "a\u202eb",
        "platform": "moo",
    }
    status, page = office.sent(office.administrator(), **wrong)
    assert status == 400
    said = {e.attributes["id"].removesuffix("-wrong"): e.text for e in page.all("span", "wrong")}
    assert set(said) == set(wrong)
    assert said["client_id"] == "请填写"
    elements = [e for tag in ("input", "textarea", "select") for e in page.all(tag)]
    fields = {e.attributes["id"]: e for e in elements if "id" in e.attributes}
    assert set(fields) == set(wrong)
    for name, element in fields.items():
        assert element.attributes["aria-invalid"] == "true"
        assert f"{name}-wrong" in element.attributes["aria-describedby"].split()
    assert fields["auth_url"].attributes["value"] == wrong["auth_url"]
    (alert,) = (e.text for e in page.all("p", "wrong"))
    assert "8" in alert
    assert office.registrar.all() == []


def test_a_field_that_is_right_has_no_mistake_beside_it(office: Office) -> None:
    _, page = office.sent(office.administrator(), **{**TYPED, "issuer": ""})
    assert [e.attributes["id"] for e in page.all("span", "wrong")] == ["issuer-wrong"]


def test_a_host_of_ones_own_network_may_use_http(office: Office) -> None:
    ours, theirs = "https://moodle.example.edu", "http://moodle.lan"
    lan = {name: value.replace(ours, theirs) for name, value in TYPED.items()}
    assert office.sent(office.administrator(), **lan)[0] == 303


def test_the_same_client_twice_is_a_mistake_of_that_field(office: Office) -> None:
    client = office.administrator()
    assert office.sent(client, **TYPED)[0] == 303
    status, page = office.sent(client, **TYPED)
    assert status == 400
    assert [e.attributes["id"] for e in page.all("span", "wrong")] == ["client_id-wrong"]
    (way,) = (e for e in page.all("a") if "更改第 1 号登记" in e.text)
    assert way.attributes["href"] == f"{PAGE}/1/change"
    assert client.get(way.attributes["href"]).status_code == 200
    assert office.sent(client, **{**TYPED, "client_id": "second"})[0] == 303


CHANGED = {
    "auth_url": "https://moodle.example.edu/a",
    "token_url": "https://moodle.example.edu/t",
    "jwks_url": "https://moodle.example.edu/j",
    "token_audience": "https://aud.example",
    "platform": "other",
}


def test_what_was_mistyped_is_changed_and_the_rest_stays(office: Office) -> None:
    kept = office.registrar.add(WAITING)
    client = office.administrator()
    page = office.page(client, f"{PAGE}/{kept.id}/change")
    fields = {
        e.attributes["id"]: e for tag in ("input", "select") for e in page.all(tag) if "id" in e.attributes
    }
    assert set(fields) == set(CHANGED)
    assert fields["auth_url"].attributes["value"] == WAITING.auth_url
    assert [e.text for e in page.all("option") if "selected" in e.attributes] == ["moodle"]
    assert office.sent(client, f"/{kept.id}/change", issuer="x", client_id="y", **CHANGED)[0] == 303
    assert office.registrar.all() == [replace(kept, **CHANGED)]  # type: ignore[arg-type] # texts all
    assert (
        office.sent(client, f"/{kept.id}/change", **{**CHANGED, "platform": "", "token_audience": ""})[0]
        == 303
    )
    now = office.registrar.one(kept.id)
    assert (now.platform, now.token_audience) == (None, None)


def test_every_mistake_of_a_change_stands_beside_its_field_and_what_was_typed_stays(office: Office) -> None:
    kept = office.registrar.add(WAITING)
    wrong = {
        "auth_url": f"https://x.example/{HOSTILE}",
        "token_url": "",
        "jwks_url": "http://moodle.example.edu/certs",
        "token_audience": "a\u202eb",
        "platform": "moo",
    }
    status, page = office.sent(office.administrator(), f"/{kept.id}/change", **wrong)
    assert status == 400
    assert {e.attributes["id"].removesuffix("-wrong") for e in page.all("span", "wrong")} == set(wrong)
    values = {e.attributes.get("id"): e.attributes.get("value") for e in page.all("input")}
    assert {name: values[name] for name in wrong if name != "platform"} == {
        name: value for name, value in wrong.items() if name != "platform"
    }
    (alert,) = (e.text for e in page.all("p", "wrong"))
    assert "5" in alert
    assert "尚未保存" in alert
    assert office.registrar.all() == [kept]


def test_a_moodle_that_the_settings_no_longer_name_is_told(office: Office) -> None:
    kept = office.registrar.add(WAITING)
    with office.store.writing() as transaction:
        transaction.keep_registration(replace(kept, platform="former"), at=1)
    assert "对应的 Moodle“former”已不在设置中" in office.page(office.administrator(), f"{PAGE}/1/change").text


def test_only_what_waits_is_removed(office: Office) -> None:
    client = office.administrator()
    kept = office.registrar.add_pending(WAITING)
    assert "删除第 1 号登记" in office.page(client, PAGE).text
    token = token_of(client)
    assert client.post(f"{PAGE}/{kept.id}/remove", data={"token": token}).status_code == 303
    assert office.registrar.all() == []
    kept = office.registrar.add(WAITING)
    assert "删除第" not in office.page(client, PAGE).text
    assert client.post(f"{PAGE}/{kept.id}/remove", data={"token": token}).status_code == 409
    assert office.registrar.all() == [kept]


def test_ending_a_registration_asks_once_more_and_says_what_happens(office: Office) -> None:
    office.registrar.add_pending(WAITING)
    source = office.administrator().get(PAGE).text
    asked = re.findall(r'<details class="ending">.*?</details>', source, re.DOTALL)
    assert [re.findall("<summary>(.*?)…", one) for one in asked] == [["停用"], ["删除"]]
    for one, act, text in zip(asked, ("disable", "remove"), ("立即退出", "不能恢复"), strict=True):
        assert text in one
        assert f'action="{PAGE}/1/{act}"' in one
        assert source.count(f'action="{PAGE}/1/{act}"') == 1, "no other button does it"


def test_a_registration_is_approved_with_its_moodle_and_disabled_again(office: Office) -> None:
    kept = office.registrar.add_pending(WAITING)
    client = office.administrator()
    assert office.sent(client, f"/{kept.id}/approve", platform="other")[0] == 303
    now = office.registrar.one(kept.id)
    assert (now.standing, now.platform) == (Standing.ACTIVE, "other")
    assert office.sent(client, f"/{kept.id}/approve", platform="")[0] == 303
    assert office.registrar.one(kept.id).platform is None
    assert office.sent(client, f"/{kept.id}/disable")[0] == 303
    assert office.registrar.one(kept.id).standing is Standing.DISABLED


def test_disabling_ends_the_sessions_it_began(office: Office) -> None:
    visitor = launched_administrator(office)
    assert visitor.get(f"/courses/{COURSE}/start").status_code != 401
    office.sent(office.administrator(), "/1/disable")
    assert visitor.get(f"/courses/{COURSE}/start").status_code == 401


def test_a_deployment_is_approved_whatever_it_is_called(office: Office) -> None:
    kept = office.registrar.add(WAITING)
    with office.store.writing() as transaction:
        transaction.meet_deployment(kept.id, f"7/{HOSTILE}", at=1)
    client = office.administrator()
    hidden = [
        e.attributes["value"]
        for e in office.page(client, PAGE).all("input")
        if e.attributes.get("name") == "deployment"
    ]
    assert hidden == [f"7/{HOSTILE}"]
    assert office.sent(client, f"/{kept.id}/deployment", deployment=hidden[0])[0] == 303
    assert office.registrar.one(kept.id).deployments == {f"7/{HOSTILE}": Standing.ACTIVE}


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/9/approve", {}, 404),
        ("/9/disable", {}, 404),
        ("/9/change", {}, 404),
        ("/9/remove", {}, 404),
        ("/9/deployment", {"deployment": "1"}, 404),
        ("/1/deployment", {"deployment": "never met"}, 404),
        ("/1/deployment", {}, 404),
        ("/1/approve", {"platform": "moo"}, 400),
    ],
)
def test_what_is_not_there_is_refused(office: Office, path: str, fields: dict[str, str], status: int) -> None:
    kept = office.registrar.add_pending(WAITING)
    assert office.sent(office.administrator(), path, **fields)[0] == status
    assert office.registrar.one(kept.id) == kept
