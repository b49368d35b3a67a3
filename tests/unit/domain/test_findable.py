"""Unit: texts that a database cannot keep are known before one is asked to."""

from __future__ import annotations

import pytest

from lms_scoring.domain.findable import LONGEST_KEY, all_findable, findable, made_writable, writable


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_what_no_database_keeps_is_told_with_question_marks(text: str) -> None:
    assert not writable(text)
    assert not findable(text)
    assert "?" in made_writable(text)
    assert writable(made_writable(text))


def test_what_can_be_kept_is_told_as_it_is() -> None:
    assert writable("王芳 😀\n")
    assert made_writable("王芳 😀\n") == "王芳 😀\n"


def test_a_key_is_bounded_by_its_bytes() -> None:
    assert findable("x" * LONGEST_KEY)
    assert not findable("x" * LONGEST_KEY + "x")
    assert not findable("王" * (LONGEST_KEY // 3 + 1))
    assert writable("王" * LONGEST_KEY)


@pytest.mark.parametrize("texts", [[], ["a", "王"], ["x" * LONGEST_KEY, "y" * LONGEST_KEY]])
def test_many_can_be_kept_if_each_can(texts: list[str]) -> None:
    assert all_findable(texts)


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * LONGEST_KEY + "x"])
def test_many_cannot_be_kept_if_one_cannot(text: str) -> None:
    assert not all_findable(["a", text, "y" * LONGEST_KEY])
