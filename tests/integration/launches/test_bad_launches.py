"""Bad launches over the pages: nobody gets in, nothing is kept, and a person reads what to do."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from lms_scoring.domain.registration import Standing
from lms_scoring.lti.id_token import signing_keys
from lms_scoring.lti.refusal import Refusal
from lms_scoring.web.access.launch_cookies import state_cookie
from tests.integration.launches.school import PUBLIC, LaunchSchool, number_on
from tests.launches import bad, bad_claims
from tests.launches.platform import (
    CLIENT,
    INSTRUCTOR,
    ISSUER,
    NOW,
    TARGET,
    Signing,
    claims,
    key,
    key_set,
    token,
)

CASES = [*bad.of_the_table(), *bad_claims.generated()]


@pytest.fixture(scope="module")
def client(shared_school: LaunchSchool) -> FlaskClient:
    return shared_school.client()


def refused(answer: Any, *, status: range = range(400, 500)) -> str:
    """The page of a refusal: no session, no trace, a number."""
    page: str = answer.get_data(as_text=True)
    assert answer.status_code in status, page[:300]
    assert "Traceback" not in page
    assert number_on(page) is not None
    assert not any("__Host-course" in cookie for cookie in answer.headers.getlist("Set-Cookie"))
    return page


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bad_launch_begins_no_session_and_keeps_nothing(
    shared_school: LaunchSchool, client: Any, case: bad.Bad, caplog: pytest.LogCaptureFixture
) -> None:
    state = shared_school.state()
    before = shared_school.rows()
    with caplog.at_level(logging.DEBUG):
        page = refused(shared_school.post(client, case.token, state=state))
    after = shared_school.rows()
    changed = {name: after[name] - count for name, count in before.items() if after[name] != count}
    assert changed.pop("launch_state") == -1
    with shared_school.store.reading() as transaction:
        deployments = transaction.registration(shared_school.registration).deployments
    if case.unknown_deployment:
        assert set(deployments.values()) <= {Standing.ACTIVE, Standing.PENDING}
        assert changed.keys() <= {"deployment"}
    else:
        assert changed == {}
    (line,) = [one for one in caplog.messages if one.startswith("launch refused")]
    refusal = case.refusal if case.token else Refusal.TOKEN_MISSING
    assert f": {refusal}: " in line
    assert len(case.token) < 20 or case.token not in page + caplog.text
    assert "静" not in caplog.text
    assert "sesskey" not in caplog.text


def test_the_same_form_gets_in_once(school: LaunchSchool) -> None:
    client, state = school.client(), school.state()
    assert school.post(client, token(claims()), state=state).status_code == 303
    page = refused(school.post(school.client(), token(claims()), state=state))
    assert "这次进入已经用过，或者无效" in page


def test_an_old_token_does_not_answer_a_new_login(school: LaunchSchool) -> None:
    old = token(claims())
    refused(school.post(school.client(), old, state=school.state(nonce="nonce of the new login")))


def test_the_state_of_one_login_does_not_go_with_the_nonce_of_another(school: LaunchSchool) -> None:
    first, second = school.state(nonce="nonce-a"), school.state(nonce="nonce-b")
    refused(school.post(school.client(), token(claims(nonce="nonce-b")), state=first))
    assert school.post(school.client(), token(claims(nonce="nonce-b")), state=second).status_code == 303


@pytest.mark.parametrize("browser", [None, "another", "", "browse", "browser ", "浏览器"])
def test_another_browser_cannot_use_somebodys_login(school: LaunchSchool, browser: str | None) -> None:
    page = refused(school.post(school.client(), token(claims()), browser=browser))
    assert "Cookie" in page


def test_two_tabs_may_log_in_beside_each_other(school: LaunchSchool) -> None:
    client, first, second = school.client(), school.state(), school.state()
    assert school.post(client, token(claims()), state=second).status_code == 303
    assert school.post(client, token(claims()), state=first).status_code == 303


@pytest.mark.parametrize("state", ["", "unknown", "state-1 ", "x" * 5_000, "\x00"])
def test_a_state_that_was_never_given_out_gets_nobody_in(school: LaunchSchool, state: str) -> None:
    school.state()
    data = {"state": state, "id_token": token(claims())}
    refused(school.client().post("/lti/launch", base_url=PUBLIC, data=data))


def test_a_state_ends_after_ten_minutes(school: LaunchSchool) -> None:
    state = school.state()
    school.clock.go_on(600_000)
    page = refused(school.post(school.client(), token(claims(iat=NOW + 600, exp=NOW + 660)), state=state))
    assert "十分钟" in page


def test_a_launch_is_posted(school: LaunchSchool) -> None:
    answer = school.client().get("/lti/launch", base_url=PUBLIC)
    assert answer.status_code == 405


def test_what_stands_twice_in_the_form_is_refused(school: LaunchSchool) -> None:
    state = school.state()
    data = {"state": [state, state], "id_token": token(claims())}
    answer = school.client().post("/lti/launch", base_url=PUBLIC, data=data)
    assert answer.status_code == 400


@pytest.mark.parametrize("error", ["access_denied", "invalid_request", "unauthorized_client", "<b>x</b>", ""])
def test_a_platform_that_says_no_is_quoted_in_the_log_only(
    school: LaunchSchool, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    state = school.state()
    data = {"state": state, "error": error, "error_description": "<script>alert(1)</script>"}
    page = refused(school.client().post("/lti/launch", base_url=PUBLIC, data=data))
    assert "alert(1)" not in page + caplog.text
    assert "<b>" not in page + caplog.text
    refused(school.post(school.client(), token(claims()), state=state))  # its login is used up


PLACING = {
    "MESSAGE_TYPE": "LtiDeepLinkingRequest",
    "DEEP_LINKING": {"deep_link_return_url": f"{ISSUER}/return", "accept_types": ["ltiResourceLink"]},
    "ROLES": [INSTRUCTOR],
}


@pytest.mark.parametrize("message", [{}, PLACING], ids=["opening", "placing links"])
@pytest.mark.parametrize("standing", [Standing.PENDING, Standing.DISABLED])
def test_a_registration_that_is_not_active_lets_nobody_in(
    school: LaunchSchool, standing: Standing, message: dict[str, Any]
) -> None:
    """Also where an administrator ended it after the login had begun: nothing is signed for its authors."""
    state = school.state()
    with school.store.writing() as transaction:
        ours = transaction.registration(school.registration)
        transaction.keep_registration(replace(ours, standing=standing), at=school.clock.time)
    page = refused(school.post(school.client(), token(claims(**message)), state=state))
    assert ("批准" in page) == (standing is Standing.PENDING)
    refused(login(school))


def test_an_approved_deployment_launches(school: LaunchSchool) -> None:
    text = token(claims(DEPLOYMENT="7"))
    page = refused(school.post(school.client(), text))
    assert "<code>7</code>" in page
    with school.store.writing() as transaction:
        ours = transaction.registration(school.registration)
        assert ours.deployments["7"] is Standing.PENDING
        approved = {**ours.deployments, "7": Standing.ACTIVE}
        transaction.keep_registration(replace(ours, deployments=approved), at=school.clock.time)
    assert school.post(school.client(), text).status_code == 303


def test_keys_that_cannot_be_fetched_are_no_fault_of_the_visitor(school: LaunchSchool) -> None:
    school.keys.refusal = Refusal.KEYS_UNREACHABLE
    page = refused(school.post(school.client(), token(claims())), status=range(503, 504))
    assert "公钥" in page


def login(school: LaunchSchool, *, method: str = "POST", **changed: str | None) -> Any:
    said = {
        "iss": ISSUER,
        "login_hint": "3",
        "target_link_uri": TARGET,
        "lti_message_hint": '{"cmid":28,"launchid":"ltilaunch1_1"}',
        "client_id": CLIENT,
        "lti_deployment_id": "1",
        **changed,
    }
    data = {name: value for name, value in said.items() if value is not None}
    client = school.client()
    if method == "GET":
        return client.get("/lti/login", base_url=PUBLIC, query_string=data)
    return client.post("/lti/login", base_url=PUBLIC, data=data)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://stranger.example"},
        {"iss": None},
        {"iss": f"{ISSUER}/"},
        {"login_hint": None},
        {"login_hint": ""},
        {"client_id": "stranger"},
        {"target_link_uri": None},
        {"target_link_uri": "https://stranger.example/lti/launch"},
        {"target_link_uri": f"{TARGET}?next=https://stranger.example"},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_bad_login_is_refused_and_remembers_nothing(
    school: LaunchSchool, method: str, changed: dict[str, str | None]
) -> None:
    refused(login(school, method=method, **changed))
    assert school.rows()["launch_state"] == 0


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_login_goes_to_the_platform_and_binds_the_browser(school: LaunchSchool, method: str) -> None:
    answer = login(school, method=method)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{ISSUER}/mod/lti/auth.php?scope=openid&")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-state-")
    for attribute in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"):
        assert attribute in cookie


def test_a_browser_that_keeps_no_cookie_is_offered_a_window_of_its_own(school: LaunchSchool) -> None:
    from urllib.parse import parse_qs, urlsplit

    state = parse_qs(urlsplit(login(school).headers["Location"]).query)["state"][0]
    data = {"state": state, "id_token": token(claims())}
    page = refused(school.client().post("/lti/launch", base_url=PUBLIC, data=data))
    assert f'href="{ISSUER}/mod/lti/launch.php?id=28" target="_blank"' in page


def test_without_a_client_id_two_clients_of_one_issuer_cannot_be_told_apart(school: LaunchSchool) -> None:
    from lms_scoring.domain.registration import Registration

    assert login(school, client_id=None).status_code == 302
    with school.store.writing() as transaction:
        other = Registration(
            issuer=ISSUER,
            client_id="client-2",
            auth_url=f"{ISSUER}/other",
            token_url=f"{ISSUER}/token",
            jwks_url=f"{ISSUER}/keys",
            standing=Standing.ACTIVE,
        )
        transaction.keep_registration(other, at=1)
    refused(login(school, client_id=None))
    assert login(school, client_id="client-2").headers["Location"].startswith(f"{ISSUER}/other?")


def test_the_key_of_one_registration_opens_no_other(school: LaunchSchool) -> None:
    """Two clients of one issuer, as tenants of a platform in the cloud: each has keys of its own."""
    with school.store.writing() as transaction:
        ours = transaction.registration(school.registration)
        other = replace(ours, id=0, client_id="client-2", platform=None)
        others = transaction.keep_registration(other, at=1)
    school.keys.others[others] = signing_keys(key_set("key-2"))
    theirs = Signing(key=key("key-2"), header={"kid": "key-2"})
    state = school.state(registration=others)
    assert school.post(school.client(), token(claims(aud="client-2"), theirs), state=state).status_code == 303
    for signing in (theirs, Signing(key=key("key-2"))):
        refused(school.post(school.client(), token(claims(), signing)))
    for signing in (Signing(), Signing(header={"kid": "key-2"})):
        state = school.state(registration=others)
        refused(school.post(school.client(), token(claims(aud="client-2"), signing), state=state))
    assert school.rows()["session"] == 1


def test_a_token_for_one_client_answers_no_login_of_another_of_its_issuer(school: LaunchSchool) -> None:
    with school.store.writing() as transaction:
        ours = transaction.registration(school.registration)
        others = transaction.keep_registration(replace(ours, id=0, client_id="client-2"), at=1)
    refused(school.post(school.client(), token(claims()), state=school.state(registration=others)))
    refused(school.post(school.client(), token(claims(aud="client-2"))))


def test_a_wrong_cookie_name_is_no_proof(school: LaunchSchool) -> None:
    state, other = school.state(), school.state()
    client = school.client()
    client.set_cookie(state_cookie(other), "browser", domain="tool.example", secure=True)
    refused(school.post(client, token(claims()), state=state, browser=None))
