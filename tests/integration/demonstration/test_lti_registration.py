"""A tool registers itself with the stand-in as with a Moodle: one token, once, then the administrator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from lms_scoring.demonstration.lti import names
from lms_scoring.demonstration.recordings import RECORDED_BASE_URL
from lms_scoring.demonstration.running import RunningMoodle
from lms_scoring.domain.registration import Approval
from lms_scoring.lti.tool import check_configuration, registered, tool_configuration

from .lti_peer import Browser, PeerTool, query_of

pytestmark = pytest.mark.variation

RECORDED = json.loads(
    (Path(__file__).parents[2] / "fixtures" / "lti" / "moodle_registration.json").read_text(encoding="utf-8")
)
TOOLS = "/mod/lti/toolconfigure.php"
START = "/mod/lti/startltiadvregistration.php"
CONFIGURATION = names.TOOL_CONFIGURATION


def started(moodle: RunningMoodle, url: str = "http://localhost:9/lti/register") -> dict[str, str]:
    """What the tool's registration page is told."""
    admin = Browser(moodle.url).sign_in(2)
    answer = admin.get(START, url=url, sesskey=admin.sesskey(TOOLS), type="0")
    return query_of(answer.headers["Location"])


def sent(moodle: RunningMoodle, token: str, asked: object) -> requests.Response:
    """The tool's request."""
    headers = {"Authorization": f"Bearer {token}"}
    return requests.post(f"{moodle.url}{names.REGISTRATION}", json=asked, headers=headers, timeout=20)


def request_of(**changed: Any) -> dict[str, Any]:
    """The recorded request, with members changed; None leaves one out."""
    asked = {**RECORDED["request"], **changed}
    return {name: value for name, value in asked.items() if value is not None}


def test_the_configuration_is_the_recorded_one(moodle: RunningMoodle) -> None:
    told = requests.get(f"{moodle.url}{names.CONFIGURATION}", timeout=20)
    theirs = RECORDED["openid_configuration"]
    ours = json.loads(told.text.replace(moodle.url, RECORDED_BASE_URL))
    for each in (ours, theirs):
        each[names.PLATFORM_CONFIGURATION]["variables"].sort()
    assert ours == theirs


def test_the_answer_to_the_recorded_request_is_the_recorded_one(
    moodle: RunningMoodle, tool: PeerTool
) -> None:
    tool.registered(moodle)
    answer = sent(moodle, started(moodle)["registration_token"], RECORDED["request"])
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    ours, theirs = answer.json(), RECORDED["response"]
    for each in (ours, theirs):
        assert len(each.pop("client_id")) == 15
    assert ours == theirs


def test_the_token_names_the_future_client_and_is_good_once(moodle: RunningMoodle) -> None:
    token = started(moodle)["registration_token"]
    first = sent(moodle, token, RECORDED["request"])
    assert first.json()["client_id"] == Browser(moodle.url).read(token)["sub"]
    second = sent(moodle, token, RECORDED["request"])
    assert (second.status_code, second.text) == (401, "token_already_used")


def test_a_token_that_is_foreign_or_old_is_refused(moodle: RunningMoodle) -> None:
    assert sent(moodle, "a.b.c", RECORDED["request"]).text == "invalid_registration_token"
    assert requests.post(f"{moodle.url}{names.REGISTRATION}", timeout=20).status_code == 401
    token = started(moodle)["registration_token"]
    now = moodle.server.model.now()
    moodle.server.model.now = lambda: now + 3601
    assert sent(moodle, token, RECORDED["request"]).status_code == 401


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"response_types": ["code"]}, "invalid_response_types"),
        ({"initiate_login_uri": None}, "missing_initiate_login_uri"),
        ({"redirect_uris": []}, "missing_redirect_uris"),
        ({"client_name": None}, "missing_client_name"),
        ({"jwks_uri": None}, "missing_jwks_uri"),
        ({"token_endpoint_auth_method": "none"}, "invalid_token_endpoint_auth_method"),
        ({CONFIGURATION: None}, "missing_lti_tool_configuration"),
        (
            {CONFIGURATION: {"domain": "a.example", "target_link_uri": "https://b.example/x"}},
            "domain_targetlinkuri_mismatch",
        ),
    ],
)
def test_a_request_that_lacks_something_is_refused_and_the_token_stays_good(
    changed: dict[str, Any], message: str, moodle: RunningMoodle
) -> None:
    token = started(moodle)["registration_token"]
    refused = sent(moodle, token, request_of(**changed))
    assert (refused.status_code, refused.text) == (400, message)
    assert sent(moodle, token, RECORDED["request"]).status_code == 200


def test_asking_to_score_is_answered_with_all_scopes_and_granted_with_fewer(moodle: RunningMoodle) -> None:
    answer = sent(moodle, started(moodle)["registration_token"], request_of(scope=names.SCORE))
    assert set(answer.json()["scope"].split()) == set(names.GRADE_SCOPES)
    moodle.change("activate_tool", tool=1)
    endpoint = Browser(moodle.url).sign_in(24).launched()[names.GRADES + "claim/endpoint"]
    assert endpoint["scope"] == [names.LINE_ITEM_READ, names.RESULT_READ, names.SCORE]


def test_the_product_registers_itself_and_waits_for_the_administrator(moodle: RunningMoodle) -> None:
    told = started(moodle)
    configuration = requests.get(told["openid_configuration"], timeout=20).json()
    endpoint = check_configuration(configuration, fetched_from=told["openid_configuration"])
    assert endpoint == f"{moodle.url}{names.REGISTRATION}"
    answer = sent(moodle, told["registration_token"], tool_configuration("http://localhost:9"))
    registration = registered(configuration, answer.json())
    assert registration.issuer == moodle.url
    assert registration.deployments == {"1": Approval.ACTIVE}
    admin = Browser(moodle.url).sign_in(2)
    assert admin.get("/mod/lti/launch.php", id="28").status_code == 404
    page = admin.get(TOOLS)
    assert "等待启用" in page.text
    settled = admin.post("/mod/lti/typessettings.php", sesskey=admin.sesskey(TOOLS), id="1", action="accept")
    assert settled.status_code == 303
    claims = admin.launched()
    assert claims["aud"] == registration.client_id
    assert claims[names.LTI + "target_link_uri"] == "http://localhost:9/lti/launch"
    assert "email" not in claims
    assert claims["name"] == "Admin User"


def test_only_the_administrator_starts_and_settles(moodle: RunningMoodle, tool: PeerTool) -> None:
    tool.registered(moodle, active=False)
    manager = Browser(moodle.url).sign_in(65)
    assert manager.get(TOOLS).status_code == 303
    assert manager.get(START, url="http://localhost:9/", sesskey="").status_code == 404
    settled = manager.post("/mod/lti/typessettings.php", sesskey="", id="1", action="accept")
    assert settled.status_code == 404
    assert not moodle.lti.state.tools[1].active


def test_another_site_cannot_make_the_administrator_s_browser_register(moodle: RunningMoodle) -> None:
    admin = Browser(moodle.url).sign_in(2)
    assert admin.get(START, url="http://localhost:9/", sesskey="guessed").status_code == 404


def test_a_rejected_tool_is_gone(moodle: RunningMoodle, tool: PeerTool) -> None:
    tool.registered(moodle, active=False)
    admin = Browser(moodle.url).sign_in(2)
    admin.post("/mod/lti/typessettings.php", sesskey=admin.sesskey(TOOLS), id="1", action="reject")
    assert moodle.lti.state.tools == {}
    assert tool.token_answer(moodle).json() == {"error": "invalid_client"}
