"""Scorecards as an Excel workbook: points are numbers, texts are texts even where they look like formulas."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter

from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.exports.card_lines import card_columns, card_row


def xlsx_file(cards: Sequence[Scorecard]) -> bytes:
    """One sheet, one row a card, the head and the first two columns fixed."""
    content = io.BytesIO()
    columns = card_columns(cards)
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("scores")
        head, points = book.add_format({"bold": True}), book.add_format({"num_format": "0.00"})
        for column, name in enumerate(columns):
            sheet.write_string(0, column, name, head)
        for line, card in enumerate(cards, start=1):
            row = card_row(card)
            numbers = {"score", *(result.id for result in card.criteria)}
            counts = {f"{result.id}_unknown" for result in card.criteria}
            for column, name in enumerate(columns):
                if name in numbers:
                    sheet.write_number(line, column, float(row[name]), points)
                elif name in counts:
                    sheet.write_number(line, column, int(row[name]))
                elif row.get(name):
                    sheet.write_string(line, column, row[name])
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, len(cards), max(len(columns) - 1, 0))
    return content.getvalue()
