"""Rows that cannot be read, among rows that can."""

from __future__ import annotations

import msgspec
import pytest

from adapters.moodle.payloads.entries import Entry
from adapters.moodle.payloads.rows import owner_of, rows_of


def test_a_row_whose_text_is_broken_is_set_aside() -> None:
    raws = [
        msgspec.Raw(b'{"id": 1, "userid": 3, "timecreated": 1}'),
        msgspec.Raw(b'{"userid": 3, "id": "\xff"}'),
    ]
    rows = rows_of(raws, Entry)
    assert (len(rows.good), rows.bad) == (1, (b'{"userid": 3, "id": "\xff"}',))


@pytest.mark.parametrize(
    ("row", "owner"),
    [
        (b'{"userid": 3, "grade": "?"}', 3),
        (b'{"userid": "3", "grade": "?"}', 3),
        (b'{"id": "?", "author": {"id": 4}}', 4),
        (b'{"id": "?", "author": {"id": null}}', None),
        (b'{"userid": "?"}', None),
        (b'{"userid": "\xff"}', None),
        (b"[]", None),
    ],
)
def test_a_row_that_cannot_be_read_may_still_tell_whose_it_is(row: bytes, owner: int | None) -> None:
    assert owner_of(row) == owner
