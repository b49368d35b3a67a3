"""Scorecards as an Excel workbook of typed cells: points are numbers, moments are dates, texts stay texts.

Rows are written one after the other and not kept: a county's file needs no more memory than a class's.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import xlsxwriter

from lms_scoring.domain.figures import hundredths
from lms_scoring.domain.instants import iso
from lms_scoring.domain.scorecard import CriterionResult
from lms_scoring.exports.card_lines import CardLine

_PERSON = frozenset({"person", "name", "role", "class", "status"})
_WIDE = {"person": 14, "name": 16, "class": 12, "as_of": 17}
_HEADS = 2
"""Rows: what belongs together, then the columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """One column: what it stands under, how a cell of it looks, and what a line has there (None: nothing)."""

    id: str
    group: str
    look: str
    value: Callable[[CardLine, Mapping[str, CriterionResult]], Any]
    is_detail: bool = False


def xlsx_file(
    lines: Sequence[CardLine], words: Mapping[str, str] | None = None, *, picked: str = ""
) -> bytes:
    """One sheet, one row a line; the heads and the first two columns stay in sight, every column can filter.
    Where the lines are a part of a list, a second sheet says which: `picked`.

    `words` are what the file's own terms are called (columns, groups, states); people's texts stay.
    """
    called = {} if words is None else words
    content = io.BytesIO()
    columns = _columns(lines, called)
    with xlsxwriter.Workbook(content, {"constant_memory": True}) as book:
        book.set_properties({"title": called.get("scores", "scores")})
        looks = {
            "text": None,
            "whole": book.add_format({"num_format": "0"}),
            "points": book.add_format({"num_format": "0.00"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "flag": None,
        }
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(called.get("scores", "scores"))
        _lay_out(sheet, columns, rows=len(lines))
        _write_heads(sheet, columns, called, head)
        write = {
            "text": sheet.write_string,
            "whole": sheet.write_number,
            "points": sheet.write_number,
            "moment": sheet.write_datetime,
            "flag": sheet.write_boolean,
        }
        cells = [(place, one.value, write[one.look], looks[one.look]) for place, one in enumerate(columns)]
        for number, line in enumerate(lines, start=_HEADS):
            results = {result.id: result for result in line.card.criteria}
            for place, value, write_cell, look in cells:
                known = value(line, results)
                if known is not None and known != "":
                    write_cell(number, place, known, look)
        if picked:
            book.add_worksheet(called.get("picked", "picked")).write_string(0, 0, picked)
    return content.getvalue()


def _lay_out(sheet: Any, columns: Sequence[_Column], *, rows: int) -> None:
    for place, column in enumerate(columns):
        level = {"level": 1} if column.is_detail else {}
        sheet.set_column(place, place, _WIDE.get(column.id, 10), None, level)
    sheet.freeze_panes(_HEADS, 2)
    sheet.autofilter(_HEADS - 1, 0, _HEADS - 1 + rows, max(len(columns) - 1, 0))
    sheet.repeat_rows(0, _HEADS - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write_heads(sheet: Any, columns: Sequence[_Column], called: Mapping[str, str], look: Any) -> None:
    first = 0
    for group, members in groupby(columns, key=lambda column: column.group):
        last = first + len(list(members)) - 1
        if last > first:
            sheet.merge_range(0, first, 0, last, "", look)
        sheet.write_string(0, first, called.get(group, group), look)
        first = last + 1
    for place, column in enumerate(columns):
        sheet.write_string(1, place, called.get(column.id, column.id), look)


def _columns(lines: Sequence[CardLine], called: Mapping[str, str]) -> list[_Column]:
    """The columns of the same lines' CSV, typed; those of one criterion side by side under its name."""
    criteria = dict.fromkeys(result.id for line in lines for result in line.card.criteria)
    unread = {one.id for line in lines for one in line.card.criteria if one.unknowns > 0}
    columns = [_about(name, called) for name in _ABOUT if _is_told(name, lines, called)]
    persons = [column for column in columns if column.group == "people"]
    results = [column for column in columns if column.group != "people"]
    parts = [
        column
        for id_ in criteria
        for column in _of_criterion(id_, called)
        if column.id != "unknown" or id_ in unread
    ]
    return [*persons, *results, *parts]


_ABOUT: Mapping[str, tuple[str, Callable[[CardLine], Any]]] = {
    "person": ("text", lambda line: line.card.person),
    "name": ("text", lambda line: line.name),
    "role": ("text", lambda line: line.card.role.value),
    "class": ("text", lambda line: line.card.class_),
    "status": ("text", lambda line: line.status),
    "score": ("points", lambda line: hundredths(line.card.total) / 100),
    "passed": ("flag", lambda line: line.card.passed),
    "provisional": ("flag", lambda line: line.provisional),
    "state": ("text", lambda line: line.card.state.value),
    "band": ("text", lambda line: line.card.band),
    "as_of": ("moment", lambda line: None if line.at is None else line.at.replace(tzinfo=None)),
    "to_be_read": ("flag", lambda line: line.to_be_read),
    "closed_at": ("text", lambda line: None if line.card.closed_at is None else iso(line.card.closed_at)),
}
_WHERE_KNOWN = frozenset({"name", "status", "as_of", "closed_at", "provisional", "to_be_read"})
_TERMS = frozenset({"role", "status", "state", "band"})
"""Columns that hold terms of ours, which have words; in the others people's own texts stand."""


def _about(name: str, called: Mapping[str, str]) -> _Column:
    """The column; in words the state is the one that is told, in terms one of the four that programs know."""
    look, of = _ABOUT[name]
    if name == "state" and called:
        of = _told
    group = "people" if name in _PERSON else "result"
    if name in _TERMS:
        return _Column(
            id=name, group=group, look=look, value=lambda line, _: called.get(of(line) or "", of(line))
        )
    return _Column(id=name, group=group, look=look, value=lambda line, _: of(line))


def _told(line: CardLine) -> str:
    return (line.told or line.card.state).value


def _of_criterion(id_: str, called: Mapping[str, str]) -> list[_Column]:
    def points(_: CardLine, results: Mapping[str, CriterionResult]) -> float | None:
        return hundredths(results[id_].points) / 100 if id_ in results else None

    def state(_: CardLine, results: Mapping[str, CriterionResult]) -> str | None:
        return called.get(word := results[id_].state.value, word) if id_ in results else None

    def unknown(_: CardLine, results: Mapping[str, CriterionResult]) -> int | None:
        return results[id_].unknowns if id_ in results else None

    return [
        _Column(id="points", group=id_, look="points", value=points),
        _Column(id="state", group=id_, look="text", value=state, is_detail=True),
        _Column(id="unknown", group=id_, look="whole", value=unknown, is_detail=True),
    ]


def _is_told(name: str, lines: Sequence[CardLine], called: Mapping[str, str]) -> bool:
    """Whether the column is there at all: names and the like are not known everywhere, and a state in words
    says by itself that it is still to be read."""
    if name == "to_be_read" and called:
        return False
    if name not in _WHERE_KNOWN:
        return bool(lines)
    return any(_ABOUT[name][1](line) is not None for line in lines)
