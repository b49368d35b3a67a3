"""Nothing that a person wrote is a formula in a file, whatever column it stands in; and no letter is lost."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import openpyxl
import pytest

from lms_scoring.domain.scoring import scorecards
from lms_scoring.exports.card_lines import CardLine
from lms_scoring.exports.csv_file import csv_file, harmless
from lms_scoring.exports.xlsx_file import xlsx_file
from tests import given
from tests.fixtures.texts import FORMULAS, RARE_NAMES

_BEGIN = set("=+-@＝＋－＠﹦﹢﹣﹫\t\r\n")
_UNSEEN = {chr(code) for code in range(33)} | set(' "\u00a0\u3000\u200b\ufeff\u202e')


def line_with(text: str) -> CardLine:
    """A line with the text in every column that a text can stand in."""
    (card,) = scorecards(given.main_scheme(), [given.membership()], as_of=given.AFTER)
    hostile = replace(card, person=text, class_=text, band=text)
    return CardLine(card=hostile, name=text, status=text)


def begins_like_a_formula(cell: str) -> bool:
    """As a spreadsheet might see it: what cannot be seen may be passed over."""
    if cell.startswith(("\t", "\r", "\n")):
        return True
    seen = cell.lstrip("".join(_UNSEEN))
    return seen[:1] in _BEGIN


def test_there_are_enough_payloads() -> None:
    assert len(set(FORMULAS)) >= 40


@pytest.mark.parametrize("payload", FORMULAS)
def test_no_cell_of_a_csv_is_a_formula_however_it_is_split(payload: str) -> None:
    text = csv_file([line_with(payload)]).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    for column in ("person", "name", "class", "status", "band"):
        cell = row[column]
        assert not begins_like_a_formula(cell)
        for separator in (";", "\t"):
            assert not any(begins_like_a_formula(part) for part in cell.split(separator)[1:])
        assert not any(begins_like_a_formula(part) for part in cell.splitlines()[1:])
        assert cell.replace("'", "") == payload.replace("'", ""), "but for apostrophes it is the same text"


@pytest.mark.parametrize("payload", FORMULAS)
def test_no_cell_of_a_workbook_is_anything_but_text(payload: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_file([line_with(payload)]))).active
    cells = [cell for cell in sheet[3] if isinstance(cell.value, str) and "1" in cell.value + "1"]
    hostile = [cell for cell in cells if cell.value not in {"learner", "fail", "final"}]
    assert len(hostile) == 5
    assert {cell.data_type for cell in sheet[3] if isinstance(cell.value, str)} == {"s"}
    assert all(cell.hyperlink is None for cell in hostile)


@pytest.mark.parametrize("name", RARE_NAMES)
def test_rare_names_are_intact_in_csv_and_workbook(name: str) -> None:
    (row,) = csv.DictReader(io.StringIO(csv_file([line_with(name)]).decode("utf-8-sig"), newline=""))
    assert row["name"] == ("'" + name if name.startswith("=") else name)
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_file([line_with(name)]))).active
    assert [cell.value for cell in sheet[3]][1] == name


@pytest.mark.parametrize("text", ["李-四", "a, -5", "2024-10-25", "5 - 3", "王;敏", "a@b.example", "C++"])
def test_ordinary_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text
