"""What is missing is shown so that it adds up with the total that is shown."""

from __future__ import annotations

from fractions import Fraction

import pytest

from lms_scoring.domain.figures import hundredths, shown_gap

MARK = Fraction(80)


@pytest.mark.parametrize("total", [Fraction(1636, 45), Fraction(22973, 300), Fraction(1, 3)])
def test_what_is_missing_and_the_total_add_up_to_the_mark_as_they_are_shown(total: Fraction) -> None:
    assert shown_gap(MARK - total) + hundredths(total) == 80_00


def test_a_gap_too_small_for_two_decimals_is_still_a_gap() -> None:
    assert shown_gap(Fraction(1, 1_000)) == 1


def test_where_nothing_is_missing_there_is_no_gap() -> None:
    assert shown_gap(Fraction(0)) == 0
