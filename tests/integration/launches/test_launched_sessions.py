"""What a good launch opens: pages for one course, one person and one role, in a frame of the platform."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet

from lms_scoring.domain.instants import HOUR
from lms_scoring.domain.registration import Standing
from lms_scoring.lti.claims import Claim
from lms_scoring.lti.keys import public_key_set
from lms_scoring.ports import Grant, Visitor
from lms_scoring.services.access.registrations import Registrar
from lms_scoring.web.access.credentials import digest_of
from tests.integration.launches.school import (
    LEARNER,
    OWN_KEYS,
    PUBLIC,
    TUTOR,
    LaunchSchool,
)
from tests.integration.web.school import COORDINATOR, COURSE
from tests.launches.platform import INSTRUCTOR, ISSUER, NOW, claims, token, without
from tests.launches.platform import LEARNER as LEARNS

OWN_CARD = f"/courses/{COURSE}/people/moodle-{LEARNER}"
BOARD = f"/courses/{COURSE}/"
ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"


def launched(school: LaunchSchool, *, sub: str = LEARNER, roles: tuple[str, ...] = (LEARNS,)) -> FlaskClient:
    """A browser after a good launch."""
    client = school.client()
    assert school.post(client, token(claims(sub=sub, ROLES=list(roles)))).status_code == 303
    return client


def page(client: FlaskClient, path: str, **headers: str) -> Any:
    return client.get(path, base_url=PUBLIC, headers=headers)


def start(client: FlaskClient) -> Any:
    """Where the visitor begins, after its redirects."""
    return client.get(f"/courses/{COURSE}/start", base_url=PUBLIC, follow_redirects=True)


def token_on(text: str) -> str:
    return text.split('name="token" value="')[1].split('"', maxsplit=1)[0]


def test_a_learner_begins_at_the_own_card_and_sees_no_other(school: LaunchSchool) -> None:
    client = launched(school)
    first = start(client)
    assert first.request.path == OWN_CARD
    assert "刘磊" in first.text
    assert page(client, BOARD).status_code == 403
    assert page(client, f"/courses/{COURSE}/people/moodle-4").status_code == 403


@pytest.mark.parametrize(
    ("locale", "asked", "language"),
    [
        ("zh_cn", "en", "zh-Hans"),
        ("en_us", "zh-CN", "en"),
        ("en", "", "en"),
        ("fr", "en", "en"),
        ("fr", "", "zh-Hans"),
        (None, "en", "en"),
    ],
)
def test_pages_speak_as_the_platform_does_and_else_as_the_browser_asks(
    school: LaunchSchool, locale: str | None, asked: str, language: str
) -> None:
    presented = {} if locale is None else {"locale": locale}
    client, asks = school.client(), {"Accept-Language": asked}
    assert school.post(client, token(claims(PRESENTATION=presented))).status_code == 303
    assert f'<html lang="{language}">' in page(client, OWN_CARD, **asks).text
    other = "en" if language == "zh-Hans" else "zh"
    page(client, f"{OWN_CARD}?lang={other}")
    assert f'<html lang="{language}">' not in page(client, OWN_CARD, **asks).text, "a choice counts over both"


def test_a_page_before_there_is_a_session_speaks_as_the_platform_does(school: LaunchSchool) -> None:
    private = claims(MESSAGE_TYPE="LtiDataPrivacyLaunchRequest", PRESENTATION={"locale": "en_us"})
    assert '<html lang="en">' in school.post(school.client(), token(private)).text


def test_a_tutor_sees_the_class_that_the_roster_gives(school: LaunchSchool) -> None:
    client = launched(school, sub=TUTOR, roles=(INSTRUCTOR,))
    board = page(client, BOARD).text
    assert "刘磊" in board
    assert "欧阳修远" not in board
    assert page(client, f"/courses/{COURSE}/people/moodle-9").status_code == 403


def test_staff_of_no_class_sees_no_learner_until_granted(school: LaunchSchool) -> None:
    client = launched(school, sub="77", roles=(INSTRUCTOR,))
    assert start(client).status_code == 403
    with school.store.writing() as transaction:
        transaction.keep_grant(Grant(person="moodle-77", role="coordinator", course=COURSE))
    assert "刘磊" in page(client, BOARD).text


def test_a_platforms_administrator_is_nobody_in_a_course_that_is_set_up(school: LaunchSchool) -> None:
    client = launched(school, sub="2", roles=(ADMINISTRATOR, INSTRUCTOR))
    assert start(client).status_code == 403
    assert page(client, BOARD).status_code == 403


def test_a_tutor_who_is_launched_as_a_learner_sees_no_class(school: LaunchSchool) -> None:
    assert page(launched(school, sub=TUTOR), BOARD).status_code == 403


def test_a_coordinator_sees_all_classes(school: LaunchSchool) -> None:
    board = page(launched(school, sub="40", roles=(INSTRUCTOR,)), BOARD).text
    assert "刘磊" in board
    assert "欧阳修远" in board


def test_a_test_user_has_no_card_and_is_on_no_board(school: LaunchSchool) -> None:
    test_user = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
    client = launched(school, roles=(LEARNS, test_user))
    assert start(client).status_code == 403
    assert school.rows()["platform_subject"] == 0


@pytest.mark.parametrize(
    "missing",
    [
        ("name", "given_name", "family_name", "email"),
        (Claim.CUSTOM, Claim.GRADES, Claim.NAMES_AND_ROLES, Claim.PRESENTATION),
    ],
)
def test_a_launch_without_what_is_private_shows_the_card(
    school: LaunchSchool, missing: tuple[str, ...]
) -> None:
    client = school.client()
    assert school.post(client, token(without(claims(), *missing))).status_code == 303
    assert start(client).status_code == 200


def test_a_launch_without_a_course_says_where_to_begin(school: LaunchSchool) -> None:
    client = school.client()
    answer = school.post(client, token(without(claims(), Claim.CONTEXT)))
    assert "请从课程里打开" in page(client, answer.headers["Location"]).text


@pytest.mark.parametrize("roles", [[], [""], ["http://example.org/unknown"]])
def test_a_launch_without_a_role_shows_the_own_card_at_most(school: LaunchSchool, roles: list[str]) -> None:
    client = school.client()
    assert school.post(client, token(claims(ROLES=roles))).status_code == 303
    assert start(client).request.path == OWN_CARD
    assert page(client, BOARD).status_code == 403


@pytest.mark.parametrize("skew", [-55, 55])
def test_a_platforms_clock_may_differ_by_55_seconds(school: LaunchSchool, skew: int) -> None:
    text = token(claims(iat=NOW + skew, exp=NOW + skew + 60))
    assert school.post(school.client(), text).status_code == 303


@pytest.mark.parametrize(
    ("skew", "level"), [(0, "INFO"), (30, "INFO"), (31, "WARNING"), (-30, "INFO"), (-31, "WARNING")]
)
def test_how_far_a_platforms_clock_is_off_stands_in_the_log(
    school: LaunchSchool, skew: int, level: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="lms_scoring.web.launch.launcher"):
        text = token(claims(iat=NOW + skew, exp=NOW + skew + 60))
        assert school.post(school.client(), text).status_code == 303
    (record,) = [one for one in caplog.records if one.name == "lms_scoring.web.launch.launcher"]
    assert record.levelname == level
    assert f"registration {school.registration} is {skew:+d} s from ours" in record.getMessage()


def test_the_cookie_is_for_a_frame_and_for_nobody_elses_eyes(school: LaunchSchool) -> None:
    client = school.client()
    cookies = school.post(client, token(claims())).headers.getlist("Set-Cookie")
    (session,) = [cookie for cookie in cookies if cookie.startswith("__Host-course-")]
    for attribute in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"):
        assert attribute in session
    (state,) = [cookie for cookie in cookies if cookie.startswith("__Host-state-")]
    assert "Max-Age=0" in state
    secret = session.split("=", 1)[1].split(";")[0]
    assert secret.encode() not in school.file.read_bytes()
    assert digest_of(secret).encode() in b"".join(
        part.read_bytes() for part in school.file.parent.glob("school.sqlite*")
    )


def test_only_the_platform_may_frame_the_pages(school: LaunchSchool) -> None:
    policy = start(launched(school)).headers["Content-Security-Policy"]
    assert f"frame-ancestors {ISSUER}" in policy.split("; ")
    assert "script-src 'nonce-" in policy
    assert "X-Frame-Options" not in start(launched(school)).headers
    home = page(school.client(), "/").headers
    assert "frame-ancestors 'none'" in home["Content-Security-Policy"]


def test_a_platform_with_one_origin_is_named_once_to_the_browser(school: LaunchSchool) -> None:
    policy = school.post(school.client(), token(claims())).headers["Content-Security-Policy"]
    assert f"frame-ancestors {ISSUER}" in policy.split("; ")


def test_personal_pages_are_kept_by_nobody(school: LaunchSchool) -> None:
    headers = start(launched(school)).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_session_ends_after_an_hour_without_use(school: LaunchSchool) -> None:
    client = launched(school)
    for _ in range(5):
        school.clock.go_on(HOUR - 1)
        assert start(client).status_code == 200
    school.clock.go_on(HOUR + 1)
    assert start(client).status_code == 401


def test_a_session_ends_after_eight_hours_whatever_its_use(school: LaunchSchool) -> None:
    client = launched(school)
    for _ in range(16):
        assert start(client).status_code == 200
        school.clock.go_on(HOUR // 2)
    assert start(client).status_code == 401


def test_signing_out_ends_the_session_for_good(school: LaunchSchool) -> None:
    client = launched(school)
    text = start(client).text
    client.post("/sign-out", base_url=PUBLIC, data={"token": token_on(text)})
    assert start(client).status_code == 401
    assert school.rows()["session"] == 0


def test_the_page_after_signing_out_is_that_of_nobody_and_leads_back_to_the_course(
    school: LaunchSchool,
) -> None:
    client = launched(school)
    answer = client.post("/sign-out", base_url=PUBLIC, data={"token": token_on(start(client).text)})
    assert answer.status_code == 200
    assert "请从课程重新打开" in answer.text
    assert "登录链接" not in answer.text
    for button in ("在新窗口打开", "退出登录</button>", "data-window", "launch.js", "?lang="):
        assert button not in answer.text
    assert f"frame-ancestors {ISSUER}" in answer.headers["Content-Security-Policy"], "it stays in its frame"


def test_when_a_visit_is_over_the_way_back_is_the_course_and_no_command(school: LaunchSchool) -> None:
    client = launched(school)
    school.clock.go_on(9 * HOUR)
    used = page(client, "/lti/open/used-before")
    over = [page(client, BOARD), page(school.client(), BOARD, **{"Sec-Fetch-Dest": "iframe"}), used]
    for answer in over:
        assert answer.status_code in (401, 410)
        assert "请从课程重新打开" in answer.text
        assert "lms-scoring admin link" not in answer.text
        assert "登录链接" not in answer.text
    assert "lms-scoring admin link" in page(school.client(), BOARD).text, "nobody who came from a course"


def test_the_start_of_who_has_two_roles_has_the_ways_of_other_pages(school: LaunchSchool) -> None:
    with school.store.writing() as transaction:
        transaction.keep_grant(Grant(person=f"moodle-{LEARNER}", role="coordinator", course=COURSE))
    client = launched(school)
    first = start(client)
    assert first.request.path.endswith("/start")
    assert "<nav " in first.text


def test_a_window_of_its_own_does_not_offer_another(school: LaunchSchool) -> None:
    client = launched(school)
    assert "data-window" in page(client, OWN_CARD, **{"Sec-Fetch-Dest": "iframe"}).text
    assert "data-window" in page(client, OWN_CARD).text, "an older browser does not tell"
    assert "data-window" not in page(client, OWN_CARD, **{"Sec-Fetch-Dest": "document"}).text


def test_a_disabled_registration_says_that_it_is_disabled(school: LaunchSchool) -> None:
    Registrar(store=school.store, clock=school.clock).disable(school.registration)
    answer = school.post(school.client(), token(claims()))
    assert answer.status_code == 403
    assert "这个平台的登记已停用" in answer.text
    assert "还没有批准" not in answer.text


def test_revoking_a_registration_ends_its_sessions(school: LaunchSchool) -> None:
    client = launched(school)
    with school.store.writing() as transaction:
        assert transaction.end_sessions(registration=school.registration) == 1
    assert start(client).status_code == 401


def test_a_form_of_another_site_does_nothing_in_the_visitors_name(school: LaunchSchool) -> None:
    client = launched(school)
    assert client.post("/sign-out", base_url=PUBLIC).status_code == 400
    answer = client.post(
        "/sign-out",
        base_url=PUBLIC,
        data={"token": token_on(start(client).text)},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 400
    assert start(client).status_code == 200


def test_a_new_window_opens_by_a_code_that_works_once_and_for_a_minute(school: LaunchSchool) -> None:
    client = launched(school)
    shown = token_on(start(client).text)

    def code() -> str:
        answer = client.post("/lti/code", base_url=PUBLIC, headers={"X-Token": shown})
        return str(answer.get_json()["code"])

    first, late = code(), code()
    window = school.client()
    opened = window.get(f"/lti/open/{first}?to={OWN_CARD}", base_url=PUBLIC)
    assert opened.headers["Location"] == OWN_CARD
    assert page(window, OWN_CARD).status_code == 200
    assert school.client().get(f"/lti/open/{first}", base_url=PUBLIC).status_code == 410
    school.clock.go_on(61_000)
    assert school.client().get(f"/lti/open/{late}", base_url=PUBLIC).status_code == 410
    assert client.post("/lti/code", base_url=PUBLIC).status_code == 400


@pytest.mark.parametrize(
    "to", ["//stranger.example/", "https://stranger.example/", "/\\stranger.example", "\\/x", "/\tx", ""]
)
def test_a_code_opens_pages_of_ours_only(school: LaunchSchool, to: str) -> None:
    client = launched(school)
    headers = {"X-Token": token_on(start(client).text)}
    code = client.post("/lti/code", base_url=PUBLIC, headers=headers).get_json()["code"]
    opened = school.client().get(f"/lti/open/{code}", base_url=PUBLIC, query_string={"to": to})
    assert opened.headers["Location"] == f"/courses/{COURSE}/start"


def test_the_session_of_a_launch_is_no_session_of_a_sign_in_link(school: LaunchSchool) -> None:
    client = launched(school)
    headers = {"X-Token": token_on(start(client).text)}
    code = client.post("/lti/code", base_url=PUBLIC, headers=headers).get_json()["code"]
    assert school.client().post(f"/sign-in/{code}", base_url=PUBLIC).status_code == 410


def test_of_several_sessions_of_a_browser_the_one_whose_page_posted_the_form_is_meant(
    school: LaunchSchool,
) -> None:
    client = launched(school)
    of_launch = token_on(start(client).text)
    with school.store.writing() as transaction:
        link = Visitor(person=COORDINATOR)
        transaction.keep_link(digest_of("a link"), link, expires_at=school.clock.now() + HOUR)
    assert client.post("/sign-in/a link", base_url=PUBLIC).status_code == 303
    assert school.rows()["session"] == 2
    assert client.post("/sign-out", base_url=PUBLIC, data={"token": of_launch}).status_code == 200
    assert school.rows()["session"] == 1
    assert page(client, BOARD).status_code == 200, "whoever signed in by a link still is"


def test_a_platforms_storage_proves_the_browser_where_cookies_do_not(school: LaunchSchool) -> None:
    client = school.client()
    state = school.state(storage="_parent")
    held = school.post(client, token(claims()), state=state, browser=None)
    assert held.status_code == 200
    assert school.rows()["session"] == 0
    code = held.text.split('data-code="')[1].split('"')[0]
    wrong = client.post("/lti/confirm", base_url=PUBLIC, data={"code": code, "browser": "another"})
    assert wrong.status_code == 400
    right = client.post("/lti/confirm", base_url=PUBLIC, data={"code": code, "browser": "browser"})
    told = right.get_json()
    bare = school.client()
    shown = page(bare, told["address"], Authorization=f"Bearer {told['bearer']}")
    assert shown.status_code == 303
    assert page(bare, OWN_CARD, Authorization=f"Bearer {told['bearer']}").status_code == 200
    assert page(bare, OWN_CARD, Authorization="Bearer x").status_code == 401
    again = client.post("/lti/confirm", base_url=PUBLIC, data={"code": code, "browser": "browser"})
    assert again.status_code == 400


def test_a_login_with_storage_puts_the_browsers_secret_there_first(school: LaunchSchool) -> None:
    data = {
        "iss": ISSUER,
        "login_hint": "3",
        "target_link_uri": f"{PUBLIC}/lti/launch",
        "client_id": "client-1",
        "lti_storage_target": "_parent",
    }
    answer = school.client().post("/lti/login", base_url=PUBLIC, data=data)
    assert answer.status_code == 200
    assert 'data-job="keep"' in answer.text
    assert f'data-origin="{ISSUER}"' in answer.text
    assert f"frame-ancestors {ISSUER}" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("message", ["LtiDataPrivacyLaunchRequest", "LtiEulaRequest"])
def test_messages_that_we_make_no_use_of_are_answered_politely(school: LaunchSchool, message: str) -> None:
    said = without(claims(MESSAGE_TYPE=message), Claim.RESOURCE_LINK, Claim.CONTEXT, Claim.ROLES)
    answer = school.post(school.client(), token(said))
    assert answer.status_code == 200
    assert "没有需要设置" in answer.text
    assert school.rows()["session"] == 0


def linking(**changed: Any) -> str:
    settings = {
        "deep_link_return_url": f"{ISSUER}/mod/lti/contentitem_return.php?course=2&sesskey=abc",
        "accept_types": ["ltiResourceLink"],
        "accept_multiple": True,
        "data": "echo",
    }
    usual = {"MESSAGE_TYPE": "LtiDeepLinkingRequest", "DEEP_LINKING": settings, "ROLES": [INSTRUCTOR]}
    return token(claims(**{**usual, **changed}))


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


def test_a_course_that_nobody_set_up_says_whom_to_ask(school: LaunchSchool) -> None:
    client = school.client()
    answer = school.post(client, token(claims(CONTEXT={"id": "3", "title": "另一门课"})))
    path = answer.headers["Location"]
    assert "还没有设置" in page(client, path).text
    assert page(client, BOARD).status_code == 401


def test_the_same_subject_of_another_platform_is_somebody_else(school: LaunchSchool) -> None:
    with school.store.writing() as transaction:
        ours = transaction.registration(school.registration)
        transaction.keep_registration(replace(ours, platform=None, standing=Standing.ACTIVE), at=1)
    client = launched(school)
    assert start(client).status_code == 403
    with school.store.reading() as transaction:
        assert transaction.person_of(school.registration, LEARNER) == f"lti{school.registration}-{LEARNER}"


def test_a_page_of_another_course_is_not_opened_by_this_ones_launch(school: LaunchSchool) -> None:
    client = launched(school)
    assert page(client, "/courses/other/").status_code in (401, 403)


def test_the_login_address_holds_nothing_of_the_session(school: LaunchSchool) -> None:
    client = school.client()
    data = {
        "iss": ISSUER,
        "login_hint": "3",
        "target_link_uri": f"{PUBLIC}/lti/launch",
        "client_id": "client-1",
    }
    answer = client.post("/lti/login", base_url=PUBLIC, data=data)
    sent = parse_qs(urlsplit(answer.headers["Location"]).query)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    secret = cookie.split("=", 1)[1].split(";")[0]
    assert secret not in answer.headers["Location"]
    assert len(sent["state"][0]) >= 43
    assert len(sent["nonce"][0]) >= 43
