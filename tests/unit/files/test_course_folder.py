"""A folder of course files: which are right, and of which course those are that are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms_scoring.files.course_folder import course_files

RIGHT = """\
format = 1
id = "{id}"
title = "T"
scheme = "s"
[[source]]
name = "f"
kind = "statements"
paths = ["s.jsonl"]
"""


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / f"{name}.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_what_is_wrong_with_one_file_spoils_no_other(tmp_path: Path) -> None:
    write(tmp_path, "a", RIGHT.format(id="a"))
    broken = write(tmp_path, "b", RIGHT.format(id="b").replace("format = 1", "format = 2"))
    found = course_files(tmp_path)
    assert list(found.right) == ["a"]
    assert [(one.course, one.error.name) for one in found.broken] == [("b", str(broken))]


@pytest.mark.parametrize(
    ("text", "course"),
    [
        ('id = "a"\nformat = \n', "a"),
        ("id='a'\nformat = 1\n", "a"),
        ('[x]\nid = "a"\n', None),
        ('id = "Bad Id"\n', None),
        ("id = 3\n", None),
        ("", None),
    ],
)
def test_a_broken_file_is_of_the_course_that_stands_above_its_tables(
    tmp_path: Path, text: str, course: str | None
) -> None:
    write(tmp_path, "broken", text)
    (one,) = course_files(tmp_path).broken
    assert one.course == course


def test_what_is_no_text_is_of_nobody_knows_which_course(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_bytes(b'id = "b"\xff')
    (one,) = course_files(tmp_path).broken
    assert one.course is None
    assert "is not UTF-8 text" in str(one.error)


def test_a_folder_that_is_there_no_more_holds_none(tmp_path: Path) -> None:
    found = course_files(tmp_path / "none")
    assert (found.right, found.broken) == ({}, [])


def test_of_files_of_one_course_none_is_right_and_each_names_the_others(tmp_path: Path) -> None:
    first, second = (write(tmp_path, name, RIGHT.format(id="a")) for name in ("x", "y"))
    third = write(tmp_path, "z", RIGHT.format(id="a").replace('title = "T"', "title = T"))
    found = course_files(tmp_path)
    assert found.right == {}
    assert [one.course for one in found.broken] == ["a"] * 3
    shared = [one.error.mistakes[-1] for one in found.broken]
    assert [one.text.partition(": ")[2] for one in shared] == [
        f"{second}, {third}",
        f"{first}, {third}",
        f"{first}, {second}",
    ]
    assert [one.line for one in shared[:2]] == [2, 2]
    assert len(found.broken[2].error.mistakes) == 2
    assert found.broken[2].error.mistakes[0].line == 3


def test_what_nobody_can_tell_the_course_of_may_be_that_of_one_without_a_file(tmp_path: Path) -> None:
    write(tmp_path, "a", RIGHT.format(id="a"))
    write(tmp_path, "b", 'id = "b"\n')
    write(tmp_path, "c", "")
    found = course_files(tmp_path)
    assert found.broken_about("a") == []
    assert [one.course for one in found.broken_about("b")] == ["b", None]
    assert [one.course for one in found.broken_about("c")] == [None]
