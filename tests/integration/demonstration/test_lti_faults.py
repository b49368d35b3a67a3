"""Faults of single LTI addresses, by the control door and from within."""

from __future__ import annotations

import pytest
import requests

from lms_scoring.demonstration.lti import names
from lms_scoring.demonstration.running import RunningMoodle

from .lti_peer import PeerTool, Services

pytestmark = pytest.mark.variation

AT = "2026-11-21T18:08:07Z"


@pytest.mark.parametrize(("kind", "status"), [("unauthorized", 401), ("server_error", 500)])
def test_the_token_endpoint_fails_as_often_as_told(
    kind: str, status: int, school: RunningMoodle, tool: PeerTool
) -> None:
    school.place_faults.add(kind, place="token", times=2, after=1)
    answers = [tool.token_answer(school).status_code for _ in range(4)]
    assert answers == [200, status, status, 200]


@pytest.mark.parametrize(
    ("kind", "status", "wait"),
    [("too_many", 429, "7"), ("unavailable", 503, None), ("bad_request", 400, None)],
)
def test_a_score_that_is_turned_away_is_not_kept(
    kind: str, status: int, wait: str | None, school: RunningMoodle, services: Services
) -> None:
    column = services.column()
    school.place_faults.add(kind, place="score")
    answer = services.score(column, 24, AT, scoreGiven=80)
    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, wait)
    assert services.results(column) == {}
    assert services.score(column, 24, AT, scoreGiven=80).status_code == 200


def test_a_lost_answer_loses_no_grade(school: RunningMoodle, services: Services) -> None:
    column = services.column()
    school.place_faults.add("lost_answer", place="score")
    with pytest.raises(requests.ConnectionError):
        services.score(column, 24, AT, scoreGiven=80)
    assert services.results(column)["24"]["resultScore"] == 80
    assert services.score(column, 24, AT, scoreGiven=80).status_code == 409


def test_the_key_set_can_be_down_huge_and_elsewhere(school: RunningMoodle) -> None:
    place = f"{school.url}{names.KEYS}"
    for kind in ("down", "huge", "redirect", "malformed"):
        school.place_faults.add(kind, place="keys")
    with pytest.raises(requests.ConnectionError):
        requests.get(place, timeout=20)
    assert len(requests.get(place, timeout=20).content) > 10_000_000
    assert requests.get(place, timeout=20, allow_redirects=False).status_code == 302
    with pytest.raises(requests.JSONDecodeError):
        requests.get(place, timeout=20).json()
    assert len(requests.get(place, timeout=20).json()["keys"]) == 1


def test_a_fault_of_one_place_leaves_the_others_alone(school: RunningMoodle, services: Services) -> None:
    school.place_faults.add("unavailable", place="score", times=5)
    assert services("GET", "/2/lineitems?type_id=1").status_code == 200


def test_the_control_door_makes_faults_and_changes(moodle: RunningMoodle, tool: PeerTool) -> None:
    control = f"{moodle.url}/demonstration"
    told = {
        "change": "register_tool",
        "login_url": f"{tool.url}/login",
        "redirect_uris": [f"{tool.url}/launch"],
        "jwks_url": f"{tool.url}/jwks",
        "target": f"{tool.url}/launch",
        "client_id": tool.client_id,
    }
    made = requests.post(f"{control}/change", json=told, timeout=20).json()["done"]
    assert made == {
        "client_id": tool.client_id,
        "deployment_id": "1",
        "issuer": moodle.url,
        "auth_url": f"{moodle.url}{names.AUTH}",
        "token_url": f"{moodle.url}{names.TOKEN}",
        "jwks_url": f"{moodle.url}{names.KEYS}",
        "course_page": moodle.course_page,
    }
    fault = {"kind": "server_error", "place": "token", "times": 3}
    assert requests.post(f"{control}/faults", json=fault, timeout=20).status_code == 200
    assert tool.token_answer(moodle).status_code == 500
    requests.delete(f"{control}/faults", timeout=20)
    assert tool.token_answer(moodle).status_code == 200
    again = requests.post(f"{control}/change", json=told, timeout=20)
    assert again.status_code == 400


def test_an_unknown_fault_or_place_is_refused(moodle: RunningMoodle) -> None:
    for told in ({"kind": "fire", "place": "token"}, {"kind": "down", "place": "cellar"}):
        answer = requests.post(f"{moodle.url}/demonstration/faults", json=told, timeout=20)
        assert answer.status_code == 400
        assert "places: token" in answer.json()["error"]
