"""Each fault comes over the wire as the failing platform would send it, and then all is well again."""

import pytest
import requests

from lms_scoring.demonstration.running import RunningMoodle, RunningPlatform

from .caller import Caller

pytestmark = pytest.mark.variation

SITE_INFO = "core_webservice_get_site_info"


@pytest.mark.parametrize(
    ("kind", "status", "content_type"),
    [
        ("html", 200, "text/html; charset=utf-8"),
        ("login_page", 200, "text/html; charset=utf-8"),
        ("redirect_to_login", 303, "text/html; charset=utf-8"),
        ("maintenance_cli", 503, "text/html; charset=utf-8"),
        ("disabled", 403, "text/html; charset=utf-8"),
        ("server_error", 500, "text/html; charset=utf-8"),
        ("bad_gateway", 502, "text/html; charset=utf-8"),
        ("too_many", 429, "text/html; charset=utf-8"),
    ],
)
def test_the_next_answer_is_not_the_platforms_json(
    moodle: RunningMoodle, ask_mine: Caller, kind: str, status: int, content_type: str
) -> None:
    moodle.faults.add(kind)
    response = ask_mine.response(SITE_INFO)
    assert (response.status_code, response.headers["Content-Type"]) == (status, content_type)
    assert "userid" not in response.text
    assert ask_mine(SITE_INFO)["userid"] == 66


def test_maintenance_and_too_many_requests_say_when_to_come_again(
    moodle: RunningMoodle, ask_mine: Caller
) -> None:
    moodle.faults.add("maintenance_cli")
    assert ask_mine.response(SITE_INFO).headers["Retry-After"] == "300"
    moodle.faults.add("too_many")
    assert ask_mine.response(SITE_INFO).headers["Retry-After"] == "1"


def test_web_services_switched_off_answer_nothing(moodle: RunningMoodle, ask_mine: Caller) -> None:
    moodle.faults.add("disabled")
    assert ask_mine.response(SITE_INFO).content == b""


def test_a_redirect_leads_to_the_login_page(moodle: RunningMoodle, ask_mine: Caller) -> None:
    moodle.faults.add("redirect_to_login")
    assert ask_mine.response(SITE_INFO).headers["Location"] == "/login/index.php"


def test_maintenance_by_the_sites_setting_is_an_exception_in_json(
    moodle: RunningMoodle, ask_mine: Caller
) -> None:
    moodle.faults.add("maintenance_db")
    assert ask_mine(SITE_INFO)["errorcode"] == "sitemaintenance"


def test_an_expired_token_is_refused_once_and_then_unknown(moodle: RunningMoodle, ask_mine: Caller) -> None:
    moodle.faults.add("token_expired", times=3)
    told = [ask_mine(SITE_INFO).get("errorcode") for _ in range(4)]
    assert told == ["accessexception", "invalidtoken", "invalidtoken", None]


def test_half_a_body_ends_before_its_announced_length(moodle: RunningMoodle, ask_mine: Caller) -> None:
    moodle.faults.add("half_body")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        ask_mine.response(SITE_INFO)


def test_half_a_body_without_a_length_looks_complete_and_is_not_json(
    moodle: RunningMoodle, ask_mine: Caller
) -> None:
    moodle.faults.add("half_body_without_length")
    response = ask_mine.response(SITE_INFO)
    assert response.text.startswith('{"sitename"')
    with pytest.raises(requests.exceptions.JSONDecodeError):
        response.json()


def test_a_connection_can_end_without_any_answer(moodle: RunningMoodle, ask_mine: Caller) -> None:
    moodle.faults.add("no_answer")
    with pytest.raises(requests.exceptions.ConnectionError):
        ask_mine.response(SITE_INFO)


def test_a_trickling_answer_announces_much_and_begins(moodle: RunningMoodle) -> None:
    moodle.faults.add("trickle")
    form = {"wstoken": moodle.token, "wsfunction": SITE_INFO, "moodlewsrestformat": "json"}
    place = f"{moodle.url}/webservice/rest/server.php"
    with requests.post(place, data=form, stream=True, timeout=20) as response:
        assert next(response.iter_content(1)) == b"{"
        assert int(response.headers["Content-Length"]) > 1000


def test_a_fault_can_wait_for_some_good_answers(moodle: RunningMoodle, ask_mine: Caller) -> None:
    moodle.faults.add("server_error", times=2, after=3)
    assert [ask_mine.response(SITE_INFO).status_code for _ in range(6)] == [200, 200, 200, 500, 500, 200]


def test_faults_are_set_and_cleared_over_http(moodle: RunningMoodle, ask_mine: Caller) -> None:
    place = f"{moodle.url}/demonstration/faults"
    assert requests.post(place, json={"kind": "html", "times": 5}, timeout=20).status_code == 200
    assert ask_mine.response(SITE_INFO).headers["Content-Type"].startswith("text/html")
    assert requests.delete(place, timeout=20).status_code == 200
    assert ask_mine(SITE_INFO)["userid"] == 66
    refused = requests.post(place, json={"kind": "nonsense"}, timeout=20)
    assert refused.status_code == 400
    assert "there is no fault 'nonsense'" in refused.json()["error"]


def test_the_record_store_fails_on_demand_too(platform: RunningPlatform) -> None:
    lrs = platform.lrs
    lrs.faults.add("bad_gateway")
    headers = {"X-Experience-API-Version": "1.0.3"}
    place = f"{lrs.url}/statements?limit=1"
    told = [requests.get(place, auth=(lrs.key, lrs.secret), headers=headers, timeout=20) for _ in range(2)]
    assert [response.status_code for response in told] == [502, 200]


def test_requests_and_calls_inside_batches_are_counted(moodle: RunningMoodle, ask_mine: Caller) -> None:
    place = f"{moodle.url}/demonstration/calls"
    ask_mine(SITE_INFO)
    calls = [{"function": SITE_INFO, "arguments": "{}"}] * 3
    ask_mine("tool_mobile_call_external_functions", requests=calls)
    assert requests.get(place, timeout=20).json() == {
        "http": 2,
        "requests": {SITE_INFO: 1, "tool_mobile_call_external_functions": 1},
        "inner": {SITE_INFO: 3},
    }
    assert requests.delete(place, timeout=20).json() == {"http": 0, "requests": {}, "inner": {}}
