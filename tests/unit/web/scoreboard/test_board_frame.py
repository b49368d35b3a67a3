"""The frame of a scoreboard: its forms are filled for each view, and never with HTML from anywhere else."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from jinja2 import Environment, PackageLoader, StrictUndefined

from lms_scoring.domain.board import TOTAL, Chip, Median
from lms_scoring.domain.evidence import Role
from lms_scoring.web.scoreboard.board_frame import FrameWriter
from lms_scoring.web.scoreboard.board_look import look_of
from lms_scoring.web.scoreboard.board_page import BoardPage
from lms_scoring.web.scoreboard.board_query import BoardQuery
from lms_scoring.web.scoreboard.patterns import gap
from lms_scoring.web.voice import Voice
from lms_scoring.web.wording import read_wording
from tests import given

RULES = given.main_scheme().roles[Role.LEARNER]
HERE = "/courses/c/"


def frame(query: BoardQuery, language: str = "zh") -> FrameWriter:
    voice = Voice(read_wording(), language)
    environment = Environment(
        loader=PackageLoader("lms_scoring.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    known = {"voice": voice, "say": voice.say, "gap": gap, "hidden": query.hidden}
    pieces: Any = environment.get_template("board_frame.html").make_module(known)
    return FrameWriter(pieces, look_of(RULES, query, voice), voice)


def page(query: BoardQuery, **more: Any) -> BoardPage:
    shown: dict[str, Any] = {"lines": (), "counts": {}, "taking_part": 0, "found": 0, "medians": {}, **more}
    return BoardPage(query=query, **shown)


def test_a_click_is_a_link_that_changes_one_thing() -> None:
    query = BoardQuery(class_="1&2班", sort="posts", page=3)
    clicks = frame(query).clicks(query, HERE)
    assert clicks.to("<b>", "sort", "name", "chip") == (
        f'<a class="chip" href="{HERE}?class=1%262%E7%8F%AD&amp;sort=name">&lt;b&gt;</a>'
    )
    assert clicks.to("2", "page", "2", current=True) == (
        f'<a class="" href="{HERE}?class=1%262%E7%8F%AD&amp;sort=-posts&amp;page=2" aria-current="true">2</a>'
    )
    assert clicks.behind == "?class=1%262%E7%8F%AD&sort=-posts"


def test_while_somebody_is_searched_for_it_is_a_button_and_no_address_has_the_name() -> None:
    query = BoardQuery(search="<欧阳>")
    clicks = frame(query).clicks(query, HERE)
    assert clicks.to("2", "page", '"2"', current=True) == (
        '<button class="link " form="filter" name="page" value="&#34;2&#34;" aria-current="true">2</button>'
    )
    assert "欧阳" not in clicks.behind


@pytest.mark.parametrize("hidden", [frozenset[str](), frozenset({"class", "posts", "state"})])
def test_heads_and_medians_are_of_the_columns_that_are_shown(hidden: frozenset[str]) -> None:
    query = BoardQuery(hidden=hidden, sort="standing", descending=False)
    written = frame(query)
    heads = written.heads(query, written.clicks(query, HERE))
    criteria = [one for one in RULES.criteria if one.id not in hidden]
    assert heads.count("<th ") == 5 + len(criteria) - len(hidden & {"class", "state"})
    assert heads.count('aria-sort="ascending"') == 1
    assert all(one.name.zh in heads for one in criteria)
    medians = {TOTAL: Median(points=Fraction(241, 3), of=7, is_at_least=True)}
    foot = written.medians(page(query, taking_part=7, medians=medians))
    assert foot.count("data-label=") == len(criteria) + 1
    assert "80.33" in foot
    assert foot.count("至少") == 1
    assert ('colspan="2"' in foot) is ("class" not in hidden)
    assert all(
        (f'value="{one.id}" checked' in written.choices) is (one in criteria) for one in RULES.criteria
    )


@pytest.mark.parametrize(("points", "said"), [(Fraction(79_997, 1000), True), (Fraction(80), False)])
def test_a_median_just_under_the_pass_mark_says_so(points: Fraction, said: bool) -> None:
    query, medians = BoardQuery(), {TOTAL: Median(points=points, of=7, is_at_least=False)}
    foot = frame(query).medians(page(query, taking_part=7, medians=medians))
    assert "80.00" in foot
    assert ("略低" in foot) is said


def test_chips_count_and_the_one_that_is_chosen_is_current() -> None:
    query = BoardQuery(chip=Chip.FAR)
    written = frame(query, "en")
    shown = page(query, taking_part=5, counts={Chip.FAR: 3, Chip.PASSED: 2})
    everybody, far, passed = written.chips(shown, written.clicks(query, HERE))
    assert ('class="chip"' in everybody, ">5<" in everybody, "aria-current" in everybody) == (
        True,
        True,
        False,
    )
    assert ('class="chip far"' in far, ">3<" in far, "aria-current" in far) == (True, True, True)
    assert f'href="{HERE}?standing=passed"' in passed
    unpicked = replace(shown, query=BoardQuery())
    assert "aria-current" in written.chips(unpicked, written.clicks(BoardQuery(), HERE))[0]
