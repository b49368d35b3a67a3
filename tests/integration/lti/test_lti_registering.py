"""Dynamic registration: a Moodle's flow from its link to a pending registration, and links that are traps."""

from __future__ import annotations

import json
import logging
import traceback
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from adapters.lti.registering import Registering
from lms_scoring.domain.errors import PlatformBusy, PlatformError, PlatformMisread, PlatformRefused
from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.lti.refusal import LaunchRefused, Refusal
from lms_scoring.lti.tool import tool_configuration
from tests.integration.lti.asking import connecting

RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "fixtures/lti/moodle_registration.json").read_text(encoding="utf-8")
)
CONFIGURATION = "/mod/lti/openid-configuration.php"
ENDPOINT = "/mod/lti/openid-registration.php"
SECRET = "eyJ0eXAi.SECRET-OF-THE-LINK.c2ln"
PUBLIC = "https://tool.example"


def configuration(server: HTTPServer, **changed: Any) -> dict[str, Any]:
    text = json.dumps(RECORDED["openid_configuration"]).replace(
        "http://127.0.0.1:8800", server.url_for("")[:-1]
    )
    return {**json.loads(text), **changed}


def register(server: HTTPServer, *, token: str | None = SECRET, query: str = "") -> Registration:
    registering = Registering(connecting(attempts=3), public_url=PUBLIC)
    return registering.register(server.url_for(CONFIGURATION) + query, token=token)


def moodle(server: HTTPServer, *, status: int = 200, answer: str | None = None, **changed: Any) -> None:
    server.expect_request(CONFIGURATION).respond_with_json(configuration(server, **changed))
    body = json.dumps(RECORDED["response"]) if answer is None else answer
    server.expect_request(ENDPOINT, method="POST").respond_with_data(body, status=status)


@pytest.mark.parametrize("status", [200, 201])
def test_a_moodle_registers_us_and_we_wait_for_a_person_to_confirm(
    httpserver: HTTPServer, status: int
) -> None:
    moodle(httpserver, status=status)
    made = register(httpserver)
    origin = httpserver.url_for("")[:-1]
    assert (made.id, made.standing, made.issuer) == (0, Approval.PENDING, origin)
    assert (made.client_id, dict(made.deployments)) == ("6El1lZy0s1U25GH", {"2": Approval.ACTIVE})
    assert made.token_url == f"{origin}/mod/lti/token.php"
    request = httpserver.log[-1][0]
    assert request.headers["Authorization"] == f"Bearer {SECRET}"
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.get_data()) == tool_configuration(PUBLIC)
    assert "Authorization" not in httpserver.log[0][0].headers


def test_a_platform_whose_keys_are_on_another_host_waits_for_two_words(httpserver: HTTPServer) -> None:
    moodle(httpserver, jwks_uri="https://keys.cloud.example/jwks")
    made = register(httpserver)
    assert made.jwks_url == "https://keys.cloud.example/jwks"
    assert (made.standing, dict(made.deployments)) == (Approval.PENDING, {"2": Approval.PENDING})


def test_a_platform_without_a_registration_token_is_asked_without(httpserver: HTTPServer) -> None:
    moodle(httpserver)
    register(httpserver, token=None)
    assert "Authorization" not in httpserver.log[-1][0].headers


def test_a_platform_out_of_order_is_not_sent_the_same_link_twice(httpserver: HTTPServer) -> None:
    moodle(httpserver, status=500)
    with pytest.raises(PlatformBusy):
        register(httpserver)
    assert [request.path for request, _ in httpserver.log] == [CONFIGURATION, ENDPOINT]


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_used_up_link_says_begin_anew_and_is_not_tried_again(httpserver: HTTPServer, status: int) -> None:
    moodle(httpserver, status=status, answer=f'{{"error": "token_already_used {SECRET}"}}')
    with pytest.raises(PlatformRefused, match=r"good once .*begin anew") as caught:
        register(httpserver)
    assert SECRET not in str(caught.value)
    assert len(httpserver.log) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "https://elsewhere.example"},
        {
            "issuer": "https://elsewhere.example",
            "registration_endpoint": "https://elsewhere.example/register",
        },
        {"issuer": None},
        {"issuer": "http://[::1"},
        {"registration_endpoint": "https://elsewhere.example/register"},
        {"registration_endpoint": None},
        {"token_endpoint": 5},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": ""},
        {"jwks_uri": "https://user@elsewhere.example/"},
        {"jwks_uri": "http://elsewhere.example/keys"},
        {"token_endpoint": "https://elsewhere.example:22/"},
        {"authorization_endpoint": "https://user:pw@elsewhere.example/"},
    ],
)
def test_a_platform_that_describes_itself_oddly_gets_no_registration_request(
    httpserver: HTTPServer, changed: dict[str, Any]
) -> None:
    moodle(httpserver, **changed)
    with pytest.raises((LaunchRefused, PlatformRefused)):
        register(httpserver)
    assert [request.path for request, _ in httpserver.log] == [CONFIGURATION]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("<html>", 200),
        ("[]", 200),
        ("", 200),
        ("{}", 404),
        ('{"x": "' + "x" * 300_000 + '"}', 200),
        ("{}", 302),
    ],
)
def test_what_is_no_configuration_is_an_error(httpserver: HTTPServer, body: str, status: int) -> None:
    httpserver.expect_request(CONFIGURATION).respond_with_data(body, status=status)
    with pytest.raises(PlatformError):
        register(httpserver)
    assert len(httpserver.log) == 1


@pytest.mark.parametrize("answer", ["{}", '{"client_id": ""}', '{"client_id": 5}'])
def test_an_answer_without_a_client_id_is_no_registration(httpserver: HTTPServer, answer: str) -> None:
    moodle(httpserver, answer=answer)
    with pytest.raises(LaunchRefused) as caught:
        register(httpserver)
    assert caught.value.refusal is Refusal.CONFIGURATION


def test_a_web_page_instead_of_a_registration_is_misread(httpserver: HTTPServer) -> None:
    moodle(httpserver, answer="<html>Log in</html>")
    with pytest.raises(PlatformMisread):
        register(httpserver)


@pytest.mark.parametrize("status", [200, 401, 500])
def test_the_registration_token_is_in_no_message_log_or_repr(
    httpserver: HTTPServer, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    moodle(httpserver, status=status)
    told = ""
    try:
        told = repr(register(httpserver))
    except PlatformError as error:
        told = "".join(traceback.format_exception(error))
    assert told
    assert SECRET not in told + caplog.text


def test_a_token_in_the_link_itself_is_not_shown_either() -> None:
    """Some platforms put it into the query of the configuration's address."""
    with HTTPServer() as plain, pytest.raises(PlatformError, match="no secure connection") as caught:
        link = plain.url_for(f"{CONFIGURATION}?registration_token={SECRET}").replace("http:", "https:")
        Registering(connecting(), public_url=PUBLIC).register(link, token=None)
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_a_token_that_cannot_be_sent_is_refused_without_being_shown(httpserver: HTTPServer) -> None:
    moodle(httpserver)
    with pytest.raises(PlatformRefused, match="Authorization") as caught:
        register(httpserver, token=f"{SECRET}\r\nHost: evil.example")
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert len(httpserver.log) == 1
