"""Messages that open no page of the course: placing a link, reviewing a row, and others."""

from __future__ import annotations

import json

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from lms_scoring.lti.claims import Claim
from lms_scoring.lti.keys import public_key_set
from tests.integration.launches.launched import OWN_CARD, linking, page
from tests.integration.launches.school import OWN_KEYS, PUBLIC, TUTOR, LaunchSchool
from tests.launches.platform import INSTRUCTOR, ISSUER, claims, token, without
from tests.launches.platform import LEARNER as LEARNS


@pytest.mark.parametrize("message", ["LtiDataPrivacyLaunchRequest", "LtiEulaRequest"])
def test_messages_that_we_make_no_use_of_are_answered_politely(school: LaunchSchool, message: str) -> None:
    said = without(claims(MESSAGE_TYPE=message), Claim.RESOURCE_LINK, Claim.CONTEXT, Claim.ROLES)
    answer = school.post(school.client(), token(said))
    assert answer.status_code == 200
    assert "没有需要设置" in answer.text
    assert school.rows()["session"] == 0


def test_an_author_places_a_link_by_a_signed_answer(school: LaunchSchool) -> None:
    answer = school.post(school.client(), linking())
    signed = answer.text.split('name="JWT" value="')[1].split('"')[0]
    keys = KeySet.import_key_set(public_key_set(OWN_KEYS))  # type: ignore[arg-type]
    said = jwt.decode(signed, keys, algorithms=["RS256"]).claims
    assert said["aud"] == ISSUER
    assert said[Claim.DEEP_LINKING_DATA] == "echo"
    (item,) = said[Claim.CONTENT_ITEMS]
    assert item["url"] == f"{PUBLIC}/lti/launch"
    assert item["lineItem"]["scoreMaximum"] == 100
    assert f"form-action 'self' {ISSUER}" in answer.headers["Content-Security-Policy"]


def test_learners_place_no_links(school: LaunchSchool) -> None:
    assert school.post(school.client(), linking(ROLES=[LEARNS])).status_code == 400


def test_our_public_keys_are_everybodys(school: LaunchSchool) -> None:
    answer = page(school.client(), "/lti/jwks")
    assert json.loads(answer.text) == public_key_set(OWN_KEYS)
    assert "d" not in answer.get_json()["keys"][0]


def test_a_reviewer_comes_to_the_learner_of_the_row(school: LaunchSchool) -> None:
    client = school.client()
    review = claims(
        MESSAGE_TYPE="LtiSubmissionReviewRequest",
        FOR_USER={"user_id": "3"},
        sub=TUTOR,
        ROLES=[INSTRUCTOR],
    )
    answer = school.post(client, token(review))
    shown = client.get(answer.headers["Location"], base_url=PUBLIC, follow_redirects=True)
    assert shown.request.path == OWN_CARD
    other = claims(MESSAGE_TYPE="LtiSubmissionReviewRequest", FOR_USER={"user_id": "99"}, sub=TUTOR)
    answer = school.post(client, token(other))
    nobody = client.get(answer.headers["Location"], base_url=PUBLIC, follow_redirects=True)
    assert nobody.status_code == 403


def test_a_reviewer_comes_to_a_learner_whom_a_launch_brought_under_another_name(
    school: LaunchSchool,
) -> None:
    with school.store.writing() as transaction:
        transaction.keep_subject(school.registration, "77", "moodle-3", at=1)
    client = school.client()
    review = claims(
        MESSAGE_TYPE="LtiSubmissionReviewRequest", FOR_USER={"user_id": "77"}, sub=TUTOR, ROLES=[INSTRUCTOR]
    )
    answer = school.post(client, token(review))
    shown = client.get(answer.headers["Location"], base_url=PUBLIC, follow_redirects=True)
    assert shown.request.path == OWN_CARD
