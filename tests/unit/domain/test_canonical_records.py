"""What makes two records the same content, to the byte."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.canonical import canonical, canonical_pieces
from lms_scoring.domain.evidence_json import content_hash
from tests.unit.domain.full_records import FULL


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


@pytest.mark.parametrize("levels", range(5))
@pytest.mark.parametrize(
    "value",
    [{"b": [{"z": 1, "a": {"张": []}}, None, "x"], "a": {}, "": "\n"}, [], {}, "words", [[1, 2], [[3]]]],
)
def test_canonical_json_in_pieces_is_the_same_to_the_byte(value: object, levels: int) -> None:
    assert b"".join(canonical_pieces(value, levels=levels)) == canonical(value)
