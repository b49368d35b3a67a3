"""Records ⇄ the fields of an evidence line: nothing is forgotten, nothing malformed gets through."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.canonical import canonical, canonical_pieces
from lms_scoring.domain.errors import MalformedEvidence
from lms_scoring.domain.evidence_json import content_hash, from_fields, to_fields

AT = 1_730_000_000_123
FULL: dict[str, Any] = {
    "person": ev.Person(id="p1", name="张伟", source="moodle", gone_at=AT),
    "membership": ev.Membership(
        id="m1",
        person="p1",
        role=ev.Role.TUTOR,
        class_="一班",
        status=ev.MembershipStatus.WITHDRAWN,
        source="moodle",
        gone_at=AT,
    ),
    "watch": ev.Watch(
        id="w1",
        person="p1",
        activity="v1",
        start=AT,
        end=AT + 1_000,
        segments=((0, 1_500), (2_001, 3_000)),
        source="lrs",
        gone_at=AT,
    ),
    "reported_time": ev.ReportedTime(
        id="r1",
        person="p1",
        activity="s1",
        duration=1_234,
        started_at=AT,
        ended_at=AT + 9_000,
        source="moodle",
        gone_at=AT,
    ),
    "submission": ev.Submission(
        id="s1",
        person="p1",
        task=ev.Task.JOURNAL,
        activity="a1",
        attempt=3,
        state=ev.SubmissionState.SUBMITTED,
        submitted_at=AT,
        opens_at=AT - 1,
        due_at=AT + 1,
        grade=ev.Grade.GOOD,
        points=Fraction(1, 3),
        max_points=Fraction(125, 2),
        graded_at=AT + 2,
        graded_by="t1",
        characters=1_500,
        due_basis=ev.DueBasis.CLASS,
        source="moodle",
        gone_at=AT,
    ),
    "post": ev.Post(
        id="o1",
        person="p1",
        forum="f1",
        parent="o0",
        created_at=AT,
        state=ev.PostState.FLOODING,
        bulletin=True,
        source="moodle",
        gone_at=AT,
    ),
    "recommendation": ev.Recommendation(id="c1", submission="s1", by="t1", at=AT, source="here", gone_at=AT),
    "unknown": ev.Unknown(
        id="u1",
        person="p1",
        activity="s1",
        reason="no lesson status",
        about=ev.Purpose.STUDY_TIME,
        source="moodle",
        gone_at=AT,
    ),
    "decision": ev.Decision(
        id="d1",
        person="p1",
        target=ev.CriterionTarget(criterion="homework"),
        action=ev.Action.OVERRIDE,
        by="t1",
        at=AT,
        reason="ill",
        points=Fraction(7, 2),
        source="here",
        gone_at=AT,
    ),
}
"""A record of each kind in which every attribute says something other than its default."""
OTHER: dict[str, Any] = {
    "role": ev.Role.LEARNER,
    "status": ev.MembershipStatus.ACTIVE,
    "task": ev.Task.HOMEWORK,
    "grade": ev.Grade.FAIL,
    "due_basis": ev.DueBasis.ASSIGNMENT,
    "about": ev.Purpose.JOURNAL,
    "target": ev.RecordTarget(kind="post", id="o1"),
    "segments": ((0, 1),),
    "bulletin": False,
    "points": Fraction(9),
    "max_points": Fraction(9),
    "attempt": 4,
    "characters": 9,
    "duration": 9,
}
"""For an attribute another value than in FULL; texts and instants are changed in the same way each."""


def every_attribute() -> list[tuple[str, str]]:
    return [(kind, field.name) for kind, record in FULL.items() for field in fields(record)]


def line_of(kind: str, **changed: Any) -> dict[str, Any]:
    return {**to_fields(FULL[kind]), **changed}


def refused(kind: str, **changed: Any) -> str:
    """What is said of a line that cannot be used."""
    with pytest.raises(MalformedEvidence) as caught:
        from_fields(kind, line_of(kind, **changed))
    return str(caught.value)


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


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (Fraction(62), 62),
        (Fraction(125, 2), "62.5"),
        (Fraction(1, 3), "1/3"),
        (Fraction(1, 10**7), "0.0000001"),
        (Fraction("0.30000000000000004"), "0.30000000000000004"),
        (Fraction("0.1234567890123456789012345678901"), "1234567890123456789012345678901/1" + "0" * 31),
    ],
)
def test_numbers_are_written_exactly_and_can_be_read_again(number: Fraction, written: Any) -> None:
    record = replace(FULL["decision"], points=number)
    assert to_fields(record)["points"] == written
    assert from_fields("decision", to_fields(record)) == record


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (7, Fraction(7)),
        (Decimal("62.50"), Fraction(125, 2)),
        (Decimal("1e3"), Fraction(1000)),
        (Decimal("5.551115123125783e-17"), Fraction("5.551115123125783e-17")),
        ("62.5", Fraction(125, 2)),
        ("2/6", Fraction(1, 3)),
        (Decimal("-0.0"), Fraction(0)),
    ],
)
def test_numbers_are_read_exactly(given: Any, read: Fraction) -> None:
    record = from_fields("decision", line_of("decision", points=given))
    assert isinstance(record, ev.Decision)
    assert record.points == read


@pytest.mark.parametrize(
    "given",
    [
        True,
        1.5,
        "",
        "abc",
        "1e5",
        "1/0",
        "-1",
        " 1",
        -1,
        Decimal("-0.5"),
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("1e999999"),
        Decimal("1e-999999"),
        10**15,
        Decimal("1e15"),
        "9" * 16,
        "9" * 40 + "/1",
        [],
        {},
    ],
)
def test_what_is_no_number_of_a_sensible_size_is_refused(given: Any) -> None:
    assert refused("decision", points=given).startswith("decision: points: must")


@pytest.mark.parametrize("given", [True, 1.0, Decimal("1.0"), "1", -1, 10**15, [1]])
def test_what_is_no_whole_number_is_refused(given: Any) -> None:
    assert refused("submission", attempt=given).startswith("submission: attempt: must")


@pytest.mark.parametrize("given", [1, 0, "true", "", []])
def test_only_true_and_false_are_flags(given: Any) -> None:
    assert refused("post", bulletin=given) == "post: bulletin: must be true or false"


def test_seconds_are_kept_in_whole_milliseconds() -> None:
    record = from_fields("reported_time", line_of("reported_time", seconds=Decimal("1.2349")))
    assert isinstance(record, ev.ReportedTime)
    assert record.duration == 1_234


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2024-10-25T00:00:00+08:00", 1_729_785_600_000),
        ("2024-10-24T12:00:00-04:00", 1_729_785_600_000),
        ("2024-10-24T21:30:00.5+05:30", 1_729_785_600_500),
        ("2024-10-25T00:00:00.123999+08:00", 1_729_785_600_123),
        ("9998-12-31T23:59:59Z", 253_370_764_799_000),
    ],
)
def test_instants_of_any_offset_are_read_to_the_millisecond(text: str, instant: int) -> None:
    record = from_fields("watch", line_of("watch", start=text, end="9998-12-31T23:59:59.9Z"))
    assert isinstance(record, ev.Watch)
    assert record.start == instant


@pytest.mark.parametrize(
    "given",
    [
        "2024-10-25T00:00:00",
        "2024-10-25",
        "yesterday",
        "",
        "2024-13-45T00:00:00Z",
        "2024-10-25T24:61:00Z",
        "1969-12-31T23:59:59Z",
        "9999-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        1_729_785_600,
        True,
        [],
    ],
)
def test_what_is_no_instant_with_offset_is_refused(given: Any) -> None:
    assert refused("watch", start=given).startswith("watch: start: ")


def test_a_time_without_offset_is_told_apart_from_no_time_at_all() -> None:
    assert "time without offset" in refused("watch", start="2024-10-25T00:00:00")
    assert "ISO 8601" in refused("watch", start="soon")


@pytest.mark.parametrize("given", [1, None, True, [], {}])
def test_what_is_no_text_is_refused(given: Any) -> None:
    assert refused("person", name=given).startswith("person: name: must")


def test_an_id_must_not_be_empty() -> None:
    assert refused("person", id="") == "person: id: must not be empty"


@pytest.mark.parametrize("given", ["\ud800", "a\udfffb"])
def test_half_of_a_surrogate_pair_is_refused(given: str) -> None:
    assert refused("person", name=given) == "person: name: must be valid Unicode"


def test_letters_beside_the_surrogates_are_letters() -> None:
    record = replace(FULL["person"], name="\ud7ff\ue000𠮷")
    assert from_fields("person", to_fields(record)) == record


@pytest.mark.parametrize("given", ["x", [1], [[1]], [[1, 2, 3]], [{}], {}, ["ab"]])
def test_what_are_no_pairs_of_seconds_is_refused(given: Any) -> None:
    assert refused("watch", segments=given) == "watch: segments: must be a list of [from, to] in seconds"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([[2, 1]], "a segment ends before it begins"),
        ([["a", 1]], "must be a number"),
        ([[0, None]], "must be a number"),
        ([[0, -1]], "must not be negative"),
    ],
)
def test_segments_that_cannot_be_are_refused(given: Any, said: str) -> None:
    assert refused("watch", segments=given) == f"watch: segments: {said}"


@pytest.mark.parametrize(
    ("given", "target"),
    [
        ({"kind": "post", "id": "7"}, ev.RecordTarget(kind="post", id="7")),
        ("post:7:8", ev.RecordTarget(kind="post", id="7:8")),
        ({"criterion": "homework"}, ev.CriterionTarget(criterion="homework")),
        ("homework", ev.CriterionTarget(criterion="homework")),
        ("thing:7", ev.CriterionTarget(criterion="thing:7")),
    ],
)
def test_a_decision_names_its_target_in_either_form(given: Any, target: Any) -> None:
    record = from_fields("decision", line_of("decision", target=given))
    assert isinstance(record, ev.Decision)
    assert record.target == target


@pytest.mark.parametrize(
    "given",
    [
        "",
        "post:",
        7,
        [],
        {},
        {"kind": "thing", "id": "1"},
        {"kind": ["post"], "id": "1"},
        {"kind": "post"},
        {"kind": "post", "id": ""},
        {"criterion": ""},
        {"criterion": 1},
    ],
)
def test_what_names_no_target_is_refused(given: Any) -> None:
    assert refused("decision", target=given).startswith("decision: target: must")


def test_an_unknown_word_is_refused_with_the_words_there_are() -> None:
    assert refused("submission", grade="great") == (
        "submission: grade: must be one of excellent, good, pass, fail"
    )


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


def test_the_content_hash_tells_content_apart_and_not_when_it_vanished() -> None:
    record = FULL["post"]
    assert content_hash(record) == content_hash(replace(record, gone_at=None))
    assert content_hash(record) != content_hash(replace(record, id="o2"))
    assert content_hash(ev.Person(id="1", name="a")) != content_hash(ev.Person(id="1", name="b"))


def test_the_kind_is_part_of_the_content() -> None:
    person = ev.Person(id="1", name="a")
    assert content_hash(person) != content_hash(ev.Recommendation(id="1", submission="a", by="b", at=0))
    assert len(content_hash(person)) == 64


def test_canonical_json_has_sorted_keys_no_spaces_and_its_own_letters() -> None:
    assert canonical({"b": [1, None], "a": "张"}) == '{"a":"张","b":[1,null]}'.encode()


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


@pytest.mark.parametrize("levels", range(5))
@pytest.mark.parametrize(
    "value",
    [{"b": [{"z": 1, "a": {"张": []}}, None, "x"], "a": {}, "": "\n"}, [], {}, "words", [[1, 2], [[3]]]],
)
def test_canonical_json_in_pieces_is_the_same_to_the_byte(value: object, levels: int) -> None:
    assert b"".join(canonical_pieces(value, levels=levels)) == canonical(value)


def test_a_record_is_its_persons_a_recommendation_its_makers_and_a_person_its_own() -> None:
    owners = {kind: ev.owner_of(record) for kind, record in FULL.items()}
    assert owners.pop("recommendation") == FULL["recommendation"].by
    assert owners.pop("person") == FULL["person"].id
    assert owners == {kind: FULL[kind].person for kind in owners}
