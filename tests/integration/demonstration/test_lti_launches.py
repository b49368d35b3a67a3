"""Launches at the stand-in fail and succeed as they do at a Moodle."""

from __future__ import annotations

import json

import pytest
import requests

from lms_scoring.demonstration.lti import names
from lms_scoring.demonstration.running import RunningMoodle

from .lti_peer import Browser, Form, PeerTool, forms_of

pytestmark = pytest.mark.variation

LAUNCH = "/mod/lti/launch.php?id=28"
CHOOSE = "/mod/lti/contentitem.php?id=1&course=2"


def posted(answer: requests.Response) -> Form:
    """What the browser is made to post to the tool."""
    assert answer.status_code == 200
    (form,) = forms_of(answer)
    return form


def is_error_page(answer: requests.Response) -> bool:
    """Moodle's errors never reach the tool."""
    html = answer.headers["Content-Type"].startswith("text/html")
    return answer.status_code == 404 and html and "<form" not in answer.text


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "http://127.0.0.1:1/elsewhere"},
        {"nonce": None},
        {"nonce": ""},
        {"scope": "profile"},
        {"response_type": "code"},
        {"client_id": None},
        {"login_hint": None},
        {"lti_message_hint": None},
        {"lti_message_hint": "{}"},
        {"lti_message_hint": '["launchid"]'},
        {"lti_message_hint": '{"cmid":28,"launchid":"ltilaunch1_1"}'},
    ],
)
def test_a_question_that_moodle_cannot_place_gets_an_error_page(
    changed: dict[str, str | None], browser: Browser
) -> None:
    login = browser.sign_in(24).begin()
    assert is_error_page(browser.answer(login, **changed))


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_id": "another"}, "unauthorized_client"),
        ({"login_hint": "25"}, "access_denied"),
        ({"prompt": "login"}, "invalid_request"),
        ({"response_mode": None}, "invalid_request"),
        ({"response_mode": "query"}, "invalid_request"),
    ],
)
def test_a_wrong_question_is_answered_to_the_tool(
    changed: dict[str, str | None], error: str, browser: Browser
) -> None:
    form = posted(browser.answer(browser.sign_in(24).begin(), **changed))
    assert (form.fields["error"], form.fields["state"]) == (error, "state-1")
    assert "id_token" not in form.fields
    assert form.action.endswith("/launch")


def test_a_launch_is_good_once(browser: Browser) -> None:
    login = browser.sign_in(24).begin()
    assert "id_token" in posted(browser.answer(login)).fields
    assert is_error_page(browser.answer(login))


def test_a_wrong_question_uses_the_launch_up(browser: Browser) -> None:
    login = browser.sign_in(24).begin()
    posted(browser.answer(login, prompt="login"))
    assert is_error_page(browser.answer(login))


def test_without_its_cookie_the_login_asks_the_browser_to_post_again(
    browser: Browser, school: RunningMoodle
) -> None:
    login = browser.sign_in(24).begin()
    bare = Browser(school.url)
    again = posted(bare.answer(login))
    assert again.action.startswith(f"{names.AUTH}?scope=openid")
    assert again.fields == {"repost": "1"}
    assert is_error_page(bare.post(again.action, **again.fields))
    assert "id_token" in posted(browser.post(again.action, **again.fields)).fields


def test_a_suspended_enrolment_ends_at_the_enrolment_page(browser: Browser, school: RunningMoodle) -> None:
    answer = browser.answer(browser.sign_in(59).begin())
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{school.url}/enrol/index.php?id=2"


def test_who_is_unenrolled_is_not_launched_any_more(browser: Browser, school: RunningMoodle) -> None:
    login = browser.sign_in(24).begin()
    school.change("suspend_enrolment", user=24)
    assert browser.answer(login).status_code == 303


def test_a_suspended_account_cannot_sign_in(browser: Browser) -> None:
    assert browser.post("/login/switch", user="58").status_code == 403
    assert browser.post("/login/switch", user="61").status_code == 403


def test_nobody_is_launched_without_signing_in(browser: Browser) -> None:
    answer = browser.get("/mod/lti/launch.php", id="28")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login/index.php")


@pytest.mark.parametrize("user", [24, 63])
def test_who_may_not_choose_content_is_told_so_only_after_the_tool_was_called(
    user: int, browser: Browser
) -> None:
    login = browser.sign_in(user).begin(CHOOSE)
    assert login.action.endswith("/oidc/login")
    assert is_error_page(browser.answer(login))


@pytest.mark.parametrize("user", [2, 65])
def test_managers_choose_content(user: int, browser: Browser) -> None:
    claims = browser.sign_in(user).launched(CHOOSE)
    assert claims[names.LTI + "message_type"] == "LtiDeepLinkingRequest"
    assert names.LTI + "resource_link" not in claims


def test_groups_come_by_the_custom_parameter(moodle: RunningMoodle, tool: PeerTool) -> None:
    custom = {"groups": "$Moodle.Person.userGroupIds", "copied_from": "$Context.id.history"}
    tool.registered(moodle, custom=custom | {"plain": "as $User.id is", "odd": "$Nothing"})
    told = {
        user: Browser(moodle.url).sign_in(user).launched()[names.LTI + "custom"] for user in (24, 63, 64, 65)
    }
    assert {user: each["groups"] for user, each in told.items()} == {24: "1", 63: "1", 64: "2", 65: ""}
    assert (told[24]["copied_from"], told[24]["plain"], told[24]["odd"]) == ("", "as $User.id is", "$Nothing")


def test_a_tool_that_gets_no_names_gets_none(moodle: RunningMoodle, tool: PeerTool) -> None:
    tool.registered(moodle, shares_name=False, shares_email=False, scopes=[names.SCORE])
    claims = Browser(moodle.url).sign_in(24).launched()
    assert not {"name", "given_name", "family_name", "email"} & claims.keys()
    assert claims[names.LTI + "ext"] == {"lms": "moodle-2"}
    assert names.NAMES_AND_ROLES + "claim/namesroleservice" not in claims
    assert claims[names.GRADES + "claim/endpoint"]["scope"] == [names.SCORE]


def test_a_renamed_learner_is_launched_under_the_new_name(browser: Browser, school: RunningMoodle) -> None:
    school.change("rename", user=24, firstname="静雯", lastname="黄")
    assert browser.sign_in(24).launched()["name"] == "静雯 黄"


def test_a_submission_review_says_whose_work_is_looked_at(browser: Browser) -> None:
    claims = browser.sign_in(63).launched(f"{LAUNCH}&action=gradeReport&user=24")
    assert claims[names.LTI + "message_type"] == "LtiSubmissionReviewRequest"
    assert claims[names.LTI + "for_user"] == {"user_id": "24"}
    assert claims[names.GRADES + "claim/endpoint"]["lineitem"].endswith("/2/lineitems/14/lineitem?type_id=1")
    learner = browser.sign_in(24).get("/mod/lti/launch.php", id="28", action="gradeReport", user="25")
    assert is_error_page(learner)


def test_a_tool_that_is_not_activated_is_not_launched(moodle: RunningMoodle, tool: PeerTool) -> None:
    tool.registered(moodle, active=False)
    browser = Browser(moodle.url).sign_in(24)
    assert is_error_page(browser.get("/mod/lti/launch.php", id="28"))
    moodle.change("activate_tool", tool=1)
    assert browser.launched()["sub"] == "24"


def test_a_rotated_key_signs_and_the_former_one_goes(browser: Browser, school: RunningMoodle) -> None:
    def published() -> list[str]:
        return [key["kid"] for key in browser.get(names.KEYS).json()["keys"]]

    (first,) = published()
    second = school.change("rotate_platform_keys", keep_former=True)
    assert published() == [second, first]
    third = school.change("rotate_platform_keys")
    assert published() == [third]
    assert browser.sign_in(24).launched()["sub"] == "24"


def test_each_opening_of_the_activity_is_a_launch_of_its_own(browser: Browser) -> None:
    browser.sign_in(24)
    first, second = browser.begin(), browser.begin()
    hints = [json.loads(each.fields["lti_message_hint"])["launchid"] for each in (first, second)]
    assert hints[0] != hints[1]
    assert "id_token" in posted(browser.answer(second)).fields
    assert "id_token" in posted(browser.answer(first)).fields
