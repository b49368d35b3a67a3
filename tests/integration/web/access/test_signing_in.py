"""One-time links, sessions, and forms that only our own pages can send."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from lms_scoring.domain.instants import HOUR, MINUTE
from lms_scoring.ports import Visitor
from tests.fixtures.pages import pages
from tests.integration.web.broken_store import BrokenStore
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COORDINATOR, COURSE, School, StoppedClock

LEARNER = Visitor(person="moodle-3")
CARD = f"/courses/{COURSE}/people/moodle-3"
BOARD = f"/courses/{COURSE}/"


def token(client: FlaskClient) -> str:
    page = HtmlPage(client.get(CARD).text)
    tokens = {e.attributes["value"] for e in page.all("input") if e.attributes.get("name") == "token"}
    (only,) = tokens
    return only


def test_looking_at_a_link_does_not_use_it_up(school: School) -> None:
    link, client = school.link(LEARNER), school.app.test_client()
    for _ in range(3):
        page = school.page(client, link)
        assert page.texts("button") == ["登录"]
    assert client.post(link).status_code == 303
    assert client.get(CARD).status_code == 200


def test_a_link_works_once(school: School) -> None:
    link = school.link(LEARNER)
    assert school.app.test_client().post(link).status_code == 303
    second = school.app.test_client()
    answer = second.post(link)
    assert answer.status_code == 410
    assert "已经用过" in answer.text
    assert second.get(CARD).status_code == 401


def test_a_link_expires(own_school: School) -> None:
    link = own_school.link(LEARNER, seconds=60)
    own_school.clock.go_on(MINUTE + 1)
    assert own_school.app.test_client().post(link).status_code == 410


def test_an_unknown_link_says_nothing_about_others(school: School) -> None:
    school.link(LEARNER)
    client = school.app.test_client()
    assert client.get("/sign-in/guessed").status_code == 200
    assert client.post("/sign-in/guessed").status_code == 410


def test_a_session_ends_after_twelve_hours(own_school: School) -> None:
    client = own_school.signed_in("moodle-3")
    own_school.clock.go_on(12 * HOUR - 1)
    assert client.get(CARD).status_code == 200
    own_school.clock.go_on(2)
    assert client.get(CARD).status_code == 401


def test_signing_out_ends_the_session_for_good(school: School) -> None:
    client = school.signed_in("moodle-3")
    stolen = client.get_cookie("session")
    assert stolen is not None
    answer = client.post("/sign-out", data={"token": token(client)})
    assert answer.status_code == 200
    assert HtmlPage(answer.text).faults == []
    assert client.get_cookie("session") is None
    client.set_cookie("session", stolen.value)
    assert client.get(CARD).status_code == 401


def test_signing_in_again_ends_the_former_session(school: School) -> None:
    client = school.signed_in("moodle-3")
    former = client.get_cookie("session")
    assert former is not None
    client.post(school.link(LEARNER))
    other = school.app.test_client()
    other.set_cookie("session", former.value)
    assert client.get(CARD).status_code == 200
    assert other.get(CARD).status_code == 401


def test_a_browser_forgets_what_it_kept_once_somebody_signs_in_after_another(school: School) -> None:
    client = school.app.test_client()
    assert "Clear-Site-Data" not in client.post(school.link(LEARNER)).headers
    assert client.post(school.link(Visitor(person=COORDINATOR))).headers["Clear-Site-Data"] == '"cache"'


def test_a_used_link_leaves_a_session_as_it_is(school: School) -> None:
    client = school.signed_in("moodle-3")
    assert client.post("/sign-in/used").status_code == 410
    assert client.get(CARD).status_code == 200


@pytest.mark.parametrize("sent", [{}, {"token": ""}, {"token": "wrong"}, {"token": "错"}])
def test_a_form_without_the_sessions_token_is_refused(school: School, sent: dict[str, str]) -> None:
    client = school.signed_in("moodle-3")
    assert client.post("/sign-out", data=sent).status_code == 400
    assert client.get(CARD).status_code == 200


def test_the_token_of_another_session_is_refused(school: School) -> None:
    client, other = school.signed_in("moodle-3"), school.signed_in(COORDINATOR)
    assert client.post("/sign-out", data={"token": token(other)}).status_code == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site", "Origin": "null"}, 400),
        ({"Sec-Fetch-Site": "same-site"}, 400),
        ({"Origin": "https://elsewhere.example"}, 400),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({"Origin": "null"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({}, 303),
    ],
)
def test_no_other_site_can_sign_somebody_in(school: School, headers: dict[str, str], status: int) -> None:
    answer = school.app.test_client().post(school.link(LEARNER), headers=headers)
    assert answer.status_code == status


def test_the_cookie_is_for_this_host_over_https_alone(opened: Callable[..., School]) -> None:
    school = opened(public_url="https://scores.example.edu")
    answer = school.app.test_client().post(school.link(LEARNER), base_url="https://scores.example.edu")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_without_https_the_cookie_is_still_hidden_from_scripts(school: School) -> None:
    answer = school.app.test_client().post(school.link(LEARNER))
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("session=")
    assert {"HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Strict-Transport-Security" not in answer.headers


def test_neither_link_nor_session_can_be_read_in_the_database(own_school: School) -> None:
    client = own_school.app.test_client()
    client.post(own_school.link(LEARNER, code="the-secret-code"))
    cookie = client.get_cookie("session")
    assert cookie is not None
    database = str(own_school.store.engine.url.database)
    own_school.close()
    content = Path(database).read_bytes()
    assert b"moodle-3" in content
    assert b"the-secret-code" not in content
    assert cookie.value.encode() not in content


class MisbehavingClock(StoppedClock):
    """A clock that fails in a way nobody foresaw."""

    def now(self) -> int:
        raise ZeroDivisionError("no time")


def test_a_failure_while_signing_in_does_not_log_the_code(caplog: pytest.LogCaptureFixture) -> None:
    app = pages(store=BrokenStore(), courses=dict, clock=StoppedClock(), public_url="http://127.0.0.1:8000")
    with caplog.at_level(logging.DEBUG):
        answer = app.test_client().post("/sign-in/the-secret-code")
    assert answer.status_code == 503
    assert "the-secret-code" not in caplog.text
    assert "the-secret-code" not in answer.text
    (incident,) = (text for text in HtmlPage(answer.text).texts("p", "faint") if "编号" in text)
    assert incident.removeprefix("编号：") in caplog.text


def test_an_unforeseen_failure_is_a_page_with_a_number(
    school: School, caplog: pytest.LogCaptureFixture
) -> None:
    app = pages(
        store=school.store, courses=dict, clock=MisbehavingClock(), public_url="http://127.0.0.1:8000"
    )
    client = app.test_client()
    client.set_cookie("session", "whatever")
    answer = client.get("/")
    assert answer.status_code == 500
    assert "no time" not in answer.text
    assert "ZeroDivisionError" in caplog.text
    assert HtmlPage(answer.text).faults == []
