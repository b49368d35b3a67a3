"""Every command that a document, a unit or a message names is one that the program takes: words and options.

What a document writes is expanded first: `loss list|confirm` is two commands, `[--full]` is without brackets.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from lms_scoring.cli.main import COMMANDS, main

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*ROOT.glob("README*.md"), *ROOT.glob("docs/guide/*.md"), ROOT / "deploy" / "README.md"]
DEPLOYED = [path for path in (ROOT / "deploy").rglob("*") if path.suffix in (".service", ".yaml", ".example")]
CODE = [*(ROOT / "lms_scoring").rglob("*.py"), *(ROOT / "adapters").rglob("*.py")]

_BLOCK = re.compile(r"^ *```\w*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_CALLED = re.compile(r"(?<![\w/.-])(?:/opt/lms-scoring/bin/)?lms-scoring ([a-z].*)")
_IN_CODE = re.compile(r"`lms-scoring ([a-z][^`]*)`")
_ENDS = re.compile(r" (?:>|<|&&|\|\||#)(?: .*)?$")
_HOLE = re.compile(r"\{[^{}]*\}|\$\([^()]*\)")
"""What is filled in when it is said."""
_FILLED = "1"


class Named(NamedTuple):
    """A command as it is written somewhere."""

    where: str
    words: str


def of_document(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    for block in _BLOCK.findall(text):
        yield from _CALLED.findall(block.replace("\\\n", " "))
    for span in _SPAN.findall(_BLOCK.sub("", text)):
        words = " ".join(span.replace("\\|", "|").split())
        called = _CALLED.search(words)
        if called is not None:
            yield called[1]
        elif words.partition(" ")[0] in COMMANDS and "=" not in words:
            yield words


def named() -> Iterator[Named]:
    for path in DOCUMENTS:
        for words in of_document(path):
            yield Named(str(path.relative_to(ROOT)), words)
    for path in DEPLOYED:
        for words in _CALLED.findall(path.read_text(encoding="utf-8")):
            yield Named(str(path.relative_to(ROOT)), words)
    for path in CODE:
        text = re.sub(r'"\s*\n\s*f?"', "", path.read_text(encoding="utf-8"))
        for words in _IN_CODE.findall(text):
            yield Named(str(path.relative_to(ROOT)), words)


def expanded(words: str) -> Iterator[list[str]]:
    """Each command that is meant."""
    bare = _ENDS.sub("", _HOLE.sub(_FILLED, words)).replace("[", "").replace("]", "").replace("…", "")
    parts = [part.split("|") for part in shlex.split(bare)]
    for one in product(*parts):
        yield list(one)


def wrong_with(words: list[str]) -> str | None:
    """Why the program would not take it; arguments that are left out are no fault."""
    command: click.Command = main
    context = click.Context(main, info_name="lms-scoring")
    while isinstance(command, click.Group) and words and words[0] != _FILLED:
        inner = command.get_command(context, words[0])
        if inner is None:
            return f"{context.command_path} has no {words[0]!r}"
        command, context = inner, click.Context(inner, info_name=words[0], parent=context)
        words = words[1:]
    if isinstance(command, click.Group):
        return None
    try:
        told, left, _ = command.make_parser(context).parse_args(list(words))
    except click.UsageError as error:
        return error.format_message()
    if left:
        return f"{context.command_path} takes no {left}"
    return next(filter(None, (_wrong_choice(param, told, context) for param in command.params)), None)


def _wrong_choice(param: click.Parameter, told: dict[str, object], context: click.Context) -> str | None:
    """A word that is none of those to choose from; in capitals it stands for any of them."""
    word = told.get(str(param.name))
    if (
        not isinstance(param.type, click.Choice)
        or not isinstance(word, str)
        or word.isupper()
        or word == _FILLED
    ):
        return None
    return None if word in param.type.choices else f"{context.command_path}: {param.name} is never {word!r}"


@pytest.mark.parametrize("where", sorted({one.where for one in named()}))
def test_every_command_that_is_named_is_one_that_the_program_takes(where: str) -> None:
    wrong = {
        one.words: told
        for one in named()
        if one.where == where
        for words in expanded(one.words)
        if (told := wrong_with(words)) is not None
    }
    assert wrong == {}
