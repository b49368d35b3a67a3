"""What leaves the pages as a file: the scoreboard of the current filter, and a person's own record."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request

from lms_scoring.domain.errors import UnprintableText
from lms_scoring.domain.instants import moment_of
from lms_scoring.exports.card_lines import CardLine
from lms_scoring.exports.csv_file import csv_file
from lms_scoring.exports.pdf.record import record_pdf
from lms_scoring.exports.pdf.result_sheet import result_sheet_pdf
from lms_scoring.exports.pdf.typesetting import Typesetter
from lms_scoring.exports.xlsx_file import xlsx_file
from lms_scoring.ports import CardRow, Clock
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.services.viewing.open_board import Board
from lms_scoring.services.viewing.whole_person import whole_person
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.answers import status_of
from lms_scoring.web.card.records import person_record
from lms_scoring.web.door import Door
from lms_scoring.web.languages import current_voice
from lms_scoring.web.scoreboard.board_query import BoardQuery
from lms_scoring.web.scoreboard.boards import query_asked
from lms_scoring.web.scoreboard.column_words import column_words
from lms_scoring.web.scoreboard.picked import picked_by, picked_within_classes
from lms_scoring.web.scoreboard.refusals import Refusals
from lms_scoring.web.scoreboard.result_sheets import result_sheet

_log = logging.getLogger(__name__)

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The rows that the board's page would show for the same parameters, all of them and in their order."""

    board: Board
    query: BoardQuery
    zone: ZoneInfo

    @property
    def rows(self) -> Sequence[CardRow]:
        """Them."""
        return self.board.rows

    @property
    def lines(self) -> list[CardLine]:
        """The rows as lines of a file."""
        return [
            CardLine(
                card=row.card,
                name=row.name,
                status=row.status,
                at=moment_of(row.card.as_of, self.zone),
                told=row.told,
            )
            for row in self.rows
        ]

    @property
    def as_of(self) -> int:
        """The instant that the file's numbers are of."""
        scored_at = max((row.card.as_of for row in self.rows), default=0)
        return scored_at if self.board.synced_at is None else self.board.synced_at

    @property
    def name(self) -> str:
        """Course, role and day, and whether it is a part of the list; of whom is not told to a folder of
        downloads."""
        day = f"-{moment_of(self.as_of, self.zone):%Y-%m-%d}" if self.as_of > 0 else ""
        part = "-part" if self.query.is_part else ""
        return f"{self.board.course.id}-{self.board.role.value}{day}{part}"


def blueprint(door: Door, typesetter: Typesetter, refusals: Refusals, *, clock: Clock) -> Blueprint:
    """`/courses/<course>/board.csv`, `.xlsx` and `.pdf`, with the parameters of the board; by form, where a
    name is searched for, `/courses/<course>/files`; and `/courses/<course>/records/<person>.pdf`."""
    pages = Blueprint("downloads", __name__)

    @pages.get("/courses/<course>/board.csv")
    def csv(course: str) -> Response:
        asked = _asked(door, course)
        return _file(csv_file(asked.lines), CSV, f"{asked.name}.csv")

    @pages.get("/courses/<course>/board.xlsx")
    def xlsx(course: str) -> Response:
        asked = _asked(door, course)
        voice = current_voice()
        words = column_words(asked.board.rules, voice, asked.zone)
        told = _told(picked_by(asked.query, voice))
        return _file(xlsx_file(asked.lines, words, picked=told), XLSX, f"{asked.name}.xlsx")

    @pages.get("/courses/<course>/board.pdf")
    def pdf(course: str) -> Response:
        asked = _asked(door, course)
        voice = current_voice()
        told = _told(picked_within_classes(asked.query, voice))
        sheet = result_sheet(asked.board, asked.rows, voice, asked.zone, picked=told)
        with refusals.counted():
            made = result_sheet_pdf(sheet, typesetter, at=moment_of(asked.as_of, asked.zone))
        return _file(made, PDF, f"{asked.name}.pdf")

    @pages.post("/courses/<course>/files")
    def found(course: str) -> Response:
        """The same files of those who were found, as the button says: a name stands in no address."""
        return {"xlsx": xlsx, "pdf": pdf}.get(request.form.get("file", ""), csv)(course)

    @pages.get("/courses/<course>/records/<path:person>.pdf")
    def record(course: str, person: str) -> Response:
        rules = door.rules(course)
        found = whole_person(door.store, rules, current_visitor(), person, clock=clock)
        statuses = sorted(found.seen.statuses, key=lambda one: one.membership.role)
        as_of = moment_of(max(status.card.as_of for status in statuses), rules.zone)
        printed = person_record(statuses, found.cases, found.disputes, current_voice(), rules.zone)
        name = f"{course}-{person}-{as_of:%Y-%m-%d}.pdf"
        with refusals.counted():
            made = record_pdf(printed, typesetter, at=as_of)
        return _file(made, PDF, name)

    @pages.errorhandler(UnprintableText)
    def unprintable(error: UnprintableText) -> tuple[str, int]:
        """Never a sheet with a gap where a name should be: the page says which character, and what to do."""
        _log.error("%s", error)
        return render_template("unprintable.html", characters=error.characters), status_of(error)

    return pages


def _asked(door: Door, course: str) -> Asked:
    rules = door.rules(course)
    query = query_asked(rules)
    consultant, visitor = Consultant(door.store, rules), current_visitor()
    with consultant.open_board(visitor, role=query.role, class_=query.class_) as board:
        return Asked(board=board.filed(query.asks(whole=True)), query=query, zone=rules.zone)


def _told(picked: str) -> str:
    """That the file is a part of the list, and which; nothing of a whole one."""
    return current_voice().say("board.only", picked=picked) if picked else ""


def _file(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, content_type=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
