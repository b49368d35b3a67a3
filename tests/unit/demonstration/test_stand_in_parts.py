"""Parameters, costs and faults of the stand-in, one by one."""

import json
from typing import Any

import pytest

from lms_scoring.demonstration.costs import Costs
from lms_scoring.demonstration.faults import Faults
from lms_scoring.demonstration.moodle_errors import MoodleError
from lms_scoring.demonstration.moodle_loading import load_model
from lms_scoring.demonstration.moodle_parameters import flag, pairs, read_parameters, unfold, whole, wholes
from lms_scoring.demonstration.moodle_server import MoodleServer, services
from lms_scoring.demonstration.recordings import recorded_calls
from lms_scoring.demonstration.wire import Answer, Request

BASE = "http://127.0.0.1"


def test_php_names_unfold_into_lists_and_mappings() -> None:
    sent = [("courseids[0]", "2"), ("options[0][name]", "a"), ("options[0][value]", "b"), ("plain", "")]
    assert unfold(sent) == {
        "courseids": {"0": "2"},
        "options": {"0": {"name": "a", "value": "b"}},
        "plain": "",
    }


def test_checked_parameters_have_their_types_and_defaults() -> None:
    known = {"courseid": whole(), "ids": wholes([]), "only": flag(False), "options": pairs()}
    assert read_parameters(known, {"courseid": "2", "ids": {"0": "5"}, "only": "1"}) == {
        "courseid": 2,
        "ids": [5],
        "only": True,
        "options": [],
    }
    assert read_parameters(known, {"courseid": 2, "only": False})["only"] is False


@pytest.mark.parametrize(
    "wrong", [{"a": "02"}, {"a": ""}, {"a": "1.5"}, {"a": True}, {"a": ["1"]}, {"a": None}, {}]
)
def test_what_is_no_whole_number_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(MoodleError, match="Invalid parameter"):
        read_parameters({"a": whole()}, wrong)


def test_a_plain_and_a_nested_parameter_of_one_name_do_not_go_together() -> None:
    with pytest.raises(MoodleError):
        unfold([("a", "1"), ("a[0]", "2")])


def test_the_stand_in_waits_a_part_of_the_recorded_time() -> None:
    calls = recorded_calls(BASE)
    recorded = {
        call.params.get("userid"): call.seconds
        for call in calls
        if call.function == "mod_lesson_get_user_timers"
    }
    waited, server = _waiting_server(latency=0.5)
    server.answer(_request("mod_lesson_get_user_timers", {"lessonid": "1", "userid": "3"}))
    assert waited == [pytest.approx(recorded[3] * 0.5)]
    waited.clear()
    server.answer(_request("mod_lesson_get_user_timers", {"lessonid": "1", "userid": "777"}))
    assert waited == [pytest.approx(sum(recorded.values()) / len(recorded) * 0.5)]


def test_a_batch_waits_three_tenths_of_what_its_calls_take_alone() -> None:
    waited, server = _waiting_server(latency=1.0)
    for user in (3, 4):
        server.answer(_request("mod_lesson_get_user_timers", {"lessonid": "1", "userid": str(user)}))
    alone = sum(waited)
    waited.clear()
    form = {}
    for place, user in enumerate((3, 4)):
        form[f"requests[{place}][function]"] = "mod_lesson_get_user_timers"
        form[f"requests[{place}][arguments]"] = json.dumps({"lessonid": 1, "userid": user})
    server.answer(_request("tool_mobile_call_external_functions", form))
    assert sum(waited) == pytest.approx(alone * 0.3)
    assert server.inner == {"mod_lesson_get_user_timers": 2}


def test_without_latency_nothing_waits() -> None:
    waited, server = _waiting_server(latency=0.0)
    server.answer(_request("core_webservice_get_site_info", {}))
    assert waited == []


def test_a_trickle_sends_byte_by_byte() -> None:
    waited: list[float] = []
    faults = Faults(sleep=waited.append)
    faults.add("trickle")
    pieces = list(faults.disturb(Answer(200, {}, b"abc")).raw or ())
    assert (pieces[1:], len(waited)) == ([b"a", b"b", b"c"], 3)
    assert faults.disturb(Answer(200, {}, b"abc")).body == b"abc"


def _waiting_server(*, latency: float) -> tuple[list[float], MoodleServer]:
    waited: list[float] = []
    calls = recorded_calls(BASE)
    costs = Costs(calls)
    model = load_model(calls, BASE)
    tokens = {"t": services(model, batching=True)["recorded"]}
    return waited, MoodleServer(model, tokens, costs=costs, latency=latency, sleep=waited.append)


def _request(function: str, form: dict[str, str]) -> Request:
    sent = {"wstoken": "t", "wsfunction": function, "moodlewsrestformat": "json", **form}
    body = "&".join(f"{name}={value}" for name, value in sent.items()).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return Request("POST", "/webservice/rest/server.php", "", headers, body)
