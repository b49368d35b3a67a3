"""Bad launches over HTTP: nobody gets in, no row of any table is another, and a person reads what to do.

Their logins were right; what is wrong with a login, or with the browser that comes back from it, is in
`test_bad_logins.py`, and what is wrong with a platform's keys in `test_bad_key_sets.py`.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from lms_scoring.domain.registration import Approval
from lms_scoring.lti.claims import Claim
from lms_scoring.lti.id_token import signing_keys
from lms_scoring.lti.refusal import Refusal
from tests.integration.launches.door import Door
from tests.launches import bad, bad_claims
from tests.launches.platform import (
    INSTRUCTOR,
    ISSUER,
    NOW,
    Signing,
    claims,
    claims_in,
    key,
    key_set,
    token,
)

CASES = [*bad.of_the_table(), *bad_claims.generated()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bad_launch_begins_no_session_and_keeps_nothing(
    shared_door: Door, case: bad.Bad, caplog: pytest.LogCaptureFixture
) -> None:
    met = claims_in(case.token)[Claim.DEPLOYMENT] if case.unknown_deployment else None
    with caplog.at_level(logging.DEBUG):
        page = shared_door.refuses(case.token, meets=met)
    shared_door.rows.bring_back()
    (line,) = [one for one in caplog.messages if one.startswith("launch refused")]
    refusal = case.refusal if case.token else Refusal.TOKEN_MISSING
    assert f": {refusal}: " in line
    assert len(case.token) < 20 or case.token not in page + caplog.text
    assert "静" not in caplog.text
    assert "sesskey" not in caplog.text


def test_at_least_five_hundred_cases_are_sent() -> None:
    assert len({case.token for case in CASES}) >= 500


BEYOND: dict[str, dict[str, int]] = {
    "ended 61 seconds ago": {"exp": NOW - 61, "iat": NOW - 121},
    "issued in 61 seconds": {"iat": NOW + 61, "exp": NOW + 121},
    "valid in 61 seconds": {"nbf": NOW + 61},
    "issued 661 seconds ago": {"iat": NOW - 661},
}
"""The first instants at which a token is not believed."""


@pytest.mark.parametrize("times", BEYOND.values(), ids=BEYOND)
def test_a_second_more_than_the_clocks_may_differ_ends_a_launch(
    shared_door: Door, times: dict[str, int]
) -> None:
    page = shared_door.refuses(token(claims(**times)))
    assert "时" in page


def test_an_old_token_does_not_answer_a_new_login(shared_door: Door) -> None:
    shared_door.refuses(token(claims()), state=shared_door.school.state(nonce="nonce of the new login"))


def test_the_state_of_one_login_does_not_go_with_the_nonce_of_another(door: Door) -> None:
    first, second = door.school.state(nonce="nonce-a"), door.school.state(nonce="nonce-b")
    door.refuses(token(claims(nonce="nonce-b")), state=first)
    assert door.launch(token(claims(nonce="nonce-b")), state=second).status == 303


def test_a_token_of_the_first_login_is_not_good_for_a_second_one_of_the_same_browser(door: Door) -> None:
    first, second = door.school.state(nonce="nonce-a"), door.school.state(nonce="nonce-b")
    text = token(claims(nonce="nonce-a"))
    assert door.launch(text, state=first).status == 303
    door.refuses(text, state=second)


@pytest.mark.parametrize("error", ["access_denied", "invalid_request", "unauthorized_client", "<b>x</b>", ""])
def test_a_platform_that_says_no_is_quoted_in_the_log_only(
    shared_door: Door, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    state = shared_door.school.state()
    said = {"state": state, "error": error, "error_description": "<script>alert(1)</script>"}
    page = shared_door.refused(lambda: shared_door.send("POST", "/lti/launch", said), uses=state)
    assert "alert(1)" not in page + caplog.text
    assert "<b>" not in page + caplog.text
    shared_door.refused(lambda: shared_door.launch(token(claims()), state=state))  # its login is used up


PLACING = {
    "MESSAGE_TYPE": "LtiDeepLinkingRequest",
    "DEEP_LINKING": {"deep_link_return_url": f"{ISSUER}/return", "accept_types": ["ltiResourceLink"]},
    "ROLES": [INSTRUCTOR],
}


@pytest.mark.parametrize("message", [{}, PLACING], ids=["opening", "placing links"])
@pytest.mark.parametrize("standing", [Approval.PENDING, Approval.DISABLED])
def test_a_registration_that_is_not_active_lets_nobody_in(
    door: Door, standing: Approval, message: dict[str, Any]
) -> None:
    """Also where an administrator ended it after the login had begun: nothing is signed for its authors."""
    school, state = door.school, door.school.state()
    with school.store.writing() as transaction:
        ours = transaction.registration(school.registration)
        transaction.keep_registration(replace(ours, standing=standing), at=school.clock.time)
    page = door.refuses(token(claims(**message)), state=state)
    assert ("批准" in page) == (standing is Approval.PENDING)
    door.refused(door.login)


def test_an_unknown_deployment_waits_and_launches_once_it_is_approved(door: Door) -> None:
    school, text = door.school, token(claims(DEPLOYMENT="7"))
    page = door.refuses(text, meets="7")
    assert "<code>7</code>" in page
    door.refuses(text)  # it waits already
    with school.store.writing() as transaction:
        ours = transaction.registration(school.registration)
        assert ours.deployments["7"] is Approval.PENDING
        approved = {**ours.deployments, "7": Approval.ACTIVE}
        transaction.keep_registration(replace(ours, deployments=approved), at=school.clock.time)
    assert door.launch(text).status == 303


def test_a_deployment_that_was_ended_lets_nobody_in(door: Door) -> None:
    school = door.school
    with school.store.writing() as transaction:
        ours = transaction.registration(school.registration)
        ended = dict.fromkeys(ours.deployments, Approval.DISABLED)
        transaction.keep_registration(replace(ours, deployments=ended), at=school.clock.time)
    door.refuses(token(claims()))


def test_learners_place_no_links(shared_door: Door) -> None:
    shared_door.refuses(token(claims(**{**PLACING, "ROLES": [claims()[Claim.ROLES][0]]})))


def test_the_key_of_one_registration_opens_no_other(door: Door) -> None:
    """Two clients of one issuer, as tenants of a platform in the cloud: each has keys of its own."""
    school = door.school
    with school.store.writing() as transaction:
        ours = transaction.registration(school.registration)
        other = replace(ours, id=0, client_id="client-2", platform=None)
        others = transaction.keep_registration(other, at=1)
    school.keys.others[others] = signing_keys(key_set("key-2"))
    theirs = Signing(key=key("key-2"), header={"kid": "key-2"})
    state = school.state(registration=others)
    assert door.launch(token(claims(aud="client-2"), theirs), state=state).status == 303
    for signing in (theirs, Signing(key=key("key-2"))):
        door.refuses(token(claims(), signing))
    for signing in (Signing(), Signing(header={"kid": "key-2"})):
        door.refuses(token(claims(aud="client-2"), signing), state=school.state(registration=others))


def test_a_token_for_one_client_answers_no_login_of_another_of_its_issuer(door: Door) -> None:
    school = door.school
    with school.store.writing() as transaction:
        ours = transaction.registration(school.registration)
        others = transaction.keep_registration(replace(ours, id=0, client_id="client-2"), at=1)
    door.refuses(token(claims()), state=school.state(registration=others))
    door.refuses(token(claims(aud="client-2")))
