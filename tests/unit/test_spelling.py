"""Names in the order of pinyin, and how they are found again."""

from __future__ import annotations

import pytest
from pypinyin import Style, pinyin

from lms_scoring.spelling import class_key, class_order, folded, name_key, terms


def found_by(search: str, name: str, person: str = "moodle-31") -> bool:
    return any(term.startswith(folded(search)) for term in terms(name, person))


def test_names_are_in_the_order_of_pinyin_and_tone_and_namesakes_of_one_character_stay_together() -> None:
    names = [
        "陈",
        "黄涛",
        "李",
        "刘备",
        "刘磊",
        "柳如是",
        "马欣怡",
        "欧阳修远",
        "张三",
        "张伟",
        "章三",
        "周桂英",
    ]
    assert sorted({*names}, key=name_key) == names


def test_latin_names_stand_among_them_without_regard_to_case_and_accents() -> None:
    names = ["Aygül Memet", "aygun", "陈", "Élodie", "Li Wei", "刘磊"]
    assert sorted({*names}, key=name_key) == names


def test_the_nameless_come_last() -> None:
    assert sorted(["", "𠮷田", " ", "z", "🙂"], key=name_key)[-2:] == ["", " "]


@pytest.mark.parametrize(
    ("surname", "read"), [("曾", "zeng"), ("单", "shan"), ("仇", "qiu"), ("尉迟", "yuchi")]
)
def test_surnames_are_read_as_surnames_and_found_by_either_reading(surname: str, read: str) -> None:
    assert name_key(f"{surname}明").startswith(read[:2].encode())
    assert found_by(f"{read}ming", f"{surname}明")
    assert found_by("dan", "单明")


def test_classes_are_in_the_order_of_their_numbers() -> None:
    classes = ["一班", "2班", "三班", "十班", "十一班", "二十班", "高一(2)班", "高一(10)班", "", None]
    assert sorted({*classes[:8]}, key=class_key) == classes[:8]
    assert class_key(None) == class_key("") > class_key("最后")


def test_classes_of_one_number_have_an_order_too() -> None:
    assert class_key("2班") == class_key("二班")
    assert sorted(["二班", None, "10班", "2班"], key=class_order) == ["2班", "二班", "10班", None]


@pytest.mark.parametrize(
    "search",
    [
        "刘",
        "刘磊",
        "磊",
        "liul",
        "liulei",
        "LIU LEI",
        "lei",
        "ll",
        "l",
        "moodle-31",
        "moodle31",
        "31",
        "Moodle-3",
    ],
)
def test_a_name_is_found_by_its_characters_pinyin_initials_and_id(search: str) -> None:
    assert found_by(search, "刘磊")


@pytest.mark.parametrize("search", ["lui", "ei", "x", "1", "oodle", "石", "刘备"])
def test_what_no_part_of_it_begins_with_finds_nobody(search: str) -> None:
    assert not found_by(search, "刘磊")


@pytest.mark.parametrize("search", ["aygül", "AYGUL", "aygul m", "memet", "Aygül Memet"])
def test_latin_names_are_found_from_each_word_on_with_or_without_accents(search: str) -> None:
    assert found_by(search, "Aygül Memet")


@pytest.mark.parametrize("search", ["lvbu", "lubu", "lübu", "lb"])
def test_an_umlaut_is_found_however_it_is_typed(search: str) -> None:
    assert found_by(search, "吕布")


@pytest.mark.parametrize("search", ["wangxiaomingabc", "wxm", "abc", "小明a"])
def test_names_of_two_scripts_are_found_by_both(search: str) -> None:
    assert found_by(search, "王小明abc")


def test_long_and_odd_names_have_few_terms_and_are_found_by_all_of_it() -> None:
    for name in ("张" * 200, "x" * 200, "O'Neil-Smith", "<b>", "🙂", "\u0301", "١٢٣"):
        assert len(terms(name, "p")) < 50
        assert found_by(name, name)


def test_a_name_of_nothing_has_the_terms_of_its_id_alone() -> None:
    assert terms("", "moodle-7") == {b"moodle7", b"7"}


def test_characters_are_read_as_the_library_reads_them() -> None:
    """Every fiftieth of the usual ones, and some that are rare or have no reading."""
    read_here, read_there = {}, {}
    for number in (*range(0x4E00, 0xA000, 50), 0x3007, 0x20BB7, 0x2CE88, 0x30000, ord("b"), 0xE9):
        letter = chr(number)
        reading, found, _ = name_key(f"a{letter}")[1:].partition(b"\x01")
        read_here[letter] = reading.decode() if found else ""
        ((there,),) = pinyin(letter, style=Style.TONE3, neutral_tone_with_five=True)
        read_there[letter] = "" if there.startswith(letter) else there
    assert read_here == read_there
    assert sum(map(bool, read_here.values())) > 400
