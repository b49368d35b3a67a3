"""Numbers out of the texts in which they are kept."""

from __future__ import annotations

from fractions import Fraction

from lms_scoring.domain.rationals import MOST_KNOWN, rational


def test_a_number_comes_back_as_it_was() -> None:
    for number in (Fraction(0), Fraction(40), Fraction(-7, 3), Fraction(10**30 + 1, 10**30)):
        assert rational(str(number)) == number


def test_of_ever_more_numbers_no_more_are_remembered_than_many_cards_have_in_common() -> None:
    for number in range(2 * MOST_KNOWN):
        rational(f"{number}/7919")
    assert rational.cache_info().currsize <= MOST_KNOWN <= 1_024
