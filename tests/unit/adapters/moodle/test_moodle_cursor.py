"""What a pull of a Moodle writes down for the next one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.moodle.cursor import (
    Cursor,
    digest,
    pack,
    packed_dates,
    read_cursor,
    unpack,
    write_cursor,
)


@given(st.dictionaries(st.integers(1, 10_000_000), st.integers(0, 500)))
def test_packed_ids_and_counts_come_back(counts: dict[int, int]) -> None:
    assert unpack(pack(counts)) == counts


def test_packed_ids_are_short() -> None:
    assert pack({3: 0, 4: 2, 9: 0}) == "3 1.2 5"
    assert pack(dict.fromkeys(range(1, 2_001), 0)) == "1*2000"
    assert pack({3: 0, 5: 2, 6: 0, 7: 0, 8: 0, 9: 1, 10: 1}) == "3 2.2 1*3 1.1 1.1"


def test_a_cursor_comes_back_as_it_was() -> None:
    cursor = Cursor(settings="s", course=2, since=1, read=[17], topics={25: "1.3"}, late={17: [3]})
    assert read_cursor(write_cursor(cursor), settings="s", now=cursor.since) == cursor
    assert cursor.learner_ids() == frozenset()


def test_a_cursor_of_a_time_that_has_not_come_yet_is_none() -> None:
    text = write_cursor(Cursor(settings="s", course=2, since=101))
    assert read_cursor(text, settings="s", now=101) is not None
    assert read_cursor(text, settings="s", now=100) is None


@pytest.mark.parametrize("text", [None, "", "null", "[]", '{"v":1}', "{"])
def test_an_unreadable_cursor_is_none(text: str | None) -> None:
    assert read_cursor(text, settings="s", now=10**10) is None


def test_a_digest_tells_values_apart() -> None:
    assert digest([(1, None)]) == digest([(1, None)]) != digest([(1, 0)])


@given(st.dictionaries(st.integers(1, 10_000_000), st.sampled_from(("0,0,", "0,9,", "0,9,12"))))
def test_packed_dates_come_back(told: dict[int, str]) -> None:
    cursor = Cursor(settings="s", course=2, since=1, dates={17: packed_dates(told)})
    again = read_cursor(write_cursor(cursor), settings="s", now=1)
    assert again is not None
    assert again.told_dates(17) == told
    assert again.told_dates(18) == {}
