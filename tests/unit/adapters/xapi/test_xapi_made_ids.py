"""Statements without an id get one from their content: reading them again changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.xapi.evidence import StatementReader
from adapters.xapi.pages import read_lines, read_page
from tests.fixtures.xapi.statements import page, paused, paused_at


def made_id(statement: dict[str, Any]) -> str:
    (event,) = StatementReader().read(read_page(page(statement))).events
    return event.id


BARE = paused(id=...)


def test_the_same_content_gets_the_same_id_each_time() -> None:
    assert made_id(BARE) == made_id(paused(id=...)) == "9dfbd1b5-a95c-5e3a-b7b2-2e539ef0ff2e"


@pytest.mark.parametrize(
    "same",
    [
        paused(id=None),
        paused(id=""),
        paused(id=..., stored="2025-01-01T00:00:00Z"),
        paused(id=..., timestamp="2024-11-01T02:00:00.000Z"),
        paused(id=..., actor={"mbox": "mailto:LEARNER@example.org", "name": "Li Wei"}),
        dict(reversed(BARE.items())),
    ],
)
def test_another_spelling_of_the_same_content_gets_the_same_id(same: dict[str, Any]) -> None:
    assert made_id(same) == made_id(BARE)


@pytest.mark.parametrize(
    "other",
    [
        {**paused_at(44), "id": None},
        paused(id=..., timestamp="2024-11-01T10:00:00.001+08:00"),
        paused(id=..., actor={"mbox": "mailto:other@example.org"}),
        paused(id=..., verb={"id": "https://w3id.org/xapi/video/verbs/played"}),
        paused(id=..., object={"id": "https://video.example.edu/v/2"}),
    ],
)
def test_other_content_gets_another_id(other: dict[str, Any]) -> None:
    assert made_id(other) != made_id(BARE)


def test_in_a_file_the_id_is_the_same_as_on_a_page() -> None:
    line = page(BARE)[len(b'{"more":"","statements":[') : -len(b"]}")]
    (event,) = StatementReader().read(read_lines([line])).events
    assert event.id == made_id(BARE)
