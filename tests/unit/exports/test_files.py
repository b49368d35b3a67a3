"""Scorecards as CSV and Excel files."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.cell.cell import Cell

from lms_scoring.domain.evidence import Purpose, Record
from lms_scoring.domain.outlook import ToldState
from lms_scoring.domain.scoring import scorecards
from lms_scoring.exports.card_lines import CardLine
from lms_scoring.exports.csv_file import csv_file
from lms_scoring.exports.xlsx_file import xlsx_file
from tests import given


def lines(class_: str = given.CLASS, *, name: str | None = None) -> list[CardLine]:
    records: list[Record] = [
        given.membership(class_=class_),
        given.tutor(class_=class_),
        given.watch(minutes=375),
    ]
    cards = scorecards(given.main_scheme(), records, as_of=given.AFTER)
    return [CardLine(card=card, name=name, status=None if name is None else "active") for card in cards]


def workbook_rows(found: list[CardLine], words: dict[str, str] | None = None) -> list[dict[str, Cell]]:
    """The rows of the workbook by their heads; what stands under a criterion has its name before it."""
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_file(found, words))).active
    groups, heads, *rows = sheet.iter_rows()
    names, group = [], ""
    for above, head in zip(groups, heads, strict=True):
        group = above.value or group
        names.append(head.value if group in ("people", "result") else f"{group} {head.value}")
    return [dict(zip(names, row, strict=True)) for row in rows]


def test_csv_begins_with_a_byte_order_mark_and_has_a_row_a_card() -> None:
    content = csv_file(lines())
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [(row["role"], row["score"], row["study_time"]) for row in rows] == [
        ("learner", "20.00", "20.00"),
        ("tutor", "0.00", ""),
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_csv_cell_begins_like_a_formula(start: str) -> None:
    content = csv_file(lines(class_=f"{start}1+1")).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert {row["class"] for row in rows} == {f"'{start}1+1"}


def test_names_and_statuses_have_columns_where_they_are_known() -> None:
    (row, *_) = csv.DictReader(io.StringIO(csv_file(lines(name="=李")).decode("utf-8-sig")))
    assert (row["person"], row["name"], row["status"]) == (given.LI, "'=李", "active")
    assert not {"name", "status"} & set(csv_file(lines()).decode("utf-8-sig").splitlines()[0].split(","))
    learner = workbook_rows(lines(name="=李"))[0]
    assert (learner["name"].value, learner["name"].data_type) == ("=李", "s")
    assert learner["status"].value == "active"


def test_a_name_that_nobody_knows_is_an_empty_cell() -> None:
    (row, *_) = csv.DictReader(io.StringIO(csv_file(lines(name="")).decode("utf-8-sig")))
    assert row["name"] == ""


def test_what_could_not_be_read_has_a_column_of_numbers() -> None:
    unread = given.unknown(about=Purpose.HOMEWORK)
    cards = scorecards(given.main_scheme(), [given.membership(), unread], as_of=given.AFTER)
    found = [CardLine(card=card) for card in cards]
    (row,) = csv.DictReader(io.StringIO(csv_file(found).decode("utf-8-sig")))
    assert (row["homework"], row["homework_unknown"]) == ("0.00", "1")
    assert "journal_unknown" not in row
    assert workbook_rows(found)[0]["homework unknown"].value == 1


def test_xlsx_keeps_points_as_numbers_and_names_as_texts() -> None:
    learner = workbook_rows(lines(class_="=1+1"))[0]
    assert learner["score"].value == 20
    assert learner["score"].data_type == "n"
    assert (learner["class"].value, learner["class"].data_type) == ("=1+1", "s")


def test_a_provisional_state_is_told_in_words_and_beside_one_that_programs_know() -> None:
    (learner, *_) = lines()
    found = [replace(learner, told=ToldState.FAIL_PROVISIONALLY)]
    (row,) = csv.DictReader(io.StringIO(csv_file(found).decode("utf-8-sig")))
    assert (row["state"], row["provisional"]) == ("fail", "true")
    (plain,) = workbook_rows(found)
    assert (plain["state"].value, plain["provisional"].value) == ("fail", True)
    (told,) = workbook_rows(found, {"fail": "不合格", "fail_provisionally": "暂定不合格"})
    assert told["state"].value == "暂定不合格"


@pytest.mark.parametrize(("told", "is_so"), [(ToldState.TO_BE_READ, True), (ToldState.FAIL, False)])
def test_that_the_last_hours_are_still_to_be_counted_is_told_in_both_files(
    told: ToldState, is_so: bool
) -> None:
    (learner, *_) = lines()
    found = [replace(learner, told=told)]
    (row,) = csv.DictReader(io.StringIO(csv_file(found).decode("utf-8-sig")))
    (cells,) = workbook_rows(found)
    assert (row["to_be_read"], cells["to_be_read"].value) == (str(is_so).lower(), is_so)
    assert "to_be_read" not in workbook_rows([learner])[0], "nobody knows it"
    assert "to_be_read" not in workbook_rows(found, {"fail": "不合格"})[0], "the state says it in words"
