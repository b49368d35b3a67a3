"""The nearest word: mistyped, in another case, or too far from everything."""

from __future__ import annotations

import pytest

from lms_scoring.domain.nearest import did_you_mean, nearest

WORDS = ("homework", "journal", "posts", "Asia/Shanghai")


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("homwork", "homework"),
        ("JOURNAL", "journal"),
        ("asia/shanghia", "Asia/Shanghai"),
        ("zebra", None),
        ("", None),
        ("homework" * 11, None),
    ],
)
def test_the_nearest_word_is_found_whatever_its_case(word: str, near: str | None) -> None:
    assert nearest(word, WORDS) == near
    assert nearest(word, ()) is None


def test_a_message_asks_for_it_or_goes_on_without() -> None:
    assert did_you_mean("post", WORDS) == "; did you mean 'posts'?"
    assert did_you_mean("zebra", WORDS) == ""
