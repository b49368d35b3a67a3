"""A workbook is one to work with: typed cells, heads that belong together, filters, panes that stay."""

from __future__ import annotations

import io
from datetime import datetime, timedelta, timezone

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from lms_scoring.domain.scoring import scorecards
from lms_scoring.exports.card_lines import CardLine
from lms_scoring.exports.xlsx_file import xlsx_file
from tests import given

WORDS = {"people": "人员", "study_time": "课程学习时间", "fail": "不合格", "name": "姓名"}
AT = datetime(2024, 12, 16, 8, 30, tzinfo=timezone(timedelta(hours=8)))


def sheet_of(*names: str) -> Worksheet:
    (card,) = scorecards(
        given.main_scheme(), [given.membership(), given.watch(minutes=375)], as_of=given.AFTER
    )
    lines = [CardLine(card=card, name=name, status="active", at=AT) for name in names]
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_file(lines, WORDS))).active
    assert isinstance(sheet, Worksheet)
    return sheet


def test_a_criterion_stands_over_its_columns() -> None:
    sheet = sheet_of("李")
    heads = {str(merged) for merged in sheet.merged_cells.ranges}
    first = next(cell for cell in sheet[1] if cell.value == "课程学习时间")
    assert any(head.startswith(first.coordinate) for head in heads)
    assert [cell.value for cell in sheet[2]][first.column - 1 : first.column + 1] == ["points", "state"]


def test_numbers_are_numbers_and_moments_are_dates() -> None:
    sheet = sheet_of("李")
    row = {head.value: cell for head, cell in zip(sheet[2][:10], sheet[3], strict=False)}
    assert (row["score"].value, row["score"].number_format) == (20, "0.00")
    assert row["passed"].value is False
    assert row["as_of"].is_date
    assert row["as_of"].value == AT.replace(tzinfo=None)


def test_terms_have_words_and_what_people_wrote_has_none() -> None:
    sheet = sheet_of("fail")
    assert [cell.value for cell in sheet[3]][1] == "fail", "a name"
    assert "不合格" in [cell.value for cell in sheet[3]], "a state"


def test_heads_and_names_stay_in_sight_and_every_column_can_filter() -> None:
    sheet = sheet_of("李", "王")
    assert sheet.freeze_panes == "C3"
    assert sheet.auto_filter.ref == f"A2:{sheet.cell(4, sheet.max_column).coordinate}"
    assert [sheet.cell(row, 2).value for row in (3, 4)] == ["李", "王"]


def test_a_file_of_nobody_is_still_a_workbook() -> None:
    assert openpyxl.load_workbook(io.BytesIO(xlsx_file([]))).sheetnames == ["scores"]
