"""Statements of every generation of verbs and IRIs, and what they become: golden pairs."""

from __future__ import annotations

import json

import pytest

from lms_scoring.domain.statements import LmsVerb, VideoVerb
from tests.fixtures.xapi.golden_pairs import GOLDEN, told

PAIRS = sorted(path.name.removesuffix(".raw.json") for path in GOLDEN.glob("*.raw.json"))


def test_every_word_of_the_domain_has_a_pair() -> None:
    said = [json.loads((GOLDEN / f"{pair}.expected.json").read_bytes()) for pair in PAIRS]
    assert {each["event"]["verb"] for each in said if "event" in each} == {
        verb.name.lower() for verb in VideoVerb
    }
    assert {each["statement"]["verb"] for each in said if "statement" in each} == set(LmsVerb)
    assert any("voided" in each for each in said)


@pytest.mark.parametrize("pair", PAIRS)
def test_a_statement_becomes_what_its_golden_pair_says(pair: str) -> None:
    expected = json.loads((GOLDEN / f"{pair}.expected.json").read_bytes())
    assert told((GOLDEN / f"{pair}.raw.json").read_bytes()) == expected
