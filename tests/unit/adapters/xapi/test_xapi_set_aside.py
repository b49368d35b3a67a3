"""A statement that was set aside, read again by itself."""

from __future__ import annotations

import json

import pytest

from adapters.xapi.set_aside import StatementTexts
from tests.fixtures.xapi.golden_pairs import GOLDEN

GOOD = (GOLDEN / "video_played.raw.json").read_bytes()


def test_a_statement_that_can_be_used_today_is_read() -> None:
    batch = StatementTexts().read(GOOD)
    assert len(batch.events) == 1
    assert not batch.problems


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"1,2", b"{},{}", b"[]", b'{"actor": 7}'])
def test_one_that_cannot_is_refused_again_and_nothing_is_read(text: bytes) -> None:
    batch = StatementTexts().read(text)
    assert not (batch.events or batch.statements or batch.voided)
    assert [problem.kind for problem in batch.problems] == ["refused"]


def test_line_ends_inside_it_do_no_harm() -> None:
    batch = StatementTexts().read(json.dumps(json.loads(GOOD), indent=2).encode())
    assert len(batch.events) == 1
