"""Scorecards as CSV: UTF-8 with a byte order mark, so that Excel shows Chinese; no cell is executable."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from lms_scoring.exports.card_lines import CardLine, card_columns, card_row

_INVISIBLE = r'[\s\x00-\x20"\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*'
"""What a spreadsheet, or the eye, may pass over before a formula begins."""
_FORMULA = "[=+\\-@＝＋－＠﹦﹢﹣﹫]"
_BEGINS = re.compile(rf"{_INVISIBLE}{_FORMULA}|[\t\r\n]")
_BEGINS_LATER = re.compile(rf"([;\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]{_INVISIBLE})(?={_FORMULA})")
"""Where a program that splits at semicolons, tabs or line ends would begin a cell of its own."""


def csv_file(lines: Sequence[CardLine]) -> bytes:
    """One row a line, in their order."""
    text = io.StringIO(newline="")
    columns = card_columns(lines)
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    for line in lines:
        writer.writerow({name: harmless(cell) for name, cell in card_row(line).items()})
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front; no letter is lost."""
    told = _BEGINS_LATER.sub(r"\1'", cell)
    return f"'{told}" if _BEGINS.match(cell) else told
