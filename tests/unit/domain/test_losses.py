"""How much may vanish at once."""

from __future__ import annotations

from fractions import Fraction

import pytest

from lms_scoring.domain.losses import USUAL_LOSSES, LossRules


@pytest.mark.parametrize(
    ("missing", "of", "held"),
    [(9, 10, False), (10, 50, False), (10, 49, True), (11, 50, True), (0, 0, False)],
)
def test_more_than_a_fifth_is_held_from_ten_on(missing: int, of: int, held: bool) -> None:
    assert USUAL_LOSSES.holds(missing, of) is held


def test_a_course_may_set_both() -> None:
    rules = LossRules(share=Fraction(1, 3), at_least=2)
    assert [rules.holds(1, 1), rules.holds(2, 6), rules.holds(2, 5)] == [False, False, True]
