"""Marks of pages: made once in each language, they say what the template would say on every page."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import Environment, PackageLoader, StrictUndefined

from lms_scoring.domain.doubts import GroundKind
from lms_scoring.domain.outlook import Standing, ToldState
from lms_scoring.domain.proceedings.case import CaseState
from lms_scoring.domain.scorecard import Verdict
from lms_scoring.web.kept_macros import KeptMacros
from lms_scoring.web.template_calls import PlainCalls
from lms_scoring.web.voice import Voice
from lms_scoring.web.wording import read_wording


@pytest.fixture
def environment() -> Environment:
    made = Environment(
        loader=PackageLoader("lms_scoring.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.context_class = PlainCalls
    return made


@pytest.mark.parametrize("language", ["zh", "en"])
def test_marks_are_what_the_template_writes_in_that_language(environment: Environment, language: str) -> None:
    marks = KeptMacros(environment, read_wording()).of(language)["marks"]
    voice = Voice(read_wording(), language)
    template: Any = environment.get_template("marks.html")
    fresh: Any = template.make_module({"voice": voice, "say": voice.say})
    for state in ToldState:
        assert marks.state(state) == marks.state(state) == fresh.state(state)
    for standing in Standing:
        assert marks.standing(standing) == fresh.standing(standing)
    for verdict in Verdict:
        assert marks.verdict(verdict) == fresh.verdict(verdict)
        assert marks.icon(verdict.value) == fresh.icon(verdict.value)
    assert marks.withdrawn() == fresh.withdrawn()
    assert marks.unread("<b>") == fresh.unread("<b>")


def test_marks_are_made_once_in_each_language(environment: Environment) -> None:
    macros = KeptMacros(environment, read_wording())
    assert macros.of("zh") is macros.of("zh")
    assert macros.of("zh")["marks"].withdrawn() != macros.of("en")["marks"].withdrawn()


def test_what_cases_say_alike_is_what_the_template_writes(environment: Environment) -> None:
    said, voice = KeptMacros(environment, read_wording()).of("en")["case_marks"], Voice(read_wording(), "en")
    template: Any = environment.get_template("case_marks.html")
    fresh: Any = template.make_module({"voice": voice, "say": voice.say})
    for state in CaseState:
        assert said.state(state) == fresh.state(state)
        assert said.state(state, True) == fresh.state(state, True) != fresh.state(state, False)
    for kind in GroundKind:
        assert said.ground(kind, 7_200, 5_000, 60) == fresh.ground(kind, 7_200, 5_000, 60)
        assert said.ground(kind, 1, 5, 0) == fresh.ground(kind, 1, 5, 0)
