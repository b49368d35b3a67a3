"""A scoreboard as a file: the rows that its page shows, with the columns of `board --format`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, Response

from lms_scoring.domain.instants import moment_of
from lms_scoring.exports.card_lines import CardLine
from lms_scoring.exports.csv_file import csv_file
from lms_scoring.exports.xlsx_file import xlsx_file
from lms_scoring.ports import CardRow
from lms_scoring.services.consult import Board, Consultant
from lms_scoring.web.board_page import board_page
from lms_scoring.web.boards import query_asked
from lms_scoring.web.door import Door
from lms_scoring.web.sessions import current_visitor


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How a file is written, and what it calls itself."""

    ending: str
    media_type: str
    write: Callable[[Sequence[CardLine]], bytes]


CSV = Format(ending="csv", media_type="text/csv; charset=utf-8", write=csv_file)
XLSX = Format(
    ending="xlsx",
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    write=xlsx_file,
)


def blueprint(door: Door) -> Blueprint:
    """`/courses/<course>/board.csv` and `/courses/<course>/board.xlsx`, with the parameters of the board."""
    pages = Blueprint("downloads", __name__)

    @pages.get("/courses/<course>/board.csv")
    def csv(course: str) -> Response:
        return _file(door, course, CSV)

    @pages.get("/courses/<course>/board.xlsx")
    def xlsx(course: str) -> Response:
        return _file(door, course, XLSX)

    return pages


def _file(door: Door, course: str, format_: Format) -> Response:
    rules = door.rules(course)
    query = query_asked(rules)
    consultant = Consultant(door.store, rules)
    board = consultant.board(current_visitor(), role=query.role, class_=query.class_)
    rows = [line.row for line in board_page(board, query).lines]
    lines = [CardLine(card=row.card, name=row.name, status=row.status) for row in rows]
    response = Response(format_.write(lines), content_type=format_.media_type)
    name = f"{_name(board, rows, rules.zone)}.{format_.ending}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _name(board: Board, rows: Sequence[CardRow], zone: ZoneInfo) -> str:
    """Course, role, and the day its numbers are of; of which class is not told to a folder of downloads."""
    scored_at = max((row.card.as_of for row in rows), default=None)
    at = scored_at if board.synced_at is None else board.synced_at
    day = "" if at is None else f"-{moment_of(at, zone):%Y-%m-%d}"
    return f"{board.course.id}-{board.role.value}{day}"
