"""How a login begins: what a platform must say, and where the browser is sent."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.lti.login import (
    again_address,
    authentication_request,
    check_target,
    launch_address,
    login_of,
    registration_for,
)
from lms_scoring.lti.refusal import LaunchRefused, Refusal

PUBLIC = "https://tool.example/scores/"
SAID = {
    "iss": "https://moodle.example",
    "login_hint": "3",
    "target_link_uri": "https://tool.example/scores/lti/launch",
    "lti_message_hint": '{"cmid":28,"launchid":"ltilaunch1_1011420196"}',
    "client_id": "a",
    "lti_deployment_id": "1",
}


def registered(client: str = "a", **changed: Any) -> Registration:
    usual: dict[str, Any] = {
        "id": 1,
        "issuer": "https://moodle.example",
        "client_id": client,
        "auth_url": "https://moodle.example/auth",
        "token_url": "https://moodle.example/token",
        "jwks_url": "https://moodle.example/keys",
        "standing": Approval.ACTIVE,
    }
    return Registration(**{**usual, **changed})


def refusal_of(call: Any) -> Refusal:
    with pytest.raises(LaunchRefused) as refused:
        call()
    return refused.value.refusal


@pytest.mark.parametrize("name", ["iss", "login_hint", "target_link_uri"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_login_names_platform_person_and_target(name: str, value: str | None) -> None:
    said = {key: text for key, text in SAID.items() if key != name} | ({} if value is None else {name: value})
    assert refusal_of(lambda: login_of(said)) is Refusal.LOGIN_INCOMPLETE


@pytest.mark.parametrize("name", sorted(SAID))
@pytest.mark.parametrize("value", ["x" * 4_001, "x\x00"])
def test_a_login_has_no_endless_or_broken_text(name: str, value: str) -> None:
    assert refusal_of(lambda: login_of(SAID | {name: value})) is Refusal.LOGIN_INCOMPLETE


def test_the_request_goes_where_the_registration_says_with_the_hints_unchanged() -> None:
    login = login_of(SAID)
    address = authentication_request(login, registered(), state="s", nonce="n", public_url=PUBLIC)
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://moodle.example/auth"
    assert parse_qs(parts.query) == {
        "scope": ["openid"],
        "response_type": ["id_token"],
        "response_mode": ["form_post"],
        "prompt": ["none"],
        "client_id": ["a"],
        "redirect_uri": ["https://tool.example/scores/lti/launch"],
        "login_hint": ["3"],
        "lti_message_hint": ['{"cmid":28,"launchid":"ltilaunch1_1011420196"}'],
        "state": ["s"],
        "nonce": ["n"],
    }


def test_a_request_is_joined_to_an_address_that_has_parameters_already() -> None:
    ours = registered(auth_url="https://moodle.example/auth?tenant=7")
    address = authentication_request(login_of(SAID), ours, state="s", nonce="n", public_url=PUBLIC)
    assert address.startswith("https://moodle.example/auth?tenant=7&scope=openid&")


def test_of_clients_that_share_an_issuer_the_one_that_is_named_is_meant() -> None:
    both = [registered("a"), registered("b", id=2)]
    assert registration_for(login_of(SAID | {"client_id": "b"}), both).id == 2


def test_without_a_client_only_a_lone_registration_is_meant() -> None:
    unnamed = login_of({key: text for key, text in SAID.items() if key != "client_id"})
    assert registration_for(unnamed, [registered()]).id == 1
    both = [registered("a"), registered("b", id=2)]
    assert refusal_of(lambda: registration_for(unnamed, both)) is Refusal.UNKNOWN_REGISTRATION


def test_a_disabled_client_does_not_stand_in_the_way_of_another_of_its_issuer() -> None:
    unnamed = login_of({key: text for key, text in SAID.items() if key != "client_id"})
    both = [registered("a", standing=Approval.DISABLED), registered("b", id=2)]
    assert registration_for(unnamed, both).id == 2


@pytest.mark.parametrize("changed", [{"iss": "https://moodle.example/"}, {"client_id": "c"}])
def test_an_unknown_platform_or_client_is_refused(changed: dict[str, str]) -> None:
    login = login_of(SAID | changed)
    assert refusal_of(lambda: registration_for(login, [registered()])) is Refusal.UNKNOWN_REGISTRATION


@pytest.mark.parametrize(
    ("standing", "refusal"),
    [
        (Approval.PENDING, Refusal.REGISTRATION_PENDING),
        (Approval.DISABLED, Refusal.REGISTRATION_DISABLED),
    ],
)
def test_a_registration_that_nobody_confirmed_or_somebody_disabled_is_refused(
    standing: Approval, refusal: Refusal
) -> None:
    ours = [registered(standing=standing)]
    assert refusal_of(lambda: registration_for(login_of(SAID), ours)) is refusal


@pytest.mark.parametrize(
    "target",
    [
        "https://stranger.example/lti/launch",
        "https://tool.example.stranger.example/scores/lti/launch",
        "https://tool.example/scores/lti/launch?next=https://stranger.example",
        "https://tool.example/scores/lti/launch#x",
        "https://tool.example@stranger.example/scores/lti/launch",
        "http://tool.example/scores/lti/launch",
        "https://tool.example/scores/../lti/launch",
        "//tool.example/scores/lti/launch",
        "javascript:alert(1)",
        "https://tool.example/other",
    ],
)
def test_a_launch_never_ends_at_an_address_that_is_not_ours(target: str) -> None:
    assert refusal_of(lambda: check_target(target, public_url=PUBLIC)) is Refusal.FOREIGN_TARGET


def test_a_launch_may_end_at_the_start_or_the_launch_address() -> None:
    for target in ("https://tool.example/scores", "https://tool.example/scores/", launch_address(PUBLIC)):
        check_target(target, public_url=PUBLIC)


MOODLE = "https://moodle.example/learn/mod/lti"


def test_a_moodle_s_activity_is_opened_again_by_its_own_page() -> None:
    """Its message hint is good once: the same login would end at an error page of the Moodle."""
    ours = registered(auth_url=f"{MOODLE}/auth.php")
    assert again_address(login_of(SAID), ours, public_url=PUBLIC) == f"{MOODLE}/launch.php?id=28"


@pytest.mark.parametrize(
    "hint",
    [
        '{"launchid":"ltilaunch_ContentItemSelectionRequest366339073"}',  # as recorded, of placing links
        '{"cmid":true}', '{"cmid":"28"}', "[28]", "28", "[" * 3_000, None,
    ],
)  # fmt: skip
def test_a_moodle_s_login_of_no_activity_cannot_be_begun_anew(hint: str | None) -> None:
    ours = registered(auth_url=f"{MOODLE}/auth.php")
    login = login_of({**SAID, "lti_message_hint": hint or ""})
    assert again_address(login, ours, public_url=PUBLIC) is None


def test_the_login_of_another_platform_is_begun_anew_as_it_was_said() -> None:
    again = again_address(login_of(SAID), registered(), public_url=PUBLIC)
    assert again is not None
    address, _, query = again.partition("?")
    assert address == "https://tool.example/scores/lti/login"
    assert parse_qs(query) == {name: [value] for name, value in SAID.items()}
