"""The token endpoint of the stand-in believes and refuses as a Moodle does."""

from __future__ import annotations

import pytest
import requests

from lms_scoring.demonstration.lti import names
from lms_scoring.demonstration.running import RunningMoodle
from lms_scoring.demonstration.wire import Answer, json_answer

from .lti_peer import PeerTool, new_key

pytestmark = pytest.mark.variation


def test_a_token_is_json_that_calls_itself_html(school: RunningMoodle, tool: PeerTool) -> None:
    answer = tool.token_answer(school, f"{names.SCORE} https://example.invalid/unknown")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    told = answer.json()
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 3600, names.SCORE)


def test_neither_audience_nor_repetition_is_looked_at(school: RunningMoodle, tool: PeerTool) -> None:
    answers = [tool.token_answer(school, jti="same", aud="https://else.example") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]


def test_refusals_are_one_word(school: RunningMoodle, tool: PeerTool) -> None:
    now = school.server.model.now()
    told = {
        tool.token_answer(school, "").text,
        tool.token_answer(school, "nothing").text,
        tool.token_answer(school, exp=now - 1).text,
        tool.token_answer(school, sub="another").text,
        tool.token_answer(school, sub=None).text,
    }
    assert told == {
        '{"error": "invalid_request"}',
        '{"error": "invalid_scope"}',
        '{"error": "Expired token"}',
        '{"error": "invalid_client"}',
    }
    future = tool.token_answer(school, iat=now + 100)
    assert (future.status_code, "prior to" in future.text) == (400, True)


def test_the_key_set_is_kept_until_a_check_fails(school: RunningMoodle, tool: PeerTool) -> None:
    assert [tool.token_answer(school).status_code for _ in range(3)] == [200] * 3
    assert tool.key_requests == 1
    tool.key = new_key("tool-2")
    assert tool.token_answer(school).status_code == 200
    assert tool.key_requests == 2
    assert tool.agents[0] == f"MoodleBot/4.5 (+{school.url})"


def test_a_foreign_key_is_refused(school: RunningMoodle, tool: PeerTool) -> None:
    stranger = PeerTool(tool.url, key=new_key())
    answer = stranger.token_answer(school)
    assert (answer.status_code, answer.json()) == (400, {"error": "Signature verification failed"})


def test_without_the_tool_s_keys_there_is_a_page_that_does_not_say_why(
    school: RunningMoodle, tool: PeerTool
) -> None:
    for broken in (
        Answer(500),
        Answer(302, {"Location": f"{tool.url}/jwks"}),
        json_answer({"keys": "none"}),
        json_answer([]),
        Answer(200, body=b"<html>"),
        Answer(200, raw=[]),
    ):
        tool.key_answer = broken
        answer = tool.token_answer(school)
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_a_blocked_address_is_such_a_page_too(school: RunningMoodle, tool: PeerTool) -> None:
    school.change("block_key_fetching")
    assert tool.token_answer(school).status_code == 404
    assert tool.key_requests == 0
    school.change("block_key_fetching", blocked=False)
    assert tool.token_answer(school).status_code == 200


def test_keys_are_fetched_from_loopback_only(moodle: RunningMoodle, tool: PeerTool) -> None:
    tool.registered(moodle, jwks_url="http://192.0.2.1/jwks")
    assert tool.token_answer(moodle).status_code == 404


def test_an_empty_request_is_refused(school: RunningMoodle) -> None:
    answer = requests.post(f"{school.url}{names.TOKEN}", timeout=20)
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})
