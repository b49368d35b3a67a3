"""The values of evidence lines: numbers, times, texts, stretches and targets are read exactly, or refused."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence_json import from_fields, to_fields
from tests.unit.domain.full_records import FULL, line_of, refused


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


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("here/li-1", "must be a list of ids"),
        ({"here/li-1": 1}, "must be a list of ids"),
        ([1], "must be a text"),
        (["here/li-1", ""], "must not be empty"),
    ],
)
def test_what_is_no_list_of_ids_is_refused(given: Any, said: str) -> None:
    assert refused("decision", instead_of=given) == f"decision: instead_of: {said}"


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
