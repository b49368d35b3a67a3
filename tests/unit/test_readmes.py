"""The two READMEs: the Chinese one has all that the English one has, and both name what there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from adapters.moodle.functions import Function
from lms_scoring.cli.main import main
from lms_scoring.domain.evidence import KINDS
from lms_scoring.files.scheme_file import read_scheme

ROOT = Path(__file__).parents[2]
FILES = ("README.md", "README.zh.md")

_BLOCK = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_LINK = re.compile(r"\]\(([^)]+)\)")
_HEADING = re.compile(r"^#+", re.MULTILINE)
_ITEM = re.compile(r"^ *(?:\*|\d\.) ", re.MULTILINE)
_ROW = re.compile(r"^ *\|", re.MULTILINE)


class Readme(NamedTuple):
    """What of a README is the same in every language."""

    spans: set[str]
    blocks: list[str]
    links: set[str]
    headings: list[str]
    items: int
    rows: int


def readme(name: str) -> Readme:
    whole = (ROOT / name).read_text(encoding="utf-8")
    text = _BLOCK.sub("", whole)
    return Readme(
        spans={" ".join(span.split()) for span in _SPAN.findall(text)},
        blocks=_BLOCK.findall(whole),
        links={link for link in _LINK.findall(text) if not link.startswith("README")},
        headings=_HEADING.findall(text),
        items=len(_ITEM.findall(text)),
        rows=len(_ROW.findall(text)),
    )


def commands(command: click.Command, *words: str) -> set[str]:
    """Every command as it is typed, without the program's name."""
    if not isinstance(command, click.Group):
        return {" ".join(words)}
    within = click.Context(command)
    found = {word: command.get_command(within, word) for word in command.list_commands(within)}
    return {one for word, inner in found.items() if inner for one in commands(inner, *words, word)}


def named_commands(spans: set[str]) -> set[str]:
    """The commands that code spans name; `scheme check|show` names two."""
    words = [span.removeprefix("lms-scoring ").replace("\\|", "|").split() for span in spans]
    pairs = [(found[0], found[1]) for found in words if len(found) > 1]
    return {found[0] for found in words} | {f"{one} {two}" for one, twos in pairs for two in twos.split("|")}


def test_both_name_the_same_commands_functions_and_settings() -> None:
    english, chinese = map(readme, FILES)
    assert english.spans - chinese.spans == set(), "in English only"
    assert chinese.spans - english.spans == set(), "in Chinese only"


def test_both_have_the_same_examples_links_chapters_and_tables() -> None:
    english, chinese = (readme(name)._replace(spans=set()) for name in FILES)
    assert english == chinese


def test_each_links_to_the_other() -> None:
    for one, other in (FILES, FILES[::-1]):
        assert f"]({other})" in (ROOT / one).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
def test_links_lead_to_files_that_are_there(name: str) -> None:
    for link in readme(name).links:
        assert (ROOT / link).exists(), link


@pytest.mark.parametrize("name", FILES)
def test_every_command_is_named(name: str) -> None:
    assert commands(main) - named_commands(readme(name).spans) == set()


@pytest.mark.parametrize("name", FILES)
def test_every_function_kind_of_evidence_and_rule_is_named(name: str) -> None:
    scheme = read_scheme(ROOT / "config" / "schemes" / "longcheng-2024.toml").scheme
    rules = {criterion.rule.kind for rules in scheme.roles.values() for criterion in rules.criteria}
    assert {*Function, *KINDS, *rules} - readme(name).spans == set()


@pytest.mark.parametrize("name", FILES)
def test_no_setting_is_named_that_there_is_not(name: str) -> None:
    settings = {span for span in readme(name).spans if span.startswith("LMS_SCORING_")}
    code = (ROOT / "lms_scoring" / "files" / "settings.py").read_text(encoding="utf-8").lower()
    for setting in settings - {"LMS_SCORING_SETTINGS=settings.toml"}:
        last = re.sub("^LMS_SCORING_(PLATFORM_<NAME>_|RETENTION_)?", "", setting).lower()
        assert re.search(rf"\b{last}\b", code), setting
