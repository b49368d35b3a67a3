"""Scorecards as an Excel workbook: points are numbers, texts are texts even where they look like formulas."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter

from lms_scoring.exports.card_lines import CardLine, card_columns, card_row


def xlsx_file(lines: Sequence[CardLine]) -> bytes:
    """One sheet, one row a line, the head and the first two columns fixed."""
    content = io.BytesIO()
    columns = card_columns(lines)
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("scores")
        head, points = book.add_format({"bold": True}), book.add_format({"num_format": "0.00"})
        for column, name in enumerate(columns):
            sheet.write_string(0, column, name, head)
        for number, line in enumerate(lines, start=1):
            row = card_row(line)
            numbers = {"score", *(result.id for result in line.card.criteria)}
            counts = {f"{result.id}_unknown" for result in line.card.criteria}
            for column, name in enumerate(columns):
                if name in numbers:
                    sheet.write_number(number, column, float(row[name]), points)
                elif name in counts:
                    sheet.write_number(number, column, int(row[name]))
                elif row.get(name):
                    sheet.write_string(number, column, row[name])
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, len(lines), max(len(columns) - 1, 0))
    return content.getvalue()
