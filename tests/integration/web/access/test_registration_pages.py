"""The page of registrations: who may open it, and what it shows."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from lms_scoring.domain.registration import Approval
from lms_scoring.ports import Grant, Visitor
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.registering import (
    HOSTILE,
    PAGE,
    TYPED,
    WAITING,
    Office,
    granted,
    launched_administrator,
    office_over,
)
from tests.integration.web.school import ADMINISTRATOR, COORDINATOR, COURSE


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
    assert office.registrar.one(kept.id).standing is Approval.PENDING


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


SLIPPED_IN = replace(
    WAITING, jwks_url="https://keys.stranger.example/jwks", deployments={"2": Approval.PENDING}
)


def test_an_address_of_another_host_is_marked_until_its_deployment_is_approved_too(office: Office) -> None:
    kept, client = office.registrar.add_pending(SLIPPED_IN), office.administrator()

    def marked() -> tuple[list[str], list[str]]:
        page = office.page(client, PAGE)
        facts = [text for text in page.texts("dd") if "不在平台 ID 的主机上" in text]
        return facts, page.texts("p", "elsewhere")

    facts, remarks = marked()
    assert [fact.split()[0] for fact in facts] == [SLIPPED_IN.jwks_url]
    assert len(remarks) == 1
    assert office.sent(client, f"/{kept.id}/approve")[0] == 303
    assert office.registrar.one(kept.id).deployments == {"2": Approval.PENDING}
    assert marked() == (facts, remarks)
    assert office.sent(client, f"/{kept.id}/deployment", deployment="2")[0] == 303
    assert office.registrar.one(kept.id).deployments == {"2": Approval.ACTIVE}
    assert marked() == ([], [])


def test_a_platform_whose_addresses_are_its_own_has_no_mark(office: Office) -> None:
    office.registrar.add_pending(WAITING)
    assert "不在平台 ID 的主机上" not in office.page(office.administrator(), PAGE).text


def test_the_mark_is_told_in_english_too(office: Office) -> None:
    office.registrar.add_pending(SLIPPED_IN)
    client = office.administrator()
    client.set_cookie("language", "en")
    text = office.page(client, PAGE).text
    assert "not at the platform ID's host" in text
    assert "The addresses with a mark" in text


def test_the_moodle_with_the_issuers_address_is_chosen_beforehand(office: Office) -> None:
    office.registrar.add_pending(WAITING)
    page = office.page(office.administrator(), PAGE)
    assert [e.text for e in page.all("option") if "selected" in e.attributes] == ["moodle"]
