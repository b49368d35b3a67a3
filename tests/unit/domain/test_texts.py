"""Texts as they are kept and compared."""

from __future__ import annotations

import pytest

from lms_scoring.domain.texts import LONGEST, bounded, letters, passages


def test_a_text_is_kept_up_to_a_length() -> None:
    assert bounded("字" * LONGEST) == "字" * LONGEST
    assert bounded("字" * (LONGEST + 1)) == "字" * LONGEST


def test_what_can_neither_be_stored_nor_shown_is_left_out() -> None:
    assert bounded("\0 a\x07b\ud800\nc\x7f\u2028 ") == "ab\nc"


def test_rare_characters_and_emoji_stay() -> None:
    text = "𠮷 䶮 👍🏽 \u200fئۇيغۇر"
    assert bounded(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("以学生为中心，的课堂设计。", "以学生为中心的课堂设计"),
        ("ＡＢｃ １２", "abc12"),
        ("Straße, ἈΡΧΉ", "strasseἀρχή"),
        ("😊👍——！", ""),
        ("བོད་ཡིག", "བོདཡིག"),
        ("", ""),
    ],
)
def test_letters_and_digits_alone_are_compared(text: str, left: str) -> None:
    assert letters(text) == left


def test_passages_are_all_that_stand_in_the_text_once_each() -> None:
    assert passages("abcdef") == {"abcde", "bcdef"}
    assert passages("aaaaaaaa") == {"aaaaa"}


def test_a_text_shorter_than_a_passage_is_one_itself() -> None:
    assert passages("abc") == {"abc"}
    assert passages("") == frozenset()
