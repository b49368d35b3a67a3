"""Parts of the stand-in's LTI side that need no server."""

from __future__ import annotations

import http.client

import pytest

from lms_scoring.demonstration.lti.accounts import Account
from lms_scoring.demonstration.lti.cast import written
from lms_scoring.demonstration.lti.faults import PlaceFaults
from lms_scoring.demonstration.lti.keys import PlatformKeys
from lms_scoring.demonstration.lti.tool_keys import fetched
from lms_scoring.demonstration.wire import Answer, Request


@pytest.mark.parametrize(
    ("given", "family", "name"),
    [
        ("磊", "刘", "刘磊"),
        ("Aygül", "Memet", "Aygül Memet"),
        ("阿依古丽·买买提", "-", "阿依古丽·买买提"),
        ("John", "O'Brien", "John O'Brien"),
    ],
)
def test_names_are_written_as_their_bearers_do(given: str, family: str, name: str) -> None:
    assert written(Account(1, "x", given, family, "", "")) == name


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1/jwks",
        "http://example.invalid/jwks",
        "https://127.0.0.1/jwks",
        "file:///etc/passwd",
        "http://127.0.0.1@192.0.2.1/jwks",
        "http://2130706433/jwks",
    ],
)
def test_nothing_but_loopback_is_fetched_from(url: str) -> None:
    with pytest.raises((ValueError, OSError, http.client.HTTPException)):
        fetched(url, agent="test")


def test_keys_are_made_when_first_needed_and_read_only_what_they_signed() -> None:
    keys, others = PlatformKeys(), PlatformKeys()
    token = keys.signed({"sub": "x"})
    assert keys.read(token) == {"sub": "x"}
    assert others.read(token) is None
    assert keys.read("no token") is None
    assert "d" not in keys.published()["keys"][0]


def test_a_lost_answer_comes_after_the_deed_and_all_other_faults_instead_of_it() -> None:
    faults, done = PlaceFaults(), []

    def serve() -> Answer:
        done.append(1)
        return Answer(200)

    request = Request("POST", "/mod/lti/services.php/2/lineitems/15/lineitem/scores", "", {}, b"")
    faults.add("unavailable", place="score")
    assert (faults.disturb(request, serve).status, done) == (503, [])
    faults.add("lost_answer", place="score", after=1)
    assert faults.disturb(request, serve).raw is None
    assert (list(faults.disturb(request, serve).raw or [b"cut"]), len(done)) == ([b"cut"], 2)
