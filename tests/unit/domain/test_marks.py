"""Marks by which works that are alike find each other."""

from __future__ import annotations

import random

from lms_scoring.domain.doubts.marks import MARKS, marks_of

ALPHABET = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳"


def some_passages(number: int, *, seed: int) -> list[str]:
    drawn = random.Random(seed)  # noqa: S311 # the same passages every time
    return ["".join(drawn.choices(ALPHABET, k=5)) for _ in range(number)]


def test_the_same_passages_have_the_same_marks_in_whatever_order_they_come() -> None:
    found = some_passages(200, seed=1)
    assert marks_of(found) == marks_of(reversed(found))
    assert len(set(marks_of(found))) == MARKS


def test_marks_are_the_same_on_every_machine() -> None:
    assert marks_of(["以学生为中"]) == [-4356100790263273898]


def test_a_short_work_has_a_mark_for_each_of_its_passages() -> None:
    assert len(marks_of(some_passages(7, seed=2))) == 7
    assert marks_of([]) == []


def test_marks_are_whole_numbers_that_a_database_keeps() -> None:
    assert all(-(2**63) <= mark < 2**63 for mark in marks_of(some_passages(500, seed=3)))


def test_works_that_share_a_third_of_their_passages_share_marks() -> None:
    for seed in range(300):
        both, one, other = (some_passages(100, seed=seed * 3 + part) for part in range(3))
        assert set(marks_of([*both, *one])) & set(marks_of([*both, *other]))
