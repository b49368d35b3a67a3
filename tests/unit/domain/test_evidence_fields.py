"""Records ⇄ the fields of an evidence line: nothing is forgotten, nothing malformed gets through."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import MalformedEvidence
from lms_scoring.domain.evidence_json import from_fields, to_fields
from tests.unit.domain.full_records import FULL, OTHER, line_of, refused


def every_attribute() -> list[tuple[str, str]]:
    return [(kind, field.name) for kind, record in FULL.items() for field in fields(record)]


def test_the_examples_here_cover_every_kind() -> None:
    assert list(FULL) == list(ev.KINDS)


@pytest.mark.parametrize(("kind", "attribute"), every_attribute())
def test_every_attribute_of_every_record_is_written_and_read(kind: str, attribute: str) -> None:
    record = FULL[kind]
    given = getattr(record, attribute)
    if attribute in OTHER:
        other = OTHER[attribute]
    elif attribute in ("state", "action"):
        other = next(word for word in reversed(type(given).__members__.values()) if word is not given)
    else:
        other = given + 10 if isinstance(given, int) else given + "x"
    changed = replace(record, **{attribute: other})
    assert changed != record
    assert to_fields(changed) != to_fields(record)
    assert from_fields(kind, to_fields(changed)) == changed


@pytest.mark.parametrize("kind", FULL)
def test_a_record_survives_being_written_as_json(kind: str) -> None:
    text = json.dumps(to_fields(FULL[kind]), ensure_ascii=False)
    assert from_fields(kind, json.loads(text, parse_float=Decimal)) == FULL[kind]


@pytest.mark.parametrize(
    ("kind", "attribute"),
    [
        (kind, attribute)
        for kind, nullable in (
            ("membership", "class_"),
            ("submission", "task opens_at due_at grade points max_points graded_at graded_by characters"),
            ("post", "parent"),
            ("unknown", "about"),
        )
        for attribute in nullable.split()
    ],
)
def test_nothing_known_is_written_and_read_as_nothing(kind: str, attribute: str) -> None:
    record = replace(FULL[kind], **{attribute: None})
    assert from_fields(kind, to_fields(record)) == record


def test_optional_fields_are_written_only_where_they_say_more() -> None:
    plain = ev.Watch(id="w", person="p", activity="v", start=0, end=1)
    assert to_fields(plain) == {
        "id": "w",
        "person": "p",
        "activity": "v",
        "start": "1970-01-01T00:00:00+00:00",
        "end": "1970-01-01T00:00:00.001+00:00",
    }
    own = replace(FULL["submission"], due_basis=ev.DueBasis.OWN)
    assert "due_basis" not in to_fields(own)


@pytest.mark.parametrize("word", ["own", ""])
def test_no_text_is_taken_for_a_default(word: str) -> None:
    record = replace(FULL["submission"], source=word, graded_by=word)
    assert from_fields("submission", to_fields(record)) == record


def test_every_fault_of_a_line_is_named_at_once() -> None:
    line = line_of("watch", start="soon", end=None)
    del line["person"]
    with pytest.raises(MalformedEvidence) as caught:
        from_fields("watch", line)
    assert str(caught.value) == (
        "watch: person: is missing; start: must be an ISO 8601 time with offset; end: must not be null"
    )


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(MalformedEvidence, match="unknown kind 'quiz': one of person, membership"):
        from_fields("quiz", {})


def test_fields_nobody_knows_are_ignored() -> None:
    assert from_fields("person", line_of("person", colour="red", nested={"a": [1]})) == FULL["person"]


@pytest.mark.parametrize(
    ("kind", "changed", "said"),
    [
        ("watch", {"end": "1999-01-01T00:00:00Z"}, "end lies before start"),
        ("reported_time", {"ended_at": "1999-01-01T00:00:00Z"}, "ended_at lies before started_at"),
        ("submission", {"submitted_at": None}, "submitted_at: must not be null once submitted"),
        ("post", {"created_at": None}, "created_at: may be null only for a deleted post"),
        ("decision", {"points": None}, "points: an override names them"),
    ],
)
def test_what_contradicts_itself_is_refused(kind: str, changed: dict[str, Any], said: str) -> None:
    assert refused(kind, **changed) == f"{kind}: {said}"


@pytest.mark.parametrize(
    ("kind", "changed"),
    [
        ("watch", {"end": line_of("watch")["start"]}),
        ("reported_time", {"ended_at": line_of("reported_time")["started_at"]}),
        ("submission", {"submitted_at": None, "state": "draft"}),
        ("post", {"created_at": None, "state": "deleted"}),
        ("decision", {"points": None, "action": "exempt"}),
    ],
)
def test_what_only_looks_strange_is_taken(kind: str, changed: dict[str, Any]) -> None:
    assert from_fields(kind, line_of(kind, **changed)).id == FULL[kind].id


@pytest.mark.parametrize(
    ("action", "of_record", "of_criterion"),
    [
        (ev.Action.VOID, True, False),
        (ev.Action.RESTORE, True, True),
        (ev.Action.EXEMPT, False, True),
        (ev.Action.OVERRIDE, False, True),
    ],
)
def test_records_are_voided_and_criteria_exempted(
    action: ev.Action, of_record: bool, of_criterion: bool
) -> None:
    decision = FULL["decision"]
    decision = replace(decision, action=action)
    assert ev.can_be_done(decision) is of_criterion
    assert ev.can_be_done(replace(decision, target=ev.RecordTarget(kind="post", id="1"))) is of_record


def test_a_record_is_its_persons_a_recommendation_its_makers_and_a_person_its_own() -> None:
    owners = {kind: ev.owner_of(record) for kind, record in FULL.items()}
    assert owners.pop("recommendation") == FULL["recommendation"].by
    assert owners.pop("person") == FULL["person"].id
    assert owners == {kind: FULL[kind].person for kind in owners}
