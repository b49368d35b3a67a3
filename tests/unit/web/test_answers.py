"""One tree of errors, one table of what is answered: nothing goes wrong in a way that nobody thought of."""

from __future__ import annotations

import ast
import logging
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

import pytest

from lms_scoring.domain import errors
from lms_scoring.domain.errors import (
    CannotBeDecided,
    LmsScoringError,
)
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.lti.refusal import LaunchRefused, Refusal
from lms_scoring.web.answers import ANSWERS, CLOSED, OURS, OVERTAKEN, WRONG, answer_to
from lms_scoring.web.wording import read_wording

_A_CLASS = re.compile(r"^class (\w+)\((\w+)\):", re.MULTILINE)
_DRAWN = re.compile(r"^ {4}([│ ]*)[├└]── (\w+)", re.MULTILINE)
ROOT = LmsScoringError.__name__


def sources(*packages: str) -> Iterator[str]:
    """The text of every module of ours, save the demonstration's, which is no product code."""
    for package in packages:
        for file in Path(str(files(package))).rglob("*.py"):
            if "demonstration" not in file.parts:
                yield file.read_text(encoding="utf-8")


def classes(*packages: str) -> Mapping[str, str]:
    """Every kind of error that is defined there, with what it is a kind of."""
    defined = {name: base for text in sources(*packages) for name, base in _A_CLASS.findall(text)}
    return {name: base for name, base in defined.items() if _is_ours(base, defined)}


def _is_ours(name: str, defined: Mapping[str, str]) -> bool:
    while name != ROOT and name in defined:
        name = defined[name]
    return name == ROOT


def drawn() -> Mapping[str, str]:
    """The same as the tree at the top of the module has it."""
    found: dict[str, str] = {}
    above = [ROOT]
    for indented, name in _DRAWN.findall(errors.__doc__ or ""):
        depth = len(indented) // 4
        del above[depth + 1 :]
        found[name] = above[depth]
        above.append(name)
    return found


def test_the_tree_is_drawn_as_it_is() -> None:
    assert drawn() == classes("lms_scoring", "adapters")


def test_every_kind_of_error_has_its_answer() -> None:
    assert {kind.__name__ for kind in ANSWERS} == classes("lms_scoring").keys()


def test_every_answer_has_its_sentences() -> None:
    words = {answer.words for answer in (*ANSWERS.values(), OURS)}
    wanted = {f"{one}.{part}" for one in words for part in ("title", "text")}
    assert wanted <= read_wording().sentences.keys()


def test_what_is_ours_or_the_platforms_to_mend_is_logged_unless_it_passes_and_nothing_else() -> None:
    for answer in (*ANSWERS.values(), OURS):
        assert (answer.level is not None) == (answer.status >= 500 and answer.again is None)
        assert answer.level in (None, logging.WARNING, logging.ERROR)


@pytest.mark.parametrize("why", Obstacle)
def test_what_cannot_be_decided_was_said_wrongly_or_is_over(why: Obstacle) -> None:
    expected = WRONG if why.is_of_what_was_said else OVERTAKEN
    assert answer_to(CannotBeDecided(why, "why")) is expected


def test_a_launch_is_refused_as_wrong_unless_its_reason_says_otherwise() -> None:
    assert answer_to(LaunchRefused(Refusal.SIGNATURE, "")) is WRONG
    assert answer_to(LaunchRefused(Refusal.ERASED, "")) is CLOSED


def test_a_kind_that_nobody_thought_of_is_a_fault_of_ours() -> None:
    assert answer_to(LmsScoringError()) is OURS


def test_no_view_translates_errors_by_hand() -> None:
    kinds = classes("lms_scoring").keys()
    for text in sources("lms_scoring.web"):
        tree = ast.parse(text)
        refusals = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module == "werkzeug.exceptions"
            for alias in node.names
        }
        for handler in (node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)):
            caught = set() if handler.type is None else {_name(one) for one in ast.walk(handler.type)}
            used = {_name(one) for part in handler.body for one in ast.walk(part)}
            assert not (caught & kinds and used & refusals), ast.unparse(handler)


def _name(node: ast.AST) -> str | None:
    return node.id if isinstance(node, ast.Name) else None
