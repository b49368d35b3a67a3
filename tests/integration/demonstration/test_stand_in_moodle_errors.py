"""Errors come as a Moodle gives them: HTTP 200 and an exception in the body."""

import json
from typing import Any

import pytest
import requests

from lms_scoring.demonstration.running import RunningPlatform

from .caller import Caller

PARAMETER = "invalidparameter"


@pytest.mark.parametrize(
    ("function", "parameters", "code"),
    [
        ("no_such_function", {}, "invalidrecord"),
        ("core_user_create_users", {}, "accessexception"),
        ("core_enrol_get_enrolled_users", {}, PARAMETER),
        ("core_enrol_get_enrolled_users", {"courseid": "abc"}, PARAMETER),
        ("core_enrol_get_enrolled_users", {"courseid": 2, "foo": 1}, PARAMETER),
        ("mod_assign_get_assignments", {"courseids": "2"}, PARAMETER),
        ("mod_assign_get_assignments", {"includenotenrolledcourses": "True"}, PARAMETER),
        ("mod_forum_get_forum_discussions", {"forumid": 1, "sortorder": 99}, PARAMETER),
        ("core_course_get_contents", {"courseid": 99999}, "invalidrecord"),
        ("mod_forum_get_forum_discussions", {"forumid": 99}, "invalidrecord"),
        ("mod_scorm_get_scorm_sco_tracks", {"scoid": 2, "userid": 61}, "userdeleted"),
        ("mod_assign_get_submission_status", {"assignid": 1, "userid": 60}, "nopermission"),
        ("mod_assign_get_participant", {"assignid": 1, "userid": 58}, "userisfilteredout"),
        ("mod_assign_get_participant", {"assignid": 1, "userid": 59}, "usernotincourse"),
        ("mod_journal_get_entry", {"journalid": 1}, "notmodelled"),
    ],
)
def test_a_failing_call_is_http_200_with_a_code(
    ask: Caller, function: str, parameters: dict[str, Any], code: str
) -> None:
    response = ask.response(function, **parameters)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.json()["errorcode"] == code
    assert response.json()["exception"]


def test_an_unknown_discussion_is_an_exception_without_a_code(ask: Caller) -> None:
    assert ask("mod_forum_get_discussion_posts", discussionid=999999) == {
        "exception": "Error",
        "message": "Call to a member function get_forum_id() on null",
    }


def test_unknown_options_and_unknown_assignments_are_passed_over_in_silence(ask: Caller) -> None:
    options = [{"name": "nosuch", "value": "1"}]
    assert len(ask("core_enrol_get_enrolled_users", courseid=2, options=options)) == 60
    assert ask("mod_assign_get_submissions", assignmentids=[99999]) == {"assignments": [], "warnings": []}
    unknown = ask("core_course_get_courses_by_field", field="id", value=99999)
    assert unknown == {"courses": [], "warnings": []}


@pytest.mark.parametrize("token", ["", "0123456789abcdef"])
def test_a_token_that_is_blank_or_unknown_is_invalid(platform: RunningPlatform, token: str) -> None:
    form = {"wstoken": token, "wsfunction": "core_webservice_get_site_info", "moodlewsrestformat": "json"}
    told = requests.post(f"{platform.moodle.url}/webservice/rest/server.php", data=form, timeout=20)
    assert told.json()["errorcode"] == "invalidtoken"


def test_get_is_answered_like_post(platform: RunningPlatform) -> None:
    query = {"wstoken": platform.moodle.token, "wsfunction": "core_webservice_get_site_info"}
    place = f"{platform.moodle.url}/webservice/rest/server.php"
    told = requests.get(place, params=query | {"moodlewsrestformat": "json"}, timeout=20)
    assert told.json()["release"].startswith("4.5.6")


@pytest.mark.parametrize("form", [{}, {"moodlewsrestformat": "yaml"}])
def test_without_json_being_asked_for_everything_comes_as_xml(
    platform: RunningPlatform, form: dict[str, str]
) -> None:
    place = f"{platform.moodle.url}/webservice/rest/server.php"
    asked = {"wstoken": platform.moodle.token, "wsfunction": "core_webservice_get_site_info", **form}
    told = requests.post(place, data=asked, timeout=20)
    assert told.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert '<KEY name="username"><VALUE>svc_evidence</VALUE>\n</KEY>' in told.text
    told = requests.post(place, data={**asked, "wstoken": ""}, timeout=20)
    assert "<ERRORCODE>invalidtoken</ERRORCODE>" in told.text


def test_other_paths_are_not_found(platform: RunningPlatform) -> None:
    assert requests.get(f"{platform.moodle.url}/login/token.php", timeout=20).status_code == 404


def test_a_batch_gives_the_same_answers_in_order(ask: Caller) -> None:
    arguments = [{"scoid": 2, "userid": user, "attempt": 0} for user in range(3, 60)]
    told = ask("tool_mobile_call_external_functions", requests=_requests(arguments))["responses"]
    assert len(told) == 57
    assert [each["error"] for each in told] == [False] * 57
    single = [ask("mod_scorm_get_scorm_sco_tracks", **each) for each in arguments]
    assert [json.loads(each["data"]) for each in told] == single


def test_a_batch_stops_in_silence_after_the_first_failing_call(
    platform: RunningPlatform, ask: Caller
) -> None:
    arguments = [{"scoid": 2, "userid": user} for user in (3, 4, 61, 5, 6)]
    told = ask("tool_mobile_call_external_functions", requests=_requests(arguments))["responses"]
    assert [each["error"] for each in told] == [False, False, True]
    assert json.loads(told[2]["exception"]) == {
        "message": "This user account has been deleted",
        "errorcode": "userdeleted",
        "link": f"{platform.moodle.url}/",
        "moreinfourl": "https://docs.moodle.org/405/en/error/moodle/userdeleted",
    }


def test_a_service_without_batching_neither_lists_nor_answers_it(
    platform: RunningPlatform, ask: Caller
) -> None:
    plain = type(ask)(platform.moodle.url, platform.moodle.plain_token, ask.session)
    names = [each["name"] for each in plain("core_webservice_get_site_info")["functions"]]
    batch = "tool_mobile_call_external_functions"
    assert batch not in names
    assert plain(batch, requests=_requests([{"scoid": 2, "userid": 3}]))["errorcode"] == "accessexception"
    assert batch in [each["name"] for each in ask("core_webservice_get_site_info")["functions"]]


def test_services_list_what_they_answer_but_for_the_recorded_one(
    platform: RunningPlatform, ask: Caller
) -> None:
    tokens = (platform.moodle.token, platform.moodle.plain_token, platform.moodle.recorded_token)
    callers = [type(ask)(platform.moodle.url, token, ask.session) for token in tokens]
    scale = "core_competency_get_scale_values"
    told = [{each["name"] for each in one("core_webservice_get_site_info")["functions"]} for one in callers]
    assert [scale in names for names in told] == [True, True, False]
    assert [len(one(scale, scaleid=3)) for one in callers] == [4, 4, 4]


def _requests(arguments: list[dict[str, int]]) -> list[dict[str, str]]:
    function = "mod_scorm_get_scorm_sco_tracks"
    return [{"function": function, "arguments": json.dumps(each)} for each in arguments]
