"""Worked examples: a few words stand for evidence, and what differs from the promise is told."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.domain.evidence import Grade, Role
from lms_scoring.domain.worked_example import Example, HandIn, faults
from lms_scoring.files.scheme_file import failing_examples
from tests.given import main_scheme, shipped

DILIGENT = Example(
    role=Role.LEARNER,
    minutes=Fraction(900),
    homework=(HandIn(grade=Grade.EXCELLENT, late=True), HandIn(grade=Grade.PASS)),
    journals=1,
    topics=3,
    replies=1,
    total=Fraction(80),
    state="pass",
    points={"posts": Fraction(4)},
)
GUIDING = Example(
    role=Role.TUTOR, handed_in=3, marked=2, bulletins=1, recommended=1, total=Fraction(40), state="pending"
)


@pytest.mark.parametrize("name", ["longcheng-2024", "prefecture-three-bands"])
def test_the_examples_of_the_shipped_schemes_come_out(name: str) -> None:
    assert failing_examples(shipped(name)) == ()


def test_an_example_that_comes_out_has_no_faults() -> None:
    assert faults(main_scheme(), DILIGENT) == []
    assert faults(main_scheme(), GUIDING) == []


def test_an_example_during_the_window_is_in_progress() -> None:
    assert faults(main_scheme(), replace(GUIDING, during=True, state="in_progress")) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (replace(DILIGENT, total=Fraction(79)), "the total is 80, not 79"),
        (replace(DILIGENT, state="fail"), "the state is pass, not fail"),
        (replace(DILIGENT, band="good"), "the band is None, not good"),
        (replace(DILIGENT, could_become=Fraction(81)), "it could become 80, not 81"),
        (replace(DILIGENT, points={"posts": Fraction(1, 3)}), "posts is 4, not 1/3"),
        (replace(DILIGENT, points={"quiz": Fraction(5)}), "quiz is no such criterion, not 5"),
    ],
)
def test_what_differs_from_the_promise_is_told(changed: Example, said: str) -> None:
    assert faults(main_scheme(), changed) == [said]


def test_everything_that_differs_is_told() -> None:
    assert len(faults(main_scheme(), replace(DILIGENT, journals=0))) == 2


def test_a_role_that_is_not_scored_is_told() -> None:
    assert faults(shipped("prefecture-three-bands").scheme, GUIDING) == ["the scheme does not score a tutor"]
