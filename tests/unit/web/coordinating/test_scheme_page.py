"""The page of a scheme: every rule, and worked examples that are scored and not copied."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.worked_example import Example
from lms_scoring.web.coordinating.scheme_page import scheme_page
from tests.given import main_scheme, shipped

IDLE = Example(role=Role.LEARNER, minutes=Fraction(75), total=Fraction(100), state="pass")
"""What it promises is wrong; the page shows what comes out."""


def test_an_example_shows_what_the_scheme_gives_and_not_what_was_promised() -> None:
    part, _ = scheme_page(main_scheme(), [IDLE]).parts
    (one,) = part.examples
    assert one.card.total == 4
    assert one.result("study_time").points == 4


def test_the_columns_are_what_the_examples_speak_of() -> None:
    learner, tutor = scheme_page(main_scheme(), [IDLE, replace(IDLE, topics=2)]).parts
    assert learner.deeds == ["minutes", "topics"]
    assert (tutor.deeds, tutor.examples) == ([], [])


def test_an_example_of_a_role_that_is_not_scored_is_left_out() -> None:
    scheme = shipped("prefecture-three-bands").scheme
    (part,) = scheme_page(scheme, [replace(IDLE, role=Role.TUTOR)]).parts
    assert part.examples == []


def test_every_shipped_example_has_its_line() -> None:
    file = shipped("longcheng-2024")
    page = scheme_page(file.scheme, [example for _, example in file.examples])
    assert sum(len(part.examples) for part in page.parts) == len(file.examples)
    assert [part.rules.role for part in page.parts] == [Role.LEARNER, Role.TUTOR]
    assert page.parts[1].deeds == ["marking", "topics", "replies", "bulletins", "recommended"]
