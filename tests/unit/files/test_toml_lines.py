"""Lines of TOML: every key that the standard library reads has the line that it stands in."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from lms_scoring.domain.errors import CourseFileMistakes
from lms_scoring.files.course_file import parse_course, read_course
from lms_scoring.files.toml_lines import Twice, line_of, lines_of, place_in, set_twice

FIXTURES = Path(__file__).parents[2] / "fixtures" / "courses"
CONFIG = Path(str(files("config")))
TEXTS = [*sorted(CONFIG.glob("*/*.toml")), *sorted(FIXTURES.glob("*.toml"))]
ODD = """\
a.b = 1 # dotted
a."c.d" = "quoted"
'e f' = 2
long = \"\"\"
[no.table]
x = 1
\"\"\"
after = '''
''' # two lines
list = [ # one
    { x = 1, y.z = 2 },
    # between
    [1, [2]],
]
[[t]]
k = 1
[t.inner]
k = 1
[[t.deep]]
[[t]]
[t.inner]
k = 2
[[t.deep]]
[[t.deep]]
last = 2024-10-25
"""


def places(found: Any, place: str = "") -> Iterator[str]:
    """Where the standard library finds anything."""
    items = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
    for key, inner in items:
        yield place_in(place, key)
        yield from places(inner, place_in(place, key))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_every_key_has_the_line_that_it_stands_in(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines, written = lines_of(text), text.splitlines()
    assert set(places(tomllib.loads(text))) == set(lines)
    for place, line in lines.items():
        key = re.sub(r"\[\d+\]$", "", place).rpartition(".")[2]
        assert key in written[line - 1] or place.endswith("]"), place


def test_odd_ways_to_write_have_lines_too() -> None:
    lines = lines_of(ODD)
    assert set(places(tomllib.loads(ODD))) == set(lines)
    expected = {
        "a.b": 1,
        "a.c.d": 2,
        "e f": 3,
        "after": 8,
        "list[1].y.z": 11,
        "list[2][2][1]": 13,
        "t[1].inner.k": 18,
        "t[2].inner.k": 22,
        "t[2].deep[2]": 24,
        "t[2].deep[2].last": 25,
    }
    assert {place: lines[place] for place in expected} == expected


def test_what_is_missing_has_the_line_of_what_it_belongs_to() -> None:
    lines = lines_of(ODD)
    assert line_of(lines, "t[2].inner.missing") == 21
    assert line_of(lines, "t[2].inner.missing[3].more") == 21
    assert line_of(lines, "missing") is None


def test_keys_and_tables_that_are_set_twice_are_all_found() -> None:
    text = 'a = 1\n"a" = 2\n[b]\nx.y = 1\nx.z = 2\nx.y = 3\n[c]\n[b]\n'
    assert set_twice(text) == [
        Twice(place="a", first=1, line=2),
        Twice(place="b.x.y", first=4, line=6),
        Twice(place="b", first=3, line=8),
    ]
    assert set_twice(ODD) == []


def test_what_is_no_toml_has_no_lines() -> None:
    assert lines_of("a = 1\nb = \n") == {}
    assert set_twice("a = 1\na = 1\nb = \n") == []
    assert set_twice(f"a = 1\na = 1\nb = {'[' * 5_000}{']' * 5_000}\n") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id = 1\nid = 2\n[x]\n[x]\n", ["x:2: id: stands in line 1 already", "x:4: x: stands in line 3"]),
        ('id = "a"\ntitle = "b\n', ["x:2: TOML: cannot be read at character "]),
        ('id = "a"\nsource = [\n\n', ["x:2: TOML: cannot be read: "]),
        ("id = 2024-02-30\n", ["x:1: TOML: cannot be read at character 6: Invalid date or datetime"]),
        ("[a]\n[a.b]\n[[a.b]]\n", ["x:3: TOML: cannot be read at character "]),
        ('a = 1\n"\\uD800" = 1\n', ["x:2: TOML: cannot be read at character "]),
    ],
)
def test_text_that_cannot_be_read_is_told_with_its_line(text: str, told: list[str]) -> None:
    with pytest.raises(CourseFileMistakes) as caught:
        parse_course(text, name="x", folder=Path())
    for mistake, begin in zip(caught.value.mistakes, told, strict=True):
        assert mistake.told("x").startswith(begin)


def test_a_mark_of_the_encoding_is_no_part_of_a_file(tmp_path: Path) -> None:
    """As editors on Windows write it."""
    path = tmp_path / "course.toml"
    text = (CONFIG / "courses" / "lc2024.toml").read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8-sig")
    assert read_course(path).text == text
