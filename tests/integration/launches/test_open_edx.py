"""Launches that Open edX makes, a platform certified by 1EdTech; and what we sign, as it checks it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.lti.claims import Scope
from lms_scoring.lti.id_token import signing_keys
from lms_scoring.lti.keys import Turn, new_key, public_key_set, signed
from lms_scoring.lti.service_token import assertion, token_request
from lms_scoring.ports import PlatformCourse
from tests.integration.launches.open_edx import OpenEdx, RefusedByOpenEdx, open_edx
from tests.integration.launches.school import COORDINATOR, LEARNER, OWN_KEYS, PUBLIC, TUTOR, LaunchSchool
from tests.integration.web.school import COURSE, SOURCE

HOME = "https://courses.example"
RETURN = f"{HOME}/deep-linking/return"
CONTEXT = "course-v1:Longcheng+T1+2024"
CURRENT = next(key for key in OWN_KEYS if key.turn is Turn.CURRENT)


@dataclass
class Joined:
    """Our pages, and an Open edX that launches them."""

    school: LaunchSchool
    platform: OpenEdx
    registration: Registration

    def launch(self, client: FlaskClient, **data: Any) -> TestResponse:
        """Begins at the platform, logs in here, and posts the platform's form; the answer to that."""
        usual = {
            "user_id": "internal",
            "external_user_id": LEARNER,
            "user_role": "student",
            "config_id": "1",
            "resource_link_id": "block-1",
            "context_id": CONTEXT,
            "context_title": "龙城区培训",
        }
        begun = urlsplit(self.platform.ask("preflight", data={**usual, **data}))
        login = client.get(f"{begun.path}?{begun.query}", base_url=PUBLIC)
        assert login.status_code == 302
        assert login.headers["Location"].startswith(f"{HOME}/authorize?")
        sent = dict(parse_qsl(urlsplit(login.headers["Location"]).query))
        return client.post("/lti/launch", base_url=PUBLIC, data=self.platform.ask("launch", answer=sent))

    def page(self, client: FlaskClient, answer: TestResponse) -> TestResponse:
        """Where a launch leads to, after its redirects."""
        assert answer.status_code == 303, answer.text
        return client.get(answer.headers["Location"], base_url=PUBLIC, follow_redirects=True)


def public_pem(key: RSAKey) -> str:
    return key.as_pem(private=False).decode()


@pytest.fixture(scope="module")
def platform() -> Iterator[OpenEdx]:
    (ours,) = public_key_set([CURRENT])["keys"]
    with open_edx(
        iss=HOME,
        lti_oidc_url=f"{PUBLIC}/lti/login",
        lti_launch_url=f"{PUBLIC}/lti/launch",
        client_id="edx-1",
        deployment_id="1",
        rsa_key=RSAKey.generate_key(2048).as_pem(private=True).decode(),
        rsa_key_id="edx-key",
        tool_key=public_pem(RSAKey.import_key(ours)),
        return_url=RETURN,
    ) as running:
        yield running


@pytest.fixture
def joined(school: LaunchSchool, platform: OpenEdx) -> Joined:
    registration = Registration(
        issuer=HOME,
        client_id="edx-1",
        auth_url=f"{HOME}/authorize",
        token_url=f"{HOME}/token",
        jwks_url=f"{HOME}/keys",
        standing=Approval.ACTIVE,
        platform=SOURCE,
        deployments={"1": Approval.ACTIVE},
    )
    school.clock.time = time.time_ns() // 1_000_000  # the platform looks at its own clock
    with school.store.writing() as transaction:
        number = transaction.keep_registration(registration, at=1)
        transaction.keep_platform_course(
            PlatformCourse(
                registration=number,
                context=CONTEXT,
                title=None,
                course=COURSE,
                deployment="1",
                seen_at=1,
            )
        )
    school.keys.known = signing_keys(platform.ask("keys"))
    return Joined(school, platform, registration)


def test_its_learner_begins_at_the_own_card(joined: Joined) -> None:
    client = joined.school.client()
    shown = joined.page(client, joined.launch(client))
    assert shown.request.path == f"/courses/{COURSE}/people/moodle-{LEARNER}"
    assert "刘磊" in shown.text
    assert client.get(f"/courses/{COURSE}/", base_url=PUBLIC).status_code == 403


@pytest.mark.parametrize("role", ["instructor", "staff"])
def test_its_staff_is_tutor_of_the_class_that_the_roster_gives(joined: Joined, role: str) -> None:
    client = joined.school.client()
    shown = joined.page(client, joined.launch(client, external_user_id=TUTOR, user_role=role))
    assert shown.status_code == 200
    board = client.get(f"/courses/{COURSE}/", base_url=PUBLIC).text
    assert "刘磊" in board
    assert "欧阳修远" not in board


def test_its_global_staff_sees_nobody_until_granted(joined: Joined) -> None:
    client = joined.school.client()
    shown = joined.page(client, joined.launch(client, external_user_id="77", user_role="global_staff"))
    assert shown.status_code == 403
    granted = joined.launch(client, external_user_id=COORDINATOR, user_role="global_staff")
    assert joined.page(client, granted).status_code == 200


@pytest.mark.parametrize(
    "data",
    [{"user_role": None}, {"name": "刘 磊", "email": "liu@example.org"}, {"user_role": "Community TA"}],
)
def test_its_learner_may_have_no_role_a_name_or_a_role_of_its_own(
    joined: Joined, data: dict[str, Any]
) -> None:
    client = joined.school.client()
    assert joined.page(client, joined.launch(client, **data)).status_code == 200


def test_its_launch_gets_in_once(joined: Joined) -> None:
    client = joined.school.client()
    begun = urlsplit(
        joined.platform.ask(
            "preflight",
            data={
                "user_id": LEARNER,
                "user_role": "student",
                "config_id": "1",
                "resource_link_id": "block-1",
            },
        )
    )
    login = client.get(f"{begun.path}?{begun.query}", base_url=PUBLIC)
    sent = dict(parse_qsl(urlsplit(login.headers["Location"]).query))
    form = joined.platform.ask("launch", answer=sent)
    assert client.post("/lti/launch", base_url=PUBLIC, data=form).status_code == 303
    assert client.post("/lti/launch", base_url=PUBLIC, data=form).status_code == 409


def test_it_believes_our_deep_linking_answer(joined: Joined) -> None:
    client = joined.school.client()
    answer = joined.launch(
        client,
        external_user_id=TUTOR,
        user_role="instructor",
        message_type="LtiDeepLinkingRequest",
    )
    assert answer.status_code == 200, answer.text
    assert f'action="{RETURN}"' in answer.text
    token = answer.text.split('name="JWT" value="')[1].split('"')[0]
    (placed,) = joined.platform.ask("placed", token=token)
    assert placed["type"] == "ltiResourceLink"
    assert placed["url"] == f"{PUBLIC}/lti/launch"
    with pytest.raises(RefusedByOpenEdx):
        joined.platform.ask("placed", token=f"{token[:-6]}AAAAAA")


def test_it_gives_us_a_token_for_our_assertion(joined: Joined) -> None:
    now = int(time.time())
    scopes = [Scope.SCORE.value, Scope.MEMBERSHIP.value]
    said = signed(assertion(joined.registration, id_="assertion-1", now=now), CURRENT)
    given = joined.platform.ask("token", form=token_request(said, scopes))
    assert set(given["scope"].split()) == set(scopes)
    assert joined.platform.ask("opens", token=given["access_token"], scope=scopes[0])
    stranger = signed(assertion(joined.registration, id_="2", now=now), new_key(Turn.CURRENT, at=1))
    with pytest.raises(RefusedByOpenEdx):
        joined.platform.ask("token", form=token_request(stranger, scopes))
