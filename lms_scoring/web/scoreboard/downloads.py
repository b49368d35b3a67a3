"""What leaves the pages as a file: the scoreboard of the current filter, and a person's own record."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, make_response, render_template, request, url_for

from lms_scoring.domain.errors import UnprintableText
from lms_scoring.domain.instants import moment_of
from lms_scoring.exports.card_lines import CardLine
from lms_scoring.exports.csv_file import csv_file
from lms_scoring.exports.pdf.marking import MARK, with_marks
from lms_scoring.exports.pdf.record import record_pdf
from lms_scoring.exports.pdf.result_sheet import result_sheet_pdf
from lms_scoring.exports.pdf.typesetting import Typesetter
from lms_scoring.exports.xlsx_file import xlsx_file
from lms_scoring.ports import CardRow, Clock
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.services.viewing.open_board import Board
from lms_scoring.services.viewing.whole_person import whole_person
from lms_scoring.web.access.sessions import current_session, current_visitor
from lms_scoring.web.answers import status_of
from lms_scoring.web.card.records import person_record
from lms_scoring.web.door import Door
from lms_scoring.web.languages import current_voice
from lms_scoring.web.scoreboard.board_query import BoardQuery
from lms_scoring.web.scoreboard.boards import query_asked
from lms_scoring.web.scoreboard.column_words import column_words
from lms_scoring.web.scoreboard.picked import picked_by, picked_within_classes
from lms_scoring.web.scoreboard.refusals import Refusals
from lms_scoring.web.scoreboard.result_sheets import Unprinted, result_sheet, unprinted

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
        at, who = moment_of(asked.as_of, asked.zone), _who()

        def made(missing: Sequence[str]) -> bytes:
            sheet = result_sheet(asked.board, asked.rows, voice, asked.zone, picked=told, missing=missing)
            return result_sheet_pdf(sheet, typesetter, at=at, who=who, missing=missing)

        try:
            return _pdf(made, asked.name, refusals)
        except UnprintableText as error:
            lines = [*unprinted(asked.rows, error.characters)]
            return _unprintable(error, lines, fields=_fields(asked), links=_links(asked))

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
        voice, who = current_voice(), _who()

        def made(missing: Sequence[str]) -> bytes:
            printed = person_record(statuses, found.cases, found.disputes, voice, rules.zone, missing=missing)
            return record_pdf(printed, typesetter, at=as_of, who=who, missing=missing)

        try:
            return _pdf(made, f"{course}-{person}-{as_of:%Y-%m-%d}", refusals)
        except UnprintableText as error:
            again = url_for("downloads.record", course=course, person=person, marked=1)
            return _unprintable(error, [], links={"pdf": again})

    return pages


def _pdf(make: Callable[[Sequence[str]], bytes], name: str, refusals: Refusals) -> Response:
    """The file; where the visitor asks for that, with a mark in the place of what no font has. Raises
    UnprintableText where the visitor does not."""
    is_marked = request.values.get("marked") == "1"
    with refusals.counted():
        made = with_marks(make) if is_marked else make(())
    return _file(made, PDF, f"{name}-marked.pdf" if is_marked else f"{name}.pdf")


def _unprintable(
    error: UnprintableText,
    lines: Sequence[Unprinted],
    *,
    links: Mapping[str, str],
    fields: Mapping[str, str] | None = None,
) -> Response:
    """Never a sheet with a gap where a name should be: the page says whose name has which character, what to
    do about it, and how to have the rest today. The log says only how many names that concerns."""
    _log.error("%s (names on this sheet that have one: %d)", error, len(lines))
    page = render_template(
        "unprintable.html", characters=error.characters, lines=lines, links=links, fields=fields, mark=MARK
    )
    return make_response(page, status_of(error))


def _links(asked: Asked) -> Mapping[str, str]:
    """The other files of the same rows, and the sheet with a mark."""
    course = asked.board.course.id
    address: dict[str, Any] = asked.query.address(page="")
    return {
        "csv": url_for("downloads.csv", course=course, **address),
        "xlsx": url_for("downloads.xlsx", course=course, **address),
        "pdf": url_for("downloads.pdf", course=course, **address, marked=1),
        "form": url_for("downloads.found", course=course),
    }


def _fields(asked: Asked) -> Mapping[str, str] | None:
    """What a form says for the same; None where an address does."""
    return asked.query.fields() if asked.query.search else None


def _who() -> str:
    """Whose turn it is to print: a person's in all their sessions, else a session's."""
    session, visitor = current_session(), current_visitor()
    return visitor.person or (session.digest if session is not None else "")


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
