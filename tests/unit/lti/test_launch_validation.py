"""What a token must say to be believed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_scoring.domain.launch import Launch, LaunchRoles, Message
from lms_scoring.domain.registration import Approval, LaunchState, Registration
from lms_scoring.lti.claims import Claim
from lms_scoring.lti.id_token import key_id, signing_keys, verified_claims
from lms_scoring.lti.refusal import LaunchRefused, Refusal
from lms_scoring.lti.validation import validated
from tests.launches import bad, bad_claims
from tests.launches.platform import (
    CLIENT,
    DEPLOYMENT,
    INSTRUCTOR,
    ISSUER,
    LEARNER,
    NONCE,
    NOW,
    TARGET,
    claims,
    key_set,
    token,
    without,
)

RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "fixtures/lti/moodle_launches.json").read_text(encoding="utf-8")
)
TABLE = bad.of_the_table()
GENERATED = bad_claims.generated()


def registration(**changed: Any) -> Registration:
    given: dict[str, Any] = {
        "id": 1,
        "issuer": ISSUER,
        "client_id": CLIENT,
        "auth_url": f"{ISSUER}/auth",
        "token_url": f"{ISSUER}/token",
        "jwks_url": f"{ISSUER}/keys",
        "standing": Approval.ACTIVE,
        "deployments": {DEPLOYMENT: Approval.ACTIVE},
    }
    return Registration(**{**given, **changed})


def state(**changed: Any) -> LaunchState:
    given: dict[str, Any] = {
        "registration": 1,
        "nonce": NONCE,
        "target": TARGET,
        "browser": "digest",
        "expires_at": (NOW + 600) * 1_000,
    }
    return LaunchState(**{**given, **changed})


def judged(
    text: str,
    ours: Registration | None = None,
    login: LaunchState | None = None,
    *,
    keys: Mapping[str, Any] | None = None,
    now: int = NOW,
) -> Launch:
    """All that is asked of a token, as a launch does it."""
    ours = ours or registration()
    kid = key_id(text, ours)
    known = signing_keys(key_set() if keys is None else keys)
    if kid not in known:
        raise LaunchRefused(Refusal.KEY_UNKNOWN, "no such key")
    return validated(verified_claims(text, known[kid], ours), ours, login or state(), now=now)


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.name)
def test_a_bad_launch_of_the_table_is_refused(case: bad.Bad) -> None:
    with pytest.raises(LaunchRefused) as refused:
        judged(case.token)
    assert refused.value.refusal is case.refusal


@pytest.mark.parametrize("case", GENERATED, ids=lambda case: case.name)
def test_a_generated_bad_launch_is_refused(case: bad.Bad) -> None:
    with pytest.raises(LaunchRefused) as refused:
        judged(case.token)
    assert refused.value.refusal is case.refusal


def test_there_are_at_least_500_different_bad_tokens() -> None:
    cases = TABLE + GENERATED
    assert len({case.token for case in cases}) >= 500
    assert len({case.name for case in cases}) == len(cases)


@pytest.mark.parametrize("name", sorted(RECORDED["launches"]))
def test_a_recorded_launch_is_believed_as_its_role(name: str) -> None:
    launch = RECORDED["launches"][name]
    said = _payload(launch["id_token"])
    ours = registration(
        issuer=launch["login"]["iss"],
        auth_url=f"{launch['login']['iss']}/mod/lti/auth.php",
        client_id="vv03kRGp5aS1vS4",
        deployments={"1": Approval.ACTIVE},
    )
    login = state(nonce=said["nonce"], target=launch["login"]["target_link_uri"], deployment="1")
    keys, now = RECORDED["key_set"], said["iat"] + 1
    if name == "learner_aud_mismatch_resourcekey":
        with pytest.raises(LaunchRefused) as refused:
            judged(launch["id_token"], ours, login, keys=keys, now=now)
        assert refused.value.refusal is Refusal.AUDIENCE_IS_OLD_KEY
        return
    believed = judged(launch["id_token"], ours, login, keys=keys, now=now)
    assert believed.subject == launch["login"]["login_hint"]
    assert believed.context is not None
    assert believed.context.id == "2"
    learner = name.startswith("learner")
    assert believed.roles == LaunchRoles(
        learner=learner, staff=not learner, administrator="admin" in name, test_user=False
    )
    assert believed.custom.keys().isdisjoint({"ctxhist"}) or "$" not in believed.custom["ctxhist"]
    assert (believed.message is Message.DEEP_LINKING) == (name == "deeplink_admin")
    assert (believed.deep_linking is not None) == (name == "deeplink_admin")


def _payload(text: str) -> dict[str, Any]:
    from base64 import urlsafe_b64decode

    body = text.split(".")[1]
    found: dict[str, Any] = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


EDGES: dict[str, dict[str, int]] = {
    "ended a minute ago": {"exp": NOW - 60, "iat": NOW - 120},
    "issued in a minute": {"iat": NOW + 60},
    "valid in a minute": {"nbf": NOW + 60},
    "issued eleven minutes ago": {"iat": NOW - 660},
}
"""The last instants at which a token is believed; one second further in the same direction it is not."""


@pytest.mark.parametrize("times", EDGES.values(), ids=EDGES)
def test_a_minute_between_the_clocks_is_allowed_and_no_second_more(times: dict[str, int]) -> None:
    assert judged(token(claims(**times))).subject == "3"
    (edge, at), *rest = times.items()
    beyond = at + 1 if at > NOW else at - 1
    with pytest.raises(LaunchRefused) as refused:
        judged(token(claims(**{edge: beyond}, **dict(rest))))
    assert refused.value.refusal in (Refusal.EXPIRED, Refusal.NOT_YET, Refusal.TOO_OLD)


@pytest.mark.parametrize("skew", [-55, -20, 0, 20, 55])
def test_clocks_may_differ_by_55_seconds(skew: int) -> None:
    assert judged(token(claims(iat=NOW + skew, exp=NOW + skew + 60))).skew == skew


@pytest.mark.parametrize("skew", [-121, 61])
def test_clocks_that_differ_by_more_than_the_leeway_end_a_launch(skew: int) -> None:
    with pytest.raises(LaunchRefused):
        judged(token(claims(iat=NOW + skew, exp=NOW + skew + 60)))


@pytest.mark.parametrize(
    "roles",
    [
        [],
        [""],
        ["http://purl.imsglobal.org/vocab/lis/v2/unknown#Instructor"],
        ["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor"],
        ["http://purl.imsglobal.org/vocab/lis/v2/system/person#User"],
        ["http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor"],
        ["http://purl.imsglobal.org/vocab/lis/v2/membership/Learner#Instructor"],
        ["instructor"],
    ],
)
def test_only_known_roles_of_the_course_make_anybody_anything(roles: list[str]) -> None:
    assert judged(token(claims(ROLES=roles))).roles == LaunchRoles()


@pytest.mark.parametrize(
    "role",
    [
        INSTRUCTOR,
        "Instructor",
        "urn:lti:role:ims/lis/Instructor",
        "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant",
        "http://purl.imsglobal.org/vocab/lis/v2/membership#ContentDeveloper",
    ],
)
def test_staff_is_known_in_every_spelling(role: str) -> None:
    assert judged(token(claims(ROLES=[role]))).roles == LaunchRoles(staff=True)


def test_who_learns_and_teaches_is_both() -> None:
    assert judged(token(claims(ROLES=[LEARNER, INSTRUCTOR]))).roles == LaunchRoles(learner=True, staff=True)


def test_a_test_user_is_known() -> None:
    test_user = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
    assert judged(token(claims(ROLES=[LEARNER, test_user]))).roles.test_user


def test_a_platforms_administrator_is_no_staff_of_the_course() -> None:
    role = "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"
    assert judged(token(claims(ROLES=[role]))).roles == LaunchRoles(administrator=True)


PRIVATE = ("name", "given_name", "family_name", "email")


@pytest.mark.parametrize(
    "missing",
    [
        PRIVATE,
        ("name", "given_name", "family_name"),
        ("email",),
        (*PRIVATE, Claim.CONTEXT),
        (Claim.CONTEXT, Claim.CUSTOM, Claim.GRADES, Claim.NAMES_AND_ROLES, Claim.PRESENTATION),
    ],
)
def test_a_launch_may_keep_back_what_is_private_or_not_there(missing: tuple[str, ...]) -> None:
    launch = judged(token(without(claims(), *missing)))
    assert (launch.context is None) == (Claim.CONTEXT in missing)
    assert (launch.name is None) == ("name" in missing)


@pytest.mark.parametrize("claim", sorted(bad_claims.OPTIONAL))
def test_what_may_be_missing_may_be_null(claim: str) -> None:
    assert judged(token({**claims(), claim: None})).subject == "3"


def test_a_variable_that_was_not_filled_in_counts_as_missing() -> None:
    launch = judged(token(claims(CUSTOM={"groups": "$Moodle.Person.userGroupIds", "copied_from": "$X"})))
    assert launch.groups is None
    assert launch.context is not None
    assert launch.context.history == ()


def test_groups_and_copies_are_read() -> None:
    launch = judged(token(claims(CUSTOM={"groups": "2,1,,", "copied_from": "9,4"})))
    assert launch.groups == frozenset({"1", "2"})
    assert launch.context is not None
    assert launch.context.history == ("9", "4")


def test_no_groups_is_not_an_unknown_number_of_groups() -> None:
    assert judged(token(claims(CUSTOM={"groups": ""}))).groups == frozenset()


def test_a_second_audience_is_allowed_where_it_is_trusted() -> None:
    text = token(claims(aud=[CLIENT, "gateway"], azp=CLIENT))
    assert judged(text, registration(trusted_audiences=frozenset({"gateway"}))).subject == "3"
    with pytest.raises(LaunchRefused):
        judged(text)


def test_a_client_id_in_a_list_of_one_is_enough() -> None:
    assert judged(token(claims(aud=[CLIENT]))).subject == "3"


def test_a_launch_answers_the_login_of_its_own_deployment_only() -> None:
    with pytest.raises(LaunchRefused) as refused:
        judged(token(claims()), login=state(deployment="2"))
    assert refused.value.refusal is Refusal.DEPLOYMENT


@pytest.mark.parametrize(
    ("standing", "refusal"),
    [(Approval.PENDING, Refusal.DEPLOYMENT_PENDING), (Approval.DISABLED, Refusal.REGISTRATION_DISABLED)],
)
def test_a_deployment_that_is_not_approved_is_refused_last(standing: Approval, refusal: Refusal) -> None:
    with pytest.raises(LaunchRefused) as refused:
        judged(token(claims()), registration(deployments={DEPLOYMENT: standing}))
    assert refused.value.refusal is refusal


def test_other_algorithms_may_be_agreed_on() -> None:
    from tests.launches.platform import Signing

    text = token(claims(), Signing(algorithm="RS512"))
    assert judged(text, registration(algorithms=("RS256", "RS512"))).subject == "3"


def test_keys_that_sign_nothing_are_left_out_of_a_key_set() -> None:
    (good,) = key_set()["keys"]
    odd = [
        {**good, "kid": "e", "use": "enc"},
        {"kty": "oct", "k": "c2VjcmV0", "kid": "o"},
        {"kty": "RSA", "kid": "r", "n": "AQAB", "e": "!"},
        {"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA", "kid": "c"},
        {k: v for k, v in good.items() if k != "kid"},
        "text",
        None,
    ]
    assert set(signing_keys({"keys": [*odd, good]})) == {"key-1"}
    with pytest.raises(ValueError, match="keys"):
        signing_keys({"keys": "none"})


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=40))
def test_any_name_is_only_a_name(name: str) -> None:
    assert judged(token(claims(name=name))).name == (name or None)


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_nothing_but_a_refusal_comes_of_any_text(text: bytes | str) -> None:
    told = text.decode("latin-1") if isinstance(text, bytes) else text
    with pytest.raises(LaunchRefused):
        judged(told)


def test_a_review_names_whose_work_is_asked_for() -> None:
    message = claims(MESSAGE_TYPE="LtiSubmissionReviewRequest", FOR_USER={"user_id": "7"})
    launch = judged(token(without(message, Claim.RESOURCE_LINK)))
    assert launch.for_user == "7"


@pytest.mark.parametrize("message", ["LtiDataPrivacyLaunchRequest", "LtiEulaRequest"])
def test_messages_that_are_answered_politely_need_neither_roles_nor_link(message: str) -> None:
    said = without(claims(MESSAGE_TYPE=message), Claim.ROLES, Claim.RESOURCE_LINK, Claim.CONTEXT)
    assert judged(token(said)).roles == LaunchRoles()


@pytest.mark.parametrize(
    "subject", ["b-5", "3-5", "five", "-5", "+5", "05", "0", "5 5", "５", "1" * 20, "5\u0660"]
)
def test_who_comes_from_a_moodle_of_the_settings_is_a_number_there(subject: str) -> None:
    """`b-5` of the Moodle `moodle` would be the person `moodle-b-5`: 5 of the Moodle `moodle-b`."""
    joined = registration(platform="moodle")
    assert judged(token(claims(sub="5")), joined).subject == "5"
    with pytest.raises(LaunchRefused) as refused:
        judged(token(claims(sub=subject)), joined)
    assert refused.value.refusal is Refusal.SUBJECT
    review = claims(MESSAGE_TYPE="LtiSubmissionReviewRequest", FOR_USER={"user_id": subject})
    with pytest.raises(LaunchRefused) as refused:
        judged(token(review), joined)
    assert refused.value.refusal is Refusal.CLAIM


def test_who_comes_from_another_platform_may_have_any_id() -> None:
    assert judged(token(claims(sub="b-5"))).subject == "b-5"


def test_nothing_that_a_launch_says_of_where_to_return_shows_in_a_log() -> None:
    assert "sesskey" not in repr(judged(token(claims())))
