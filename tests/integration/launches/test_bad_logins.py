"""Bad logins, states and browsers over HTTP: nobody gets in, and no row of any table is another but the state
that is used up."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from lms_scoring.domain.registration import Approval
from lms_scoring.web.access.launch_cookies import state_cookie
from tests.integration.launches.door import Answer, Door
from tests.launches.platform import ISSUER, NOW, TARGET, claims, token

AT_ONCE = 8


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://stranger.example"},
        {"iss": None},
        {"iss": f"{ISSUER}/"},
        {"login_hint": None},
        {"login_hint": ""},
        {"login_hint": "x" * 4_001},
        {"client_id": "stranger"},
        {"target_link_uri": None},
        {"target_link_uri": "https://stranger.example/lti/launch"},
        {"target_link_uri": f"{TARGET}?next=https://stranger.example"},
    ],
    ids=lambda changed: str(changed)[:60],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_bad_login_is_refused_and_remembers_nothing(
    shared_door: Door, method: str, changed: dict[str, str | None]
) -> None:
    shared_door.refused(lambda: shared_door.login(method, **changed))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_login_goes_to_the_platform_and_binds_the_browser(door: Door, method: str) -> None:
    door.rows.remember()
    answer = door.login(method)
    assert answer.status == 302
    assert answer.location.startswith(f"{ISSUER}/mod/lti/auth.php?scope=openid&")
    (cookie,) = answer.all("Set-Cookie")
    assert cookie.startswith("__Host-state-")
    for attribute in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"):
        assert attribute in cookie
    changes = door.rows.changed()
    assert changes.keys() == {"launch_state"}
    assert (len(changes["launch_state"].new), len(changes["launch_state"].gone)) == (1, 0)


def test_without_a_client_id_two_clients_of_one_issuer_cannot_be_told_apart(door: Door) -> None:
    assert door.login(client_id=None).status == 302
    with door.school.store.writing() as transaction:
        ours = transaction.registration(door.school.registration)
        other = replace(ours, id=0, client_id="client-2", auth_url=f"{ISSUER}/other", platform=None)
        transaction.keep_registration(replace(other, standing=Approval.ACTIVE), at=1)
    door.refused(lambda: door.login(client_id=None))
    assert door.login(client_id="client-2").location.startswith(f"{ISSUER}/other?")


def test_the_same_form_gets_in_once(door: Door) -> None:
    state = door.school.state()
    assert door.launch(token(claims()), state=state).status == 303
    page = door.refused(lambda: door.launch(token(claims()), state=state))
    assert "这次进入已经用过，或者无效" in page


def test_of_some_who_post_the_same_form_at_once_one_gets_in(door: Door) -> None:
    state, text, gate = door.school.state(), token(claims()), threading.Barrier(AT_ONCE)
    statuses: list[int] = []

    def post() -> None:
        gate.wait()
        statuses.append(door.launch(text, state=state).status)

    door.rows.remember()
    threads = [threading.Thread(target=post) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303] + [409] * (AT_ONCE - 1)
    changes = door.rows.changed()
    assert len(changes["session"].new) == len(changes["launch_state"].gone) == 1


@pytest.mark.parametrize("browser", [None, "another", "", "browse", "browserx", "浏览器"])
def test_another_browser_cannot_use_somebodys_login(shared_door: Door, browser: str | None) -> None:
    page = shared_door.refuses(token(claims()), browser=browser)
    assert "Cookie" in page


def test_a_wrong_cookie_name_is_no_proof(shared_door: Door) -> None:
    state, other = shared_door.school.state(), shared_door.school.state()
    form = {"state": state, "id_token": token(claims())}
    cookies = {state_cookie(other): "browser"}
    shared_door.refused(lambda: shared_door.send("POST", "/lti/launch", form, cookies=cookies), uses=state)


def jar_of(answers: Sequence[Answer]) -> dict[str, str]:
    """The cookies that a browser keeps of them."""
    cookies = [cookie for answer in answers for cookie in answer.all("Set-Cookie")]
    return dict(cookie.partition(";")[0].split("=", 1) for cookie in cookies)


def test_two_tabs_may_log_in_beside_each_other(door: Door) -> None:
    """Each begins, then each ends, in the other order."""
    tabs = [door.login(), door.login()]
    jar = jar_of(tabs)
    assert len(jar) == 2
    for tab in reversed(tabs):
        asked = parse_qs(urlsplit(tab.location).query)
        form = {"state": asked["state"][0], "id_token": token(claims(nonce=asked["nonce"][0]))}
        assert door.send("POST", "/lti/launch", form, cookies=jar).status == 303


def test_the_states_of_two_tabs_do_not_go_with_each_others_tokens(door: Door) -> None:
    tabs = [door.login(), door.login()]
    first, second = (parse_qs(urlsplit(tab.location).query) for tab in tabs)
    form = {"state": first["state"][0], "id_token": token(claims(nonce=second["nonce"][0]))}
    cookies = jar_of(tabs)
    door.refused(lambda: door.send("POST", "/lti/launch", form, cookies=cookies), uses=form["state"])


@pytest.mark.parametrize("state", ["", "unknown", "state-1 ", "x" * 5_000, "\x00"])
def test_a_state_that_was_never_given_out_gets_nobody_in(shared_door: Door, state: str) -> None:
    shared_door.school.state()
    form = {"state": state, "id_token": token(claims())}
    shared_door.refused(lambda: shared_door.send("POST", "/lti/launch", form))


def test_a_form_without_a_state_gets_nobody_in(shared_door: Door) -> None:
    shared_door.school.state()
    form = {"id_token": token(claims())}
    shared_door.refused(lambda: shared_door.send("POST", "/lti/launch", form))


def test_a_state_ends_after_ten_minutes(door: Door) -> None:
    state = door.school.state()
    door.school.clock.go_on(600_000)
    page = door.refuses(token(claims(iat=NOW + 600, exp=NOW + 660)), state=state)
    assert "十分钟" in page


def test_a_state_is_good_until_then(door: Door) -> None:
    state = door.school.state()
    door.school.clock.go_on(599_000)
    assert door.launch(token(claims(iat=NOW + 599, exp=NOW + 659)), state=state).status == 303


def unheard(door: Door, answer: Answer, status: int) -> None:
    """Nothing was looked at, so nothing is used up either."""
    assert answer.status == status
    assert "Traceback" not in answer.text
    assert answer.all("Set-Cookie") == []
    assert door.rows.changed() == {}


def test_a_launch_is_posted(shared_door: Door) -> None:
    state = shared_door.school.state()
    shared_door.rows.remember()
    form = {"state": state, "id_token": token(claims())}
    unheard(shared_door, shared_door.send("GET", "/lti/launch", form), 405)


def test_what_stands_twice_in_the_form_is_refused(shared_door: Door) -> None:
    state = shared_door.school.state()
    shared_door.rows.remember()
    form = {"state": [state, state], "id_token": token(claims())}
    cookies = {state_cookie(state): "browser"}
    unheard(shared_door, shared_door.send("POST", "/lti/launch", form, cookies=cookies), 400)


def test_what_stands_twice_in_a_login_is_refused(shared_door: Door) -> None:
    shared_door.rows.remember()
    login = {"iss": [ISSUER, "https://stranger.example"], "login_hint": "3", "target_link_uri": TARGET}
    unheard(shared_door, shared_door.send("POST", "/lti/login", login), 400)


def test_a_browser_that_keeps_no_cookie_is_offered_a_window_of_its_own(door: Door) -> None:
    state = parse_qs(urlsplit(door.login().location).query)["state"][0]
    form = {"state": state, "id_token": token(claims())}
    page = door.refused(lambda: door.send("POST", "/lti/launch", form), uses=state)
    assert f'href="{ISSUER}/mod/lti/launch.php?id=28" target="_blank"' in page
