"""The session that a good launch begins: its cookie and frame, its ends, new windows, and storage."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient

from lms_scoring.domain.instants import HOUR
from lms_scoring.ports import Visitor
from lms_scoring.services.access.registrations import Registrar
from lms_scoring.web.access.credentials import digest_of
from lms_scoring.web.shown import CAME_FROM
from tests.integration.launches.launched import BOARD, OWN_CARD, launched, page, start, token_on
from tests.integration.launches.school import PUBLIC, LaunchSchool
from tests.integration.web.contested import NEW, POSTS
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COORDINATOR, COURSE
from tests.launches.platform import ISSUER, claims, token


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


def test_a_window_of_its_own_does_not_offer_another(school: LaunchSchool) -> None:
    client = launched(school)
    assert "data-window" in page(client, OWN_CARD, **{"Sec-Fetch-Dest": "iframe"}).text
    assert "data-window" in page(client, OWN_CARD).text, "an older browser does not tell"
    assert "data-window" not in page(client, OWN_CARD, **{"Sec-Fetch-Dest": "document"}).text


def link_of(answer: Any, attribute: str) -> str:
    """Where the page's link with that attribute leads."""
    (link,) = (one for one in HtmlPage(answer.text).all("a") if attribute in one.attributes)
    return link.attributes["href"]


def refused_dispute(client: FlaskClient, **fields: str) -> Any:
    """A dispute without a word of why: the form is shown once more, in answer to a POST."""
    asked = {"token": token_on(page(client, OWN_CARD).text), **POSTS, "words": "", **fields}
    answer = client.post(NEW, base_url=PUBLIC, data=asked)
    assert 400 <= answer.status_code < 500
    return answer


def test_on_the_answer_to_a_form_window_and_language_lead_to_the_page_of_the_form(
    school: LaunchSchool,
) -> None:
    client, asked = launched(school), f"{NEW}?{urlencode(POSTS)}"
    form = HtmlPage(page(client, asked).text)
    fields = {one.attributes["name"]: one.attributes.get("value", "") for one in form.all("input")}
    answer = refused_dispute(client, **fields)
    assert link_of(answer, "data-window") == asked
    assert link_of(answer, "hreflang") == f"{asked}&lang=en"
    for attribute in ("data-window", "hreflang"):
        assert page(client, link_of(answer, attribute)).status_code == 200
    again = HtmlPage(answer.text)
    carried = {one.attributes["value"] for one in again.all("input") if one.attributes["name"] == CAME_FROM}
    assert carried == {asked}, "of one answer after another too"


@pytest.mark.parametrize(
    "strange", ["//stranger.example/", "https://stranger.example/", "/\\x", "/sign-out", "/no-such-page", ""]
)
def test_a_form_that_names_no_page_of_ours_is_not_believed(school: LaunchSchool, strange: str) -> None:
    answer = refused_dispute(launched(school), **{CAME_FROM: strange})
    assert link_of(answer, "data-window") == NEW


def test_where_only_forms_are_taken_a_window_opens_where_the_visit_began(school: LaunchSchool) -> None:
    """This one's address could be that of a person."""
    client = launched(school)
    token = {"token": token_on(page(client, OWN_CARD).text)}
    answer = client.post(f"{OWN_CARD}/grade", base_url=PUBLIC, data=token)
    assert answer.status_code == 403
    assert link_of(answer, "data-window") == f"/courses/{COURSE}/start"


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
