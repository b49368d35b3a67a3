"""Scorecards as CSV: UTF-8 with a byte order mark, so that Excel shows Chinese; no cell is executable."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.exports.card_lines import card_columns, card_row

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_file(cards: Sequence[Scorecard]) -> bytes:
    """One row a card, in the order of the cards."""
    text = io.StringIO(newline="")
    columns = card_columns(cards)
    writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    for card in cards:
        writer.writerow({name: _harmless(cell) for name, cell in card_row(card).items()})
    return text.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front."""
    return "'" + cell if cell.startswith(_FORMULA_STARTS) else cell
