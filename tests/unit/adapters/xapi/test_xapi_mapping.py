"""What the golden pairs do not show: marks, instructors, accounts and spellings at their edges."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from adapters.xapi.evidence import Evidence, StatementReader
from adapters.xapi.pages import read_page
from adapters.xapi.spellings import Spellings
from tests.fixtures.xapi.statements import numbered, page, paused

SCORED = {"id": "https://w3id.org/xapi/tla/verbs/scored"}
ASSIGN = {"id": "https://moodle.example.edu/mod/assign/view.php?id=300"}


def read(*statements: dict[str, Any] | bytes) -> Evidence:
    return StatementReader().read(read_page(page(*statements)))


def scored(score: str) -> bytes:
    """A marked homework; the score as JSON text, so that no float comes between."""
    statement = json.dumps(paused(verb=SCORED, object=ASSIGN, result={"score": "SCORE"}))
    return statement.replace('"SCORE"', score).encode()


@pytest.mark.parametrize(
    ("score", "raw", "maximum"),
    [
        ('{"raw":75.44,"max":100}', Fraction(1886, 25), Fraction(100)),
        ('{"raw":0.1,"max":0.3}', Fraction(1, 10), Fraction(3, 10)),
        ('{"raw":79.99999999999999999999999}', Fraction(7999999999999999999999999, 10**23), None),
        ('{"raw":"8.5","max":null}', Fraction(17, 2), None),
        ('{"raw":-1}', Fraction(-1), None),
        ('{"raw":1e2}', Fraction(100), None),
        ("null", None, None),
        ("{}", None, None),
    ],
)
def test_marks_are_exact(score: str, raw: Fraction | None, maximum: Fraction | None) -> None:
    (statement,) = read(scored(score)).statements
    assert (statement.raw, statement.maximum) == (raw, maximum)


@pytest.mark.parametrize(
    "score",
    ["5", '{"raw":true}', '{"raw":"A"}', '{"raw":1e400}', '{"raw":"NaN"}', '{"raw":0.%s}' % ("1" * 50)],
)
def test_what_is_no_mark_is_refused(score: str) -> None:
    (refused,) = read(scored(score)).refused
    assert refused.code == "score_malformed"


@pytest.mark.parametrize("instructor", [None, {"name": "staff"}, {"objectType": "Group"}, 5])
def test_a_mark_stands_though_nobody_can_be_told_to_have_given_it(instructor: object) -> None:
    (statement,) = read(
        paused(verb=SCORED, object=ASSIGN, context={"instructor": instructor}, result={"score": {"raw": 5}})
    ).statements
    assert statement.raw == 5
    assert statement.by is None


VIDEO = {"type": "https://w3id.org/xapi/video/activity-type/video"}


def about(iri: str, name: object, **definition: object) -> dict[str, Any]:
    named = {} if name is None else {"name": name}
    return paused(object={"id": iri, "definition": {**VIDEO, **definition, **named}})


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ({"en-US": "Lecture 1", "zh-CN": "第一讲"}, "第一讲"),
        ({"fr": "Cours 1", "en-GB": "Lecture 1"}, "Lecture 1"),
        ({"de": "Vorlesung 1", "fr": "Cours 1"}, "Vorlesung 1"),
        ({"zh": " \u0000", "en": " Lecture\u0000 1 "}, "Lecture 1"),
        ({"zh": "长" * 300}, "长" * 250),
        ({"zh": " "}, None),
        ({}, None),
        (None, None),
        ("Lecture 1", None),
        ({"en": 5}, None),
        (["Lecture 1"], None),
    ],
)
def test_a_video_is_called_what_its_statements_call_it_and_read_whatever_that_is(
    name: object, title: str | None
) -> None:
    evidence = read(about("https://video.example/1", name))
    assert len(evidence.events) == 1
    assert evidence.titles == ({} if title is None else {"https://video.example/1": title})


def test_a_title_is_told_once_and_again_where_it_is_another() -> None:
    reader = StatementReader()

    def titles(*names: str) -> list[str]:
        statements = [about("https://video.example/1", {"zh": name}) for name in names]
        return [*reader.read(read_page(page(*statements))).titles.values()]

    assert titles("一", "一") == ["一"]
    assert titles("一") == []
    assert titles("一", "二") == ["二"]


def test_nothing_but_videos_has_a_title() -> None:
    replied = {"id": "http://id.tincanapi.com/verb/replied"}
    other = {"id": "https://m.example/d?1", "definition": {"name": {"zh": "话题"}}}
    assert read(paused(verb=replied, object=other)).titles == {}


@pytest.mark.parametrize("response", [5, None, ["text"]])
def test_a_reply_whose_text_is_none_has_no_length(response: object) -> None:
    reply = {"id": "http://id.tincanapi.com/verb/replied"}
    (statement,) = read(
        paused(verb=reply, object={"id": "https://m.example/d?1"}, result={"response": response})
    ).statements
    assert statement.characters is None


@pytest.mark.parametrize(
    ("account", "code"),
    [
        ({"homePage": "", "name": "7"}, "actor_malformed"),
        ({"homePage": "http://m.example", "name": " "}, "actor_malformed"),
        ({"homePage": "http://[bad", "name": "7"}, "actor_malformed"),
        ({"name": "7"}, "actor_malformed"),
    ],
)
def test_an_account_needs_its_home_page_and_its_name(account: dict[str, str], code: str) -> None:
    (refused,) = read(paused(actor={"account": account})).refused
    assert refused.code == code


def test_an_account_named_by_a_number_is_the_same_as_by_its_text() -> None:
    home = "https://m.example"
    events = read(
        numbered(1, actor={"account": {"homePage": home, "name": 7}}),
        numbered(2, actor={"account": {"homePage": home + "/", "name": "7"}}),
    ).events
    assert {event.account for event in events} == {"account:https://m.example|7"}


def test_a_speed_in_the_result_counts_where_the_context_has_none() -> None:
    video = "https://w3id.org/xapi/video/extensions/"
    (event,) = read(paused(result={"extensions": {video + "time": 1, video + "speed": "2x"}})).events
    assert event.rate == 200


@pytest.mark.parametrize(
    ("speed", "rate"),
    [("1x", 100), ("1.25X", 125), (1.5, 150), ("0.75", 75), (0, None), (-1, None), (1000, None), ("x", None)],
)
def test_a_speed_is_read_in_every_spelling_and_nonsense_is_none(speed: object, rate: int | None) -> None:
    video = "https://w3id.org/xapi/video/extensions/"
    (event,) = read(paused(context={"extensions": {video + "speed": speed}})).events
    assert event.rate == rate


def test_spellings_are_understood_once_and_forgotten_when_they_become_too_many() -> None:
    asked: list[bytes] = []

    def understand(spelling: bytes) -> int:
        asked.append(spelling)
        return int(spelling)

    meanings = Spellings(understand)
    assert [meanings[b"7"], meanings[b"7"]] == [7, 7]
    assert asked == [b"7"]
    for number in range(100_000):
        assert meanings[str(number).encode()] == number
    assert len(meanings) < 10_000
