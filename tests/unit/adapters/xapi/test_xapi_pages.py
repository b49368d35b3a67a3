"""Pages of statements: one bad statement is set aside, its page is read; nothing else is taken for one."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.xapi.evidence import Evidence, StatementReader
from adapters.xapi.pages import read_lines, read_page
from lms_scoring.domain.errors import MalformedEvidence
from tests.fixtures.xapi.golden_pairs import GOLDEN
from tests.fixtures.xapi.statements import numbered, page, paused, paused_at

UNREADABLE = {
    "NaN": b'{"id":"b","x":NaN}',
    "half a surrogate pair": b'{"id":"\\ud800"}',
    "no UTF-8": b'{"id":"\xff"}',
    "a hundred thousand brackets": b'{"id":"b","x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a bracket in a text after a broken escape": b'{"id":"b\\q","x":"]}\\"]}"}',
}


def read(body: bytes) -> Evidence:
    return StatementReader().read(read_page(body))


@pytest.mark.parametrize("bad", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_json_at_all_is_set_aside_with_its_bytes_and_its_page_is_read(bad: bytes) -> None:
    served = read_page(page(numbered(1), bad, numbered(2), more="/next"))
    evidence = StatementReader().read(served)
    assert [event.id[-1] for event in evidence.events] == ["1", "2"]
    assert [(refused.index, refused.code, refused.raw) for refused in evidence.refused] == [
        (1, "not_json", bad)
    ]
    assert served.more == "/next"


def test_other_lists_beside_the_statements_are_not_taken_for_them() -> None:
    bad = UNREADABLE["NaN"]
    body = page(numbered(1), bad)
    evidence = read(b'{"warnings":[{"statements":[{"a":1}]}],' + body[1:])
    assert [event.id for event in evidence.events] == [numbered(1)["id"]]
    assert [refused.raw for refused in evidence.refused] == [bad]


def test_a_refusal_names_the_place_the_id_and_the_reason_and_nothing_personal() -> None:
    bad = numbered(2, actor={"mbox": 5, "name": "Li Wei"})
    (refused,) = read(page(numbered(1), bad)).refused
    problem = refused.problem("page 1, statement 2")
    assert problem.subject == bad["id"]
    assert problem.raw is not None
    assert json.loads(problem.raw) == bad
    assert problem.text == (
        "page 1, statement 2: its actor cannot be read (Expected `str | null`, got `int` - at `$.mbox`). "
        "The statement was set aside, the others were read; repair it where it comes from."
    )


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"<html></html>", b'{"version":["1.0.3"]}', b'["an-id"]', b'{"statements":5}'],
)
def test_what_is_no_page_of_statements_is_not_read(body: bytes) -> None:
    with pytest.raises(MalformedEvidence):
        read_page(body)


def test_half_a_page_is_not_read() -> None:
    whole = page(numbered(1), numbered(2))
    for length in range(len(whole)):
        with pytest.raises(MalformedEvidence):
            read_page(whole[:length])


def test_a_single_statement_is_a_page_of_one() -> None:
    assert len(read(json.dumps(numbered(1)).encode()).events) == 1


def test_more_may_be_null_or_missing() -> None:
    assert read_page(b'{"statements":[],"more":null}').more == ""
    assert read_page(b'{"statements":[]}').more == ""


def test_an_id_in_capitals_is_the_same_id() -> None:
    upper = paused(id="ABCDEF00-0000-4000-8000-000000000001")
    lower = paused(id="abcdef00-0000-4000-8000-000000000001")
    assert read(page(upper)).events == read(page(lower)).events


@pytest.mark.parametrize(
    ("seconds", "milliseconds"),
    [(0, 0), (43.731, 43731), (0.0005, 1), (1.0004, 1000), ("7.5", 7500), (4.35, 4350), (1234.567, 1234567)],
)
def test_positions_are_whole_milliseconds_rounded_half_up(seconds: object, milliseconds: int) -> None:
    (event,) = read(page(paused_at(seconds))).events
    assert event.position == milliseconds


@given(st.integers(min_value=0, max_value=9_999_999_999))
def test_every_position_of_three_decimals_is_exact(milliseconds: int) -> None:
    (event,) = read(page(paused_at(milliseconds / 1000))).events
    assert event.position == milliseconds


def test_times_that_no_calendar_shows_are_refused() -> None:
    far = [numbered(1, timestamp="9999-12-31T23:00:00Z"), numbered(2, timestamp="1969-12-31T23:59:59Z")]
    assert [refused.code for refused in read(page(*far)).refused] == ["time_out_of_range"] * 2


GOLDEN_RAW = [json.loads(path.read_bytes()) for path in sorted(GOLDEN.glob("*_20??.raw.json"))] + [
    json.loads(path.read_bytes()) for path in sorted(GOLDEN.glob("video_*.raw.json"))
]
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(10**30), max_value=10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["http://[bad", "mailto:", "0001-01-01T00:00:00+14:00", "1e999999999", "-inf"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "a"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(st.sampled_from(GOLDEN_RAW), st.data())
def test_whatever_stands_where_it_should_not_neighbours_are_read_and_nothing_is_lost(
    statement: dict[str, Any], data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from(list(places(statement))))
    raw = json.dumps(replaced(statement, place, data.draw(JUNK))).encode()
    good = json.dumps(numbered(1)).encode()
    for read_so in (read_page(page(good, raw, good)), read_lines([good, raw, good])):
        evidence = StatementReader().read(read_so)
        assert [event.id for event in evidence.events].count(numbered(1)["id"]) >= 2
        everything = (evidence.events, evidence.statements, evidence.voided, evidence.refused)
        assert sum(map(len, everything)) == 3
        assert all(refused.raw == raw and refused.index == 1 for refused in evidence.refused)
        for event in evidence.events:
            assert all(-(2**63) <= each < 2**63 for each in event if isinstance(each, int))


def places(value: object, inside: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value except the whole."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*inside, key)
        yield from places(each, (*inside, key))


def replaced(value: Any, place: tuple[Any, ...], by: object) -> Any:
    """A copy with something else at the place."""
    whole = copy.deepcopy(value)
    target = whole
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = by
    return whole


def test_the_character_nul_is_refused_wherever_a_database_would_keep_it() -> None:
    bad = [
        {**numbered(1), "id": "a\0"},
        numbered(2, actor={"mbox": "mailto:a\0@example.org"}),
        numbered(3, object={"id": "https://video.example.edu/v/\0"}),
    ]
    evidence = read(page(*bad, numbered(4)))
    assert [refused.code for refused in evidence.refused] == ["nul_character"] * 3
    assert [event.id[-1] for event in evidence.events] == ["4"]


VOIDED = {"id": "http://adlnet.gov/expapi/verbs/voided"}
REPLIED = {"id": "http://id.tincanapi.com/verb/replied"}


def replying_with(iri: str) -> dict[str, Any]:
    type_ = "http://id.tincanapi.com/activitytype/forum-reply"
    return {"contextActivities": {"other": [{"id": iri, "definition": {"type": type_}}]}}


@pytest.mark.parametrize(
    ("name", "code"),
    [("a\0b", "nul_character"), ("x" * 2_001, "name_too_long"), ("王" * 667, "name_too_long")],
)
def test_no_statement_comes_through_under_a_name_that_cannot_be_found_again(name: str, code: str) -> None:
    bad = [
        {**numbered(1), "id": name},
        numbered(2, actor={"openid": name}),
        numbered(3, object={"id": name}),
        numbered(4, verb=VOIDED, object={"objectType": "StatementRef", "id": name}),
        numbered(5, verb=REPLIED, context=replying_with(name)),
    ]
    evidence = read(page(*bad, numbered(6)))
    assert [refused.code for refused in evidence.refused] == [code] * 5
    assert (evidence.voided, evidence.statements) == ([], [])
    assert [event.id[-1] for event in evidence.events] == ["6"]


def test_an_id_that_grows_in_small_letters_is_measured_then() -> None:
    """The capital has two bytes, and becomes two characters of three."""
    name = "\u0130" * 700
    bad = [numbered(1, verb=VOIDED, object={"objectType": "StatementRef", "id": name})]
    evidence = read(page({**numbered(2), "id": name}, *bad))
    assert [refused.code for refused in evidence.refused] == ["name_too_long"] * 2
    assert evidence.voided == []


@pytest.mark.parametrize(
    ("session", "kept"), [("a\0b", "a\ufffdb"), ("x" * 3_000, "x" * 500), ("王芳", "王芳")]
)
def test_no_statement_is_lost_for_how_its_player_names_the_viewing(session: object, kept: str) -> None:
    named = {"extensions": {"https://w3id.org/xapi/video/extensions/session-id": session}}
    evidence = read(page(numbered(1, context=named)))
    assert [event.session for event in evidence.events] == [kept]
    assert evidence.refused == []
