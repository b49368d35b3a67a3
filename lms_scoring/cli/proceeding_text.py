"""What the commands `cases` and `disputes` share: their options, and one case or dispute as lines of text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from lms_scoring.bootstrap import Installation
from lms_scoring.cli.options import by_option, reason_option
from lms_scoring.domain.errors import NotAllowed
from lms_scoring.exports.proceeding_lines import ProceedingLines
from lms_scoring.web.voice import Voice
from lms_scoring.web.wording import read_wording

WORDS = {
    "zh": {"what": "事项", "person": "本人", "state": "状态", "due": "答复期限", "why": "规则为何怀疑"},
    "en": {"what": "What", "person": "Whose", "state": "State", "due": "Due by", "why": "Why"},
}
"""The heads of columns."""

number_argument = click.argument("number", type=click.IntRange(1))
signed_by = by_option("Who signs")
words_said = reason_option("What is said; whom it is about reads it.")
all_option = click.option("--all", "all_", is_flag=True, help="Also those on which nobody has to act.")


def voice_of(installation: Installation, lang: str | None) -> Voice:
    """The words of the language asked for, else of the settings'."""
    return Voice(read_wording(), lang or installation.settings.language)


def row_of(lines: ProceedingLines, name: str, person: str) -> tuple[str, ...]:
    """What it is, whose, and how it stands."""
    return (lines.heading, f"{name} ({person})" if name else person, lines.state)


def text_of(lines: ProceedingLines, name: str, person: str) -> str:
    """All of it, with every step."""
    return "\n".join(_lines(lines, name, person))


def echo_json(found: Any) -> None:
    """Prints it as JSON."""
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))


def _lines(lines: ProceedingLines, name: str, person: str) -> Iterator[str]:
    yield " · ".join(row_of(lines, name, person))
    yield from (f"  {one}" for one in lines.about)
    for step in lines.steps:
        yield f"  {step.what} · {step.who}"
        yield from (f"    {line}" for line in step.words.splitlines())


@contextmanager
def number_of(what: str, course: str) -> Iterator[None]:
    """Says, where the course has no case or dispute of a number, where those it has are listed."""
    try:
        yield
    except NotAllowed as error:
        raise NotAllowed(
            f"{course} has no {what} of that number; `lms-scoring {what}s list {course} --all` shows those "
            "it has"
        ) from error
