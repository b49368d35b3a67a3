"""What we tell platforms of ourselves: the registration, links placed by authors, the service assertion."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lms_scoring.domain.launch import DeepLinking, Launch, LaunchRoles, Message
from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.lti import deep_linking, service_token
from lms_scoring.lti.claims import TOOL_CONFIGURATION, Claim
from lms_scoring.lti.deep_linking import Link
from lms_scoring.lti.refusal import LaunchRefused, Refusal
from lms_scoring.lti.tool import NAME, check_configuration, registered, tool_configuration
from lms_scoring.web.wording import read_wording

RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "fixtures/lti/moodle_registration.json").read_text(encoding="utf-8")
)
FROM = "http://127.0.0.1:8800/mod/lti/openid-configuration.php"
OURS = Registration(
    issuer="https://moodle.example",
    client_id="a",
    auth_url="https://moodle.example/auth",
    token_url="https://moodle.example/token",
    jwks_url="https://moodle.example/keys",
)
LINK = Link(
    title="研修状态",
    text="我的成绩",
    url="https://tool.example/lti/launch",
    custom={"groups": "$Moodle.Person.userGroupIds"},
    line_item={"scoreMaximum": 100},
)


def launch(settings: DeepLinking | None) -> Launch:
    return Launch(
        registration=1,
        message=Message.DEEP_LINKING,
        deployment="1",
        subject="2",
        roles=LaunchRoles(staff=True),
        target="https://tool.example/lti/launch",
        skew=0,
        deep_linking=settings,
    )


def settings(**changed: Any) -> DeepLinking:
    usual: dict[str, Any] = {
        "return_url": "https://moodle.example/return",
        "types": frozenset({"ltiResourceLink"}),
        "multiple": True,
    }
    return DeepLinking(**{**usual, **changed})


def test_a_moodle_that_registers_us_gives_a_pending_registration() -> None:
    configuration = RECORDED["openid_configuration"]
    endpoint = check_configuration(configuration, fetched_from=FROM)
    made = registered(configuration, RECORDED["response"])
    assert endpoint == "http://127.0.0.1:8800/mod/lti/openid-registration.php"
    assert made.standing is Approval.PENDING
    assert made.client_id == RECORDED["response"]["client_id"]
    assert made.deployments == {"2": Approval.ACTIVE}
    assert made.jwks_url == "http://127.0.0.1:8800/mod/lti/certs.php"
    assert made.algorithms == ("RS256",)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_a_platform_that_names_another_host_is_not_refused_but_its_deployment_waits(name: str) -> None:
    configuration = {**RECORDED["openid_configuration"], name: "https://sso.cloud.example/lti"}
    check_configuration(configuration, fetched_from=FROM)
    made = registered(configuration, RECORDED["response"])
    assert made.standing is Approval.PENDING
    assert made.deployments == {"2": Approval.PENDING}


def test_a_platform_need_not_name_a_deployment() -> None:
    configuration = {**RECORDED["openid_configuration"], "jwks_uri": "https://sso.cloud.example/keys"}
    for answer in ({"client_id": "abc"}, {"client_id": "abc", TOOL_CONFIGURATION: {"deployment_id": 7}}):
        assert registered(configuration, answer).deployments == {}


def test_our_request_has_what_the_recorded_one_was_accepted_with() -> None:
    asked = tool_configuration("http://127.0.0.1:8811/")
    recorded = RECORDED["request"]
    for name in ("response_types", "token_endpoint_auth_method", "application_type", "jwks_uri"):
        assert name in asked
    assert asked["response_types"] == recorded["response_types"]
    assert asked[TOOL_CONFIGURATION]["domain"] == recorded[TOOL_CONFIGURATION]["domain"]
    assert asked["initiate_login_uri"] == "http://127.0.0.1:8811/lti/login"
    assert asked["redirect_uris"] == ["http://127.0.0.1:8811/lti/launch"]


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "http://stranger.example"},
        {"issuer": None},
        {"registration_endpoint": "http://stranger.example/register"},
        {"registration_endpoint": None},
        {"jwks_uri": "javascript:alert(1)"},
        {"token_endpoint": 7},
        {"authorization_endpoint": ""},
    ],
)
def test_a_configuration_must_be_that_of_the_platform_it_comes_from(changed: dict[str, Any]) -> None:
    with pytest.raises(LaunchRefused) as refused:
        check_configuration({**RECORDED["openid_configuration"], **changed}, fetched_from=FROM)
    assert refused.value.refusal is Refusal.CONFIGURATION


@pytest.mark.parametrize(
    "another",
    [
        "https://moodle.example",
        "http://127.0.0.1:8801",
        "https://127.0.0.1:8800",
        "http://127.0.0.1.example:8800",
    ],
)
def test_nobody_registers_in_the_name_of_another_platform(another: str) -> None:
    """Approved in good faith, it would let whoever made the link sign in everybody of that platform."""
    claimed = {"issuer": another, "registration_endpoint": f"{another}/mod/lti/openid-registration.php"}
    with pytest.raises(LaunchRefused) as refused:
        check_configuration({**RECORDED["openid_configuration"], **claimed}, fetched_from=FROM)
    assert refused.value.refusal is Refusal.CONFIGURATION


def test_an_answer_without_a_client_id_registers_nothing() -> None:
    with pytest.raises(LaunchRefused):
        registered(RECORDED["openid_configuration"], {})


def test_placed_links_go_back_with_the_platforms_own_data() -> None:
    said = deep_linking.answer(launch(settings(data="echo")), OURS, [LINK, LINK], nonce="n", now=100)
    assert (said["iss"], said["aud"], said["exp"] - said["iat"]) == ("a", "https://moodle.example", 300)
    assert said[Claim.DEEP_LINKING_DATA] == "echo"
    assert [item["title"] for item in said[Claim.CONTENT_ITEMS]] == ["研修状态", "研修状态"]
    assert said[Claim.CONTENT_ITEMS][0]["lineItem"] == {"scoreMaximum": 100}


def test_no_more_is_placed_than_the_platform_accepts() -> None:
    one = deep_linking.answer(launch(settings(multiple=False)), OURS, [LINK, LINK], nonce="n", now=1)
    none = deep_linking.answer(launch(settings(types=frozenset({"file"}))), OURS, [LINK], nonce="n", now=1)
    bare = deep_linking.answer(launch(settings(line_items=False)), OURS, [LINK], nonce="n", now=1)
    assert len(one[Claim.CONTENT_ITEMS]) == 1
    assert none[Claim.CONTENT_ITEMS] == []
    assert "lineItem" not in bare[Claim.CONTENT_ITEMS][0]
    assert Claim.DEEP_LINKING_DATA not in bare


def test_only_a_deep_linking_request_is_answered_with_links() -> None:
    with pytest.raises(ValueError, match="deep linking"):
        deep_linking.answer(launch(None), OURS, [LINK], nonce="n", now=1)


def test_an_assertion_is_for_one_use_and_five_minutes() -> None:
    said = service_token.assertion(OURS, id_="one", now=1_000)
    assert said["aud"] == "https://moodle.example/token"
    assert (said["iss"], said["sub"], said["jti"]) == ("a", "a", "one")
    assert said["iat"] <= 1_000 < said["exp"] <= 1_300
    assert service_token.token_request("x", {"b", "a"})["scope"] == "a b"


def test_a_platform_may_want_to_be_called_otherwise_than_its_address() -> None:
    from dataclasses import replace

    named = replace(OURS, token_audience="https://auth.example")
    assert service_token.assertion(named, id_="one", now=1)["aud"] == "https://auth.example"


def test_the_tool_has_one_name_in_platforms_and_on_its_pages() -> None:
    name = read_wording().sentences["site.name"]
    assert f"{name.zh} · {name.en}" == NAME
