"""Numbers as bytes: they sort as the numbers do, and say which number it was."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_scoring.domain.ordering import number_of, sorting_bytes, turned

NUMBERS = st.fractions(min_value=0, max_value=10**30) | st.fractions(min_value=0, max_value=101)
CLOSE = [
    Fraction(0),
    Fraction(1, 10**40),
    Fraction(1, 3),
    Fraction(79),
    Fraction(79) + Fraction(71, 75),
    Fraction(80) - Fraction(1, 10**30),
    Fraction(80),
    Fraction(80) + Fraction(1, 10**30),
    Fraction(255),
    Fraction(256),
    Fraction(10**600),
]


def test_numbers_that_differ_by_a_hair_sort_in_their_exact_order() -> None:
    written = [sorting_bytes(number) for number in CLOSE]
    assert written == sorted(written)
    assert len(set(written)) == len(CLOSE)
    assert [number_of(one) for one in written] == CLOSE


@given(NUMBERS, NUMBERS)
def test_bytes_compare_as_numbers_do(one: Fraction, other: Fraction) -> None:
    assert (sorting_bytes(one) < sorting_bytes(other)) == (one < other)
    assert (turned(sorting_bytes(one)) > turned(sorting_bytes(other))) == (one < other)


@given(NUMBERS, st.binary(max_size=9))
def test_the_number_is_read_back_whatever_follows(number: Fraction, rest: bytes) -> None:
    assert number_of(sorting_bytes(number) + rest) == number


@given(st.lists(NUMBERS, min_size=2))
def test_what_follows_decides_only_between_equals(numbers: list[Fraction]) -> None:
    ordered = sorted(
        sorting_bytes(number) + turned(bytes([place % 256])) for place, number in enumerate(numbers)
    )
    assert all(number_of(one) <= number_of(other) for one, other in pairwise(ordered))


@pytest.mark.parametrize("number", [Fraction(-1, 3), Fraction(1 << 8 * 255)])
def test_what_no_score_can_be_is_refused(number: Fraction) -> None:
    with pytest.raises(OverflowError):
        sorting_bytes(number)
