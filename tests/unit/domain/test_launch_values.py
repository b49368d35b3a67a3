"""What is known of platforms that launch us: who somebody is here, what is believed, what a grade may say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain import gradebook, launch
from lms_scoring.domain import registration as known
from lms_scoring.domain.registration import Approval, Registration

MOODLE = Registration(
    id=7,
    issuer="https://moodle.example",
    client_id="client",
    auth_url="https://moodle.example/auth",
    token_url="https://moodle.example/token",
    jwks_url="https://moodle.example/keys",
    platform="moodle",
)
ELSEWHERE = replace(MOODLE, platform=None)


def test_a_subject_of_a_moodle_that_is_a_source_is_its_user() -> None:
    assert known.person_of_subject(MOODLE, "3") == "moodle-3"


def test_a_subject_of_any_other_platform_is_nobody_but_that_platform_s() -> None:
    assert known.person_of_subject(ELSEWHERE, "3") == "lti7-3"
    assert known.person_of_subject(replace(ELSEWHERE, id=8), "3") == "lti8-3"
    assert known.account_of_subject(ELSEWHERE, "3") == "lti:7|3"


@pytest.mark.parametrize("subject", ["3", "57", "9" * 19])
def test_a_platform_that_is_a_source_has_its_people_by_their_numbers(subject: str) -> None:
    person = known.person_of_subject(MOODLE, subject)
    assert known.subject_of_person(MOODLE, person) == subject


@pytest.mark.parametrize(
    "person", ["moodle-2-5", "moodle-x", "moodle-05", "moodle-٣", "moodle-", "moodle", "mood-3", "lti7-3", ""]
)
def test_who_is_called_only_a_little_like_its_people_is_none_of_them(person: str) -> None:
    """`moodle-2-5` is the 5 of a platform `moodle-2`."""
    assert known.subject_of_person(MOODLE, person) is None


def test_any_other_platform_may_call_its_people_whatever_it_likes() -> None:
    assert known.subject_of_person(ELSEWHERE, "lti7-a-b c") == "a-b c"
    assert [known.subject_of_person(ELSEWHERE, one) for one in ("lti7-", "lti8-a", "moodle-3")] == [None] * 3


def test_a_roster_is_named_after_its_registration() -> None:
    assert known.roster_name(7) == "lti-7"
    assert known.roster_name(7).startswith(known.ROSTER_PREFIX)


@pytest.mark.parametrize("name", ["auth_url", "token_url", "jwks_url"])
@pytest.mark.parametrize(
    "address",
    [
        "https://keys.example/x",
        "https://moodle.example.stranger.example/x",
        "https://moodle.example:8443/x",
        "http://moodle.example/x",
        "no address",
    ],
)
def test_an_address_that_is_not_of_the_issuer_is_told(name: str, address: str) -> None:
    assert known.elsewhere(replace(MOODLE, **{name: address})) == (name,)  # type: ignore[arg-type] # a text


def test_an_address_of_the_issuer_is_its_own_however_it_is_spelled() -> None:
    assert known.elsewhere(MOODLE) == ()
    assert known.elsewhere(replace(MOODLE, jwks_url="HTTPS://Moodle.Example:443/keys?a=b")) == ()


def test_a_platform_in_the_cloud_may_have_all_its_addresses_elsewhere() -> None:
    canvas = replace(
        MOODLE,
        issuer="https://canvas.instructure.com",
        auth_url="https://sso.canvaslms.com/api/lti/authorize_redirect",
        token_url="https://sso.canvaslms.com/login/oauth2/token",
        jwks_url="https://sso.canvaslms.com/api/lti/security/jwks",
    )
    assert known.elsewhere(canvas) == ("auth_url", "token_url", "jwks_url")


def test_nothing_of_a_registration_is_believed_before_somebody_confirmed_it() -> None:
    assert MOODLE.standing is Approval.PENDING
    assert MOODLE.deployments == {}


def test_only_asymmetric_signatures_are_known() -> None:
    assert {name[:2] for name in known.KNOWN_ALGORITHMS} == {"RS", "PS", "ES"}
    assert set(MOODLE.algorithms) <= set(known.KNOWN_ALGORITHMS)


def test_who_has_no_role_of_a_platform_is_nothing_here() -> None:
    assert launch.LaunchRoles() == launch.LaunchRoles(
        learner=False, staff=False, administrator=False, test_user=False
    )


def test_a_launch_does_not_show_where_it_goes_back_to() -> None:
    """The address may carry a session key of the platform."""
    shown = launch.Launch(
        registration=7,
        message=launch.Message.RESOURCE_LINK,
        deployment="1",
        subject="3",
        roles=launch.LaunchRoles(learner=True),
        target="https://tool.example/lti/launch",
        skew=0,
        return_url="https://moodle.example/mod/lti/return.php?sesskey=secret",
    )
    assert "secret" not in repr(shown)


@pytest.mark.parametrize("reception", gradebook.Reception)
def test_no_patience_is_asked_for_unless_the_platform_did(reception: gradebook.Reception) -> None:
    assert gradebook.Receipt(reception=reception).wait is None
