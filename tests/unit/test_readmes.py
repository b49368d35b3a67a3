"""The README and the guides: what one language has, the other has, and both name what there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from adapters.moodle.functions import Function
from lms_scoring.cli.main import main
from lms_scoring.domain.evidence import KINDS
from lms_scoring.domain.retention import Past
from lms_scoring.files.scheme_file import read_scheme
from lms_scoring.files.settings import SECRETS, Platform, Settings

ROOT = Path(__file__).parents[2]
GUIDES = sorted(path.relative_to(ROOT) for path in ROOT.glob("docs/guide/*.md"))
CHINESE = [Path("README.zh.md"), *(guide for guide in GUIDES if guide.stem.endswith(".zh"))]
ENGLISH = [Path("README.md"), *(guide for guide in GUIDES if not guide.stem.endswith(".zh"))]
SINGLE = [Path("CHANGELOG.md"), Path("deploy/README.md"), Path("docs/decisions/README.md")]

_BLOCK = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_LINK = re.compile(r"\]\(([^)]+)\)")
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_ITEM = re.compile(r"^ *(?:\*|\d\.) ", re.MULTILINE)
_ROW = re.compile(r"^ *\|", re.MULTILINE)
_PATH = re.compile(r"(?<![\w./-])(?:adapters|config|deploy|docs|lms_scoring|tests)/[\w./<@-]*[\w<]")
_DECISION = re.compile(r"^\| \[(.+)\]\((\d{4}-.+\.md)\) \| \S.{20,} \|$", re.MULTILINE)
_NAMED_GUIDE = re.compile(r"docs/guide/[a-z]+(?:\.zh)?\.md")

in_both_languages = pytest.mark.parametrize("english", ENGLISH, ids=str)


class Place(NamedTuple):
    """Where a link leads: a file, by its English name, and which of its headings."""

    file: Path
    heading: int | None


class Document(NamedTuple):
    """What of a document is the same in every language."""

    spans: set[str]
    blocks: list[str]
    links: list[Place]
    headings: list[str]
    items: int
    rows: int


def text_of(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def prose(path: Path) -> str:
    return _BLOCK.sub("", text_of(path))


def in_chinese(path: Path) -> Path:
    return path.with_suffix(".zh.md")


def in_english(path: Path) -> Path:
    return path.with_name(path.name.replace(".zh.md", ".md"))


def document(path: Path) -> Document:
    text = prose(path)
    return Document(
        spans={" ".join(span.split()) for span in _SPAN.findall(text)},
        blocks=_BLOCK.findall(text_of(path)),
        links=sorted({place(path, link) for link in _LINK.findall(text)}, key=str),
        headings=[marks for marks, _ in _HEADING.findall(text)],
        items=len(_ITEM.findall(text)),
        rows=len(_ROW.findall(text)),
    )


def anchors(path: Path) -> list[str]:
    """What follows # in a link to each heading: its words in small letters, with hyphens for spaces."""
    headings = [words.lower() for _, words in _HEADING.findall(prose(path))]
    return [re.sub(r"[^\w -]", "", words).replace(" ", "-") for words in headings]


def linked_file(path: Path, link: str) -> Path:
    """The file that a link leads to; one that is only a heading stays where it is."""
    target = link.partition("#")[0]
    return ((ROOT / path).parent / target).resolve().relative_to(ROOT) if target else path


def place(path: Path, link: str) -> Place:
    file, anchor = linked_file(path, link), link.partition("#")[2]
    return Place(in_english(file), anchors(file).index(anchor) if anchor else None)


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


def test_every_document_is_there_in_both_languages() -> None:
    assert [in_chinese(path) for path in ENGLISH] == CHINESE


@in_both_languages
def test_both_name_the_same_commands_functions_and_settings(english: Path) -> None:
    spans, chinese = document(english).spans, document(in_chinese(english)).spans
    assert spans - chinese == set(), "in English only"
    assert chinese - spans == set(), "in Chinese only"


@in_both_languages
def test_both_have_the_same_examples_links_chapters_and_tables(english: Path) -> None:
    one, other = (document(path)._replace(spans=set()) for path in (english, in_chinese(english)))
    assert one == other


@in_both_languages
def test_each_links_to_the_other(english: Path) -> None:
    chinese = in_chinese(english)
    assert f"]({chinese.name})" in prose(english)
    assert f"]({english.name})" in prose(chinese)


@pytest.mark.parametrize("path", [*ENGLISH, *CHINESE], ids=str)
def test_all_other_links_keep_to_the_language(path: Path) -> None:
    others = CHINESE if path in ENGLISH else ENGLISH
    linked = {linked_file(path, link) for link in _LINK.findall(prose(path))}
    assert [file for file in linked.intersection(others) if in_english(file) != in_english(path)] == []


@pytest.mark.parametrize("path", [*ENGLISH, *CHINESE, *SINGLE], ids=str)
def test_links_lead_to_files_and_headings_that_are_there(path: Path) -> None:
    for link in _LINK.findall(prose(path)):
        file, anchor = linked_file(path, link), link.partition("#")[2]
        assert (ROOT / file).exists(), link
        assert not anchor or anchors(file).count(anchor) == 1, link


def test_the_readme_leads_to_every_guide() -> None:
    assert set(ENGLISH) - {one.file for one in document(Path("README.md")).links} == set()


def test_guides_that_are_named_elsewhere_are_there() -> None:
    named = {guide for text in _elsewhere() for guide in _NAMED_GUIDE.findall(text)}
    assert named
    assert [guide for guide in named if not (ROOT / guide).exists()] == []


@pytest.mark.parametrize("path", [*ENGLISH, *CHINESE, *SINGLE], ids=str)
def test_files_that_are_named_are_there(path: Path) -> None:
    """Where one is somebody's to choose it is named with a `<`, as in `adapters/<platform>`; what an
    installation puts into the folder, git ignores."""
    ignored = tuple(line.strip("/") for line in text_of(Path(".gitignore")).splitlines())
    named = [
        name for name in _PATH.findall(text_of(path)) if "<" not in name and not name.startswith(ignored)
    ]
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_readme_says_what_every_package_is_for() -> None:
    named = set(_PATH.findall(text_of(Path("README.md"))))
    for house in ("adapters", "lms_scoring", "lms_scoring/services"):
        packages = {str(path.parent.relative_to(ROOT)) for path in (ROOT / house).glob("*/__init__.py")}
        assert packages - named - {"lms_scoring/services"} == set()


def test_every_decision_is_listed_by_its_title_with_what_was_decided() -> None:
    files = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    titles = [(path.read_text(encoding="utf-8").partition("\n")[0], path.name) for path in files]
    listed = _DECISION.findall(text_of(Path("docs/decisions/README.md")))
    assert [(f"# {title}", name) for title, name in listed] == titles


def _elsewhere() -> Iterator[str]:
    for folder in ("lms_scoring", "adapters", "config", "deploy"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".toml", ".example"):
                yield path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["docs/guide/commands.md", "docs/guide/commands.zh.md"])
def test_every_command_is_named(name: str) -> None:
    assert commands(main) - named_commands(document(Path(name)).spans) == set()


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_every_function_and_rule_is_named(name: str) -> None:
    scheme = read_scheme(ROOT / "config" / "schemes" / "longcheng-2024.toml").scheme
    rules = {criterion.rule.kind for rules in scheme.roles.values() for criterion in rules.criteria}
    assert {*Function, *rules} - document(Path(name)).spans == set()


@pytest.mark.parametrize("name", ["docs/guide/files.md", "docs/guide/files.zh.md"])
def test_every_kind_of_evidence_is_named(name: str) -> None:
    assert {*KINDS} - document(Path(name)).spans == set()


@pytest.mark.parametrize("path", [*ENGLISH, *CHINESE, Path("deploy/README.md")], ids=str)
def test_no_setting_is_named_that_there_is_not(path: Path) -> None:
    named = set(re.findall(r"LMS_SCORING_(?:<NAME>|[A-Z_])+[A-Z](?![A-Z_<])", text_of(path)))
    there = {name.replace("<NAME>", "(?:<NAME>|[A-Z_]+)") for name in settings()}
    assert [one for one in named if not any(re.fullmatch(name, one) for name in there)] == []


def settings() -> set[str]:
    """Every variable that something of an installation reads."""
    of_platforms = {field.name for field in fields(Platform)} - {"name"}
    of_platforms |= {f"{secret}_file" for secret in SECRETS.platforms}
    ours = {field.name for field in fields(Settings)} - {"platforms", "retention"}
    ours |= (
        {f"{secret}_file" for secret in SECRETS.ours} | {f"retention_{past}" for past in Past} | {"settings"}
    )
    return {
        *(f"LMS_SCORING_PLATFORM_<NAME>_{name.upper()}" for name in of_platforms),
        *(f"LMS_SCORING_{name.upper()}" for name in ours),
        "WEB_CONCURRENCY",
    }


def rows_of_settings(path: Path) -> list[str]:
    """The variables that begin the rows of tables; `_TOKEN_FILE` after another begins as that does."""
    found = []
    for row in re.findall(r"^ *\| (`(?:LMS_SCORING|WEB_)[^|]*) \|", text_of(path), re.MULTILINE):
        first, *others = _SPAN.findall(row)
        begins = "LMS_SCORING_PLATFORM_<NAME>" if "PLATFORM" in first else "LMS_SCORING"
        found += [first, *(f"{begins}{other}" for other in others)]
    return found


@pytest.mark.parametrize("path", [*ENGLISH, *CHINESE, Path("deploy/README.md")], ids=str)
def test_every_setting_has_one_row_in_one_table(path: Path) -> None:
    there = settings() if in_english(path) == Path("docs/guide/operating.md") else ()
    assert sorted(rows_of_settings(path)) == sorted(there)
