"""Where a command's result goes: the terminal, or a file that appears only when it is whole."""

from __future__ import annotations

import io
import json
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from errno import ENOENT
from os import strerror
from pathlib import Path
from typing import BinaryIO

import click
from rich import box
from rich.console import Console
from rich.table import Table

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.figures import points_text
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.exports.card_lines import CardLine, card_columns, card_object, card_row
from lms_scoring.exports.csv_file import csv_file
from lms_scoring.private_file import begun

_PAGE = 110
"""The width of a table that no terminal shows."""


class Said:
    """Lines that are printed together, each where it belongs: to the output, or to the errors."""

    def __init__(self) -> None:
        self._lines: list[tuple[str, bool]] = []

    def echo(self, text: str, *, err: bool = False) -> None:
        """One line more."""
        self._lines.append((text, err))

    def print(self) -> None:
        """All of them, in their order."""
        for text, err in self._lines:
            click.echo(text, err=err)


@contextmanager
def result_stream(path: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that takes the place of an older one only when all of it is written.

    A new one is for its owner alone, whatever the umask says; whoever may read the older one may read it
    after. What is no file (a device, a pipe) is written to and never replaced; a link stays and its file is.
    """
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    path = path.resolve()
    if not path.parent.is_dir():
        raise FileNotFoundError(ENOENT, strerror(ENOENT), str(path.parent))
    unfinished = path.with_name(path.name + ".part")
    unfinished.unlink(missing_ok=True)
    try:
        with os.fdopen(begun(unfinished), "wb") as stream:
            yield stream
        if path.exists():
            unfinished.chmod(stat.S_IMODE(path.stat().st_mode))
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    unfinished.replace(path)


def page_text(number: int, pages: int, found: int) -> str:
    """Which page of a list that was."""
    return f"{found} in all" if pages <= 1 else f"{found} in all; page {number} of {pages} (--page N)"


def refuse_terminal(path: Path | None, *, format_: str) -> None:
    """Raises UsageError where a file that is no text would be written to a terminal."""
    if path is None and sys.stdout.isatty():
        raise click.UsageError(
            f"{format_} is no text for a terminal: name a file with --output FILE, "
            "or send it elsewhere with > FILE"
        )


def write_ndjson(cards: Iterable[Scorecard], stream: BinaryIO) -> None:
    """One object a card, one line each."""
    for card in cards:
        stream.write(json.dumps(card_object(card), ensure_ascii=False).encode() + b"\n")


def write_csv(cards: Sequence[Scorecard], stream: BinaryIO) -> None:
    """One row a card."""
    stream.write(csv_file([CardLine(card=card) for card in cards]))


def table_text(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "", numbers: Sequence[str] = ()
) -> str:
    """A table for people, as wide as the terminal; the columns of `numbers` are set to the right."""
    table = Table(title=title or None, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1))
    for column in columns:
        table.add_column(
            column,
            justify="right" if column in numbers else "left",
            overflow="fold",
            no_wrap=column in numbers,
        )
    for row in rows:
        table.add_row(*row)
    text = io.StringIO()
    width = terminal_width()
    Console(file=text, width=_PAGE if width is None else width).print(table)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


def terminal_width() -> int | None:
    """How wide the terminal is; None: what is printed goes elsewhere."""
    return Console().width if sys.stdout.isatty() else None


def write_table(cards: Sequence[Scorecard], stream: BinaryIO) -> None:
    """The cards as tables, one a role, because learners and tutors have different criteria."""
    tables = []
    for role in Role:
        of_role = [CardLine(card=card) for card in cards if card.role is role]
        rows = [card_row(line) | {"score": _score(line.card)} for line in of_role]
        columns = [
            column
            for column in card_columns(of_role)
            if column != "role" and not column.endswith("_state") and any(row.get(column) for row in rows)
        ]
        if rows:
            cells = ([row.get(column, "") for column in columns] for row in rows)
            tables.append(table_text(columns, cells, title=role.value, numbers=["score"]))
    stream.write("\n".join(tables).encode())


def _score(card: Scorecard) -> str:
    """For people: with a remark where the rounded score would show an unreached pass mark."""
    return points_text(card.total, pass_mark=card.pass_mark, language="en")
