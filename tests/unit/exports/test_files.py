"""Scorecards as CSV and Excel files."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from lms_scoring.domain.evidence import Purpose, Record
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.domain.scoring import scorecards
from lms_scoring.exports.csv_file import csv_file
from lms_scoring.exports.xlsx_file import xlsx_file
from tests import given


def cards(class_: str = given.CLASS) -> list[Scorecard]:
    records: list[Record] = [
        given.membership(class_=class_),
        given.tutor(class_=class_),
        given.watch(minutes=375),
    ]
    return scorecards(given.main_scheme(), records, as_of=given.AFTER)


def test_csv_begins_with_a_byte_order_mark_and_has_a_row_a_card() -> None:
    content = csv_file(cards())
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [(row["role"], row["score"], row["study_time"]) for row in rows] == [
        ("learner", "20.00", "20.00"),
        ("tutor", "0.00", ""),
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝", "＋", "－", "＠"])
def test_no_csv_cell_begins_like_a_formula(start: str) -> None:
    content = csv_file(cards(class_=f"{start}1+1")).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert {row["class"] for row in rows} == {f"'{start}1+1"}


def test_what_could_not_be_read_has_a_column_of_numbers() -> None:
    unread = given.unknown(about=Purpose.HOMEWORK)
    found = scorecards(given.main_scheme(), [given.membership(), unread], as_of=given.AFTER)
    (row,) = csv.DictReader(io.StringIO(csv_file(found).decode("utf-8-sig")))
    assert (row["homework"], row["homework_unknown"]) == ("0.00", "1")
    assert "journal_unknown" not in row
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_file(found))).active
    assert dict(zip(*([cell.value for cell in line] for line in sheet), strict=True))["homework_unknown"] == 1


def test_xlsx_keeps_points_as_numbers_and_names_as_texts() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_file(cards(class_="=1+1")))).active
    head = [cell.value for cell in sheet[1]]
    learner = dict(zip(head, sheet[2], strict=True))
    assert learner["score"].value == 20
    assert learner["score"].data_type == "n"
    assert (learner["class"].value, learner["class"].data_type) == ("=1+1", "s")
