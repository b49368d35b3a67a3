"""Only statements of named authorities are believed, where the settings name any; the others are counted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.xapi.authorities import Believed, vouching
from adapters.xapi.evidence import Evidence, StatementReader
from adapters.xapi.pages import read_page
from adapters.xapi.set_aside import StatementTexts
from tests.fixtures.xapi.statements import numbered, page, paused

MOODLE = {"objectType": "Agent", "account": {"homePage": "https://LRS.example/", "name": "moodle"}}
PLAYER = {"mbox": "mailto:Player@lrs.example"}
SCORED = {
    "verb": {"id": "https://w3id.org/xapi/tla/verbs/scored"},
    "object": {"id": "https://moodle.example.edu/mod/assign/view.php?id=300"},
    "result": {"score": {"raw": 9, "max": 10}},
}
VOIDS = {
    "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
    "object": {"objectType": "StatementRef", "id": "00000000-0000-4000-8000-000000000009"},
}
MARKS_OF_MOODLE = Believed(lms=frozenset({"account:https://lrs.example|moodle"}))


def read(*statements: dict[str, Any], believed: Believed = MARKS_OF_MOODLE) -> Evidence:
    return StatementReader(believed).read(read_page(page(*statements)))


def test_a_mark_counts_by_the_key_of_the_moodle_and_by_no_players() -> None:
    evidence = read(
        numbered(1, **SCORED, authority=MOODLE),
        numbered(2, **SCORED, authority=PLAYER),
        numbered(3, **SCORED),
    )
    assert [one.id[-1] for one in evidence.statements] == ["1"]
    assert (evidence.unbelieved, list(evidence.refused)) == (2, [])


def test_what_players_tell_of_videos_is_believed_of_the_authorities_of_videos() -> None:
    told = (numbered(1, authority=PLAYER), numbered(2, authority=MOODLE))
    assert len(read(*told).events) == 2
    players = Believed(lms=MARKS_OF_MOODLE.lms, videos=frozenset({"mbox:player@lrs.example"}))
    evidence = read(*told, believed=players)
    assert ([one.id[-1] for one in evidence.events], evidence.unbelieved) == (["1"], 1)


def test_nobody_takes_statements_back_who_may_not_write_marks() -> None:
    evidence = read(numbered(1, **VOIDS, authority=PLAYER), numbered(2, **VOIDS, authority=MOODLE))
    assert (list(evidence.voided), evidence.unbelieved) == ([VOIDS["object"]["id"]], 1)


def test_without_names_whoever_writes_is_believed() -> None:
    evidence = StatementReader().read(
        read_page(page(numbered(1, **SCORED, authority=PLAYER), numbered(2, **VOIDS), numbered(3)))
    )
    counts = (len(evidence.statements), len(evidence.voided), len(evidence.events), evidence.unbelieved)
    assert counts == (1, 1, 1, 0)


def test_an_authority_is_read_of_statements_in_odd_spellings_too() -> None:
    odd = numbered(1, **SCORED, authority=MOODLE, timestamp="20241101T100000+0800")
    assert len(read(odd).statements) == 1


@pytest.mark.parametrize(
    ("authority", "accounts"),
    [
        (MOODLE, {"account:https://lrs.example|moodle"}),
        ({"objectType": "Group", "member": [MOODLE, PLAYER]},
         {"account:https://lrs.example|moodle", "mbox:player@lrs.example"}),
        ({"objectType": "Group", "member": []}, set()),
        ({"name": "nobody"}, set()),
        ("moodle", set()),
        (None, set()),
    ],
)  # fmt: skip
def test_of_a_group_each_member_vouches_and_of_what_is_no_agent_nobody(
    authority: object, accounts: set[str]
) -> None:
    assert vouching(json.dumps(authority).encode()) == accounts


def test_a_statement_without_an_authority_is_vouched_for_by_nobody() -> None:
    assert vouching(b"") == frozenset()


def test_a_replay_believes_nobody_whom_a_sync_would_not() -> None:
    text = json.dumps(paused(**SCORED, authority=PLAYER)).encode()
    refused = StatementTexts(MARKS_OF_MOODLE).read(text)
    assert not refused.statements
    assert [(one.kind, one.code) for one in refused.problems] == [("refused", "authority_not_named")]
    assert StatementTexts().read(text).statements
