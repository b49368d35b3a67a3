"""A course file's text with other bindings or another scheme: what nobody changed stays as it was written."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from difflib import ndiff
from importlib.resources import files

import pytest

from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.domain.evidence import Purpose
from lms_scoring.services.setting_up.edited_text import with_bindings, with_scheme
from lms_scoring.services.setting_up.toml_text import toml_text

SHIPPED = (files("config.courses") / "lc2024.toml").read_text(encoding="utf-8")
OWN = Bindings(
    bindings=(
        Binding(purpose=Purpose.STUDY_TIME, source="lrs", activities=("https://video.example.edu/v/*",)),
        Binding(purpose=Purpose.HOMEWORK, source="moodle", activities=("17",)),
        Binding(purpose=Purpose.JOURNAL, source="moodle", activities=("19",)),
        Binding(purpose=Purpose.POSTS, source="moodle", activities=("25",)),
        Binding(purpose=Purpose.BULLETINS, source="moodle", activities=("27",)),
    )
)


def changed(binding: int, *activities: str) -> Bindings:
    """The file's own bindings, of which one names other activities; none: it goes."""
    purpose, source = OWN.bindings[binding].purpose, OWN.bindings[binding].source
    other = [Binding(purpose=purpose, source=source, activities=activities)] if activities else []
    return Bindings(bindings=(*OWN.bindings[:binding], *other, *OWN.bindings[binding + 1 :]))


def lines_changed(before: str, after: str) -> list[str]:
    told = ndiff(before.splitlines(), after.splitlines())
    return [line for line in told if line[0] in "+-"]


def test_the_same_bindings_leave_every_character_as_it_was() -> None:
    assert with_bindings(SHIPPED, OWN) == SHIPPED


def test_one_more_activity_changes_one_line_and_keeps_its_comment() -> None:
    assert lines_changed(SHIPPED, with_bindings(SHIPPED, changed(1, "17", "18"))) == [
        '- activities = ["17"] # 课程作业',
        '+ activities = ["17", "18"] # 课程作业',
    ]


def test_what_counts_as_nothing_goes_with_one_of_the_empty_lines_around_it() -> None:
    posts = '[[bind]]\nas = "posts"\nsource = "moodle"\nactivities = ["25"] # 研讨交流\n\n'
    assert SHIPPED.count(posts) == 1
    assert with_bindings(SHIPPED, changed(3)) == SHIPPED.replace(posts, "")


def test_a_new_binding_comes_after_the_last_one_and_before_what_follows() -> None:
    more = Binding(purpose=Purpose.POSTS, source="lrs", activities=("https://forum.example.edu/*",))
    text = with_bindings(SHIPPED, Bindings(bindings=(*OWN.bindings, more)))
    last, _, after = SHIPPED.partition("\n\n# 核查规则")
    new = '[[bind]]\nas = "posts"\nsource = "lrs"\nactivities = ["https://forum.example.edu/*"]'
    assert text == f"{last}\n\n{new}\n\n# 核查规则{after}"


def test_all_of_them_may_go_and_the_comments_of_others_stay() -> None:
    text = with_bindings(SHIPPED, Bindings(bindings=()))
    assert "bind" not in tomllib.loads(text)
    assert "# 核查规则" in text
    assert text.count("\n\n\n") == 0


def test_another_order_is_what_the_text_says_then() -> None:
    """Of folders that hold each other the first that names an activity decides."""
    turned = Bindings(bindings=tuple(reversed(OWN.bindings)))
    told = tomllib.loads(with_bindings(SHIPPED, turned))["bind"]
    assert [one["as"] for one in told] == [one.purpose.value for one in turned.bindings]


@pytest.mark.parametrize(
    "written",
    [
        'bind = [{ as = "homework", source = "moodle", activities = ["17"] }]\n',
        '[["bind"]]\nas = "homework"\nsource = "moodle"\nactivities = ["17"]\n',
        '[[bind]]\nas = "homework"\nsource = "moodle"\nactivities = [\n  "17", # the first ]\n]\n',
        '[[bind]]\r\nas = "homework"\r\nsource = "moodle"\r\nactivities = ["17"]\r\n',
        'title = """\n[[bind]]\n"""\n[[bind]]\nas = "homework"\nsource = "moodle"\nactivities = ["17"]\n',
        "",
    ],
)
def test_however_it_is_written_it_says_what_it_should_and_nothing_else_otherwise(written: str) -> None:
    wanted = Bindings(
        bindings=(Binding(purpose=Purpose.HOMEWORK, source="moodle", activities=("17", 'a"]#')),)
    )
    before = tomllib.loads(f"format = 1\n{written}")
    after = tomllib.loads(with_bindings(f"format = 1\n{written}", wanted))
    assert after.pop("bind") == [{"as": "homework", "source": "moodle", "activities": ["17", 'a"]#']}]
    before.pop("bind", None)
    assert after == before


def test_another_scheme_is_named_and_all_else_stays() -> None:
    text = with_scheme(SHIPPED, "schemes/ours.toml")
    assert lines_changed(SHIPPED, text) == [
        '- scheme = "longcheng-2024"',
        '+ scheme = "schemes/ours.toml"',
    ]


@pytest.mark.parametrize("written", ["scheme = '''\nx'''\n", '"scheme" = "x"\n', "", 'other.scheme = "x"\n'])
def test_another_scheme_is_named_however_the_text_is_written(written: str) -> None:
    text = f'{written}[doubts]\nscheme = "not this"\n'
    before = tomllib.loads(text)
    assert tomllib.loads(with_scheme(text, "ours")) == before | {"scheme": "ours"}


def test_whatever_toml_can_say_is_written_as_toml() -> None:
    text = (
        'a = "\\u007f\\n"\nb = 1.50\nc = -3\nd = true\ne = 2024-09-01T08:00:00+08:00\nf = 2024-09-01\n'
        'g = 08:00:00\nh = [1, "x", [true], { y = 1 }]\ni = []\n"k l" = 0\nm = inf\nn = -inf\no = 1e3\n'
        "p = 0.00000000000001\n"
        "[q]\nr = 1\n[q.s]\n[[q.t]]\nu = { v = 1 }\n[[q.t]]\n"
    )
    tables = tomllib.loads(text, parse_float=Decimal)
    assert tomllib.loads(toml_text(tables), parse_float=Decimal) == tables
