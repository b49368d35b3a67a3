"""Two texts side by side: what they share is marked in both, by number."""

from __future__ import annotations

import pytest

from lms_scoring.domain.doubts.side_by_side import Piece, side_by_side

TASK = "请结合本校实际完成。"


def told(pieces: tuple[Piece, ...]) -> list[tuple[str, int | None]]:
    return [(piece.text, piece.same) for piece in pieces]


def test_a_shared_stretch_has_one_number_on_both_sides() -> None:
    found = side_by_side("我认为，课堂应以学生为中心。", "老师说课堂应，以学生为中心！")
    assert told(found.one) == [("我认为，", None), ("课堂应以学生为中心", 1), ("。", None)]
    assert told(found.other) == [("老师说", None), ("课堂应，以学生为中心", 1), ("！", None)]


def test_paragraphs_in_another_order_are_found_all_the_same() -> None:
    first, second = "教师要善于倾听学生的声音", "评价应当贯穿教学的全过程"
    found = side_by_side(f"{first}。{second}。", f"{second}；{first}")
    assert told(found.one) == [(first, 1), ("。", None), (second, 2), ("。", None)]
    assert told(found.other) == [(second, 2), ("；", None), (first, 1)]


def test_what_the_task_says_is_marked_as_quoted_and_is_not_shared() -> None:
    found = side_by_side(f"{TASK}我写的", f"{TASK}他写的", task=TASK)
    assert [(piece.text, piece.same, piece.quoted) for piece in found.one] == [
        ("请结合本校实际完成", None, True),
        ("。我写的", None, False),
    ]


def test_less_than_a_passage_is_not_marked() -> None:
    found = side_by_side("以学生为", "以学生为")
    assert told(found.one) == [("以学生为", None)]


def test_the_longest_of_several_places_is_taken_and_the_first_of_equal_ones() -> None:
    found = side_by_side("abcdefgh", "abcde-abcdefg-abcdefg")
    assert told(found.one) == [("abcdefg", 1), ("h", None)]
    assert told(found.other) == [("abcde-", None), ("abcdefg", 1), ("-abcdefg", None)]


def test_a_stretch_that_is_copied_twice_has_its_first_number_both_times() -> None:
    found = side_by_side("abcdeXabcdef", "abcdef")
    assert told(found.one) == [("abcde", 1), ("X", None), ("abcde", 1), ("f", 2)]
    assert told(found.other) == [("abcde", 1), ("f", 2)]


def test_numbers_go_on_where_they_were_after_a_stretch_that_was_met_before() -> None:
    found = side_by_side("abcdefg-cdefg-xhijkl", "abcdefg hijkl")
    assert told(found.one) == [
        ("abcdefg", 1),
        ("-", None),
        ("cdefg", 1),
        ("-x", None),
        ("hijkl", 2),
    ]
    assert told(found.other) == [("abcdefg", 1), (" ", None), ("hijkl", 2)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("", ""),
        ("完全不同的两段文字在这里", "something else altogether"),
        ("𠮷野家的老师😊说：ＡＢＣＤＥ㈱", "𠮷野家的老师说abcde株"),
        ("反思与行动。" * 50, "反思与行动！" * 40),
    ],
)
def test_the_pieces_put_together_are_the_texts(one: str, other: str) -> None:
    found = side_by_side(one, other, task=TASK)
    assert "".join(piece.text for piece in found.one) == one
    assert "".join(piece.text for piece in found.other) == other
