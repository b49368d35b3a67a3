"""Scorecards as CSV: UTF-8 with a byte order mark, so that Excel shows Chinese; no cell is executable."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from lms_scoring.exports.card_lines import CardLine, card_columns, card_row

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_file(lines: Sequence[CardLine]) -> bytes:
    """One row a line, in their order."""
    text = io.StringIO(newline="")
    columns = card_columns(lines)
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    for line in lines:
        writer.writerow({name: _harmless(cell) for name, cell in card_row(line).items()})
    return text.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    return "'" + cell if cell.startswith(_FORMULA_STARTS) else cell
