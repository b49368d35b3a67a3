"""The scoreboard of a course."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, url_for
from flask.globals import request_ctx
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as Answer

from lms_scoring.domain.evidence import Role
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.services.viewing.open_board import OpenBoard
from lms_scoring.web import validators
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.addresses import address_of
from lms_scoring.web.door import Door
from lms_scoring.web.languages import current_voice
from lms_scoring.web.scoreboard import choices
from lms_scoring.web.scoreboard.board_frame import FramePieces
from lms_scoring.web.scoreboard.board_page import board_page
from lms_scoring.web.scoreboard.board_query import SIZES, BoardQuery, hideable, read_query
from lms_scoring.web.scoreboard.board_rows import RowPieces
from lms_scoring.web.scoreboard.board_writers import BoardWriters
from lms_scoring.web.scoreboard.patterns import gap
from lms_scoring.web.scoreboard.picked import picked_by
from lms_scoring.web.voice import Voice
from lms_scoring.web.wording import read_wording


def blueprint(door: Door) -> Blueprint:
    """`/courses/<course>/`: by address, or by form where a name is searched for or columns are chosen."""
    pages, writers = Blueprint("boards", __name__), BoardWriters(_Pieces(), _voice)

    @pages.get("/courses/<course>/")
    def board(course: str) -> Response:
        rules = door.rules(course)
        query = query_asked(rules)
        consultant, visitor = Consultant(door.store, rules), current_visitor()
        with consultant.open_board(visitor, role=query.role) as board:
            mark = _mark(board, query)
            if validators.is_known(mark):
                return validators.not_modified(mark)
            page = _page(board.of_class(query.class_), query, writers)
            return validators.kept_by(make_response(page), mark)

    @pages.post("/courses/<course>/")
    def search(course: str) -> Answer:
        """The same with a part of a name, which is personal and so does not stand in the address."""
        rules = door.rules(course)
        query = query_asked(rules)
        if query.search:
            consultant, visitor = Consultant(door.store, rules), current_visitor()
            with consultant.open_board(visitor, role=query.role, class_=query.class_) as board:
                answer: Any = make_response(_page(board, query, writers))
        else:
            address: dict[str, Any] = query.address()
            answer = redirect(url_for("boards.board", course=course, **address), code=303)
        columns = frozenset(hideable(rules.scheme.roles[query.role]))
        choices.remember(answer, query, columns=columns)
        return answer  # type: ignore[no-any-return] # a redirect and a page have no common type in Flask

    return pages


def query_asked(rules: CourseRules) -> BoardQuery:
    """What the request asks of the board. Raises NotFound for a role that the scheme does not score.

    Of what a form says twice, the button that was pressed counts. A name in an address is passed over:
    addresses are kept and logged.
    """
    brought = request_ctx.request
    posted = brought.method == "POST"
    form: MultiDict[str, str] = brought.form if posted else brought.args
    asked = {name: form.getlist(name)[-1] for name in form}
    if not posted:
        asked.pop("search", None)
    role = Role.TUTOR if asked.get("role") == Role.TUTOR else Role.LEARNER
    if role not in rules.scheme.roles:
        raise NotFound
    role_rules = rules.scheme.roles[role]
    if "columns" in asked:
        shown = set(form.getlist("show"))
        asked["hide"] = ".".join(one for one in hideable(role_rules) if one not in shown)
    return read_query({**choices.remembered(), **asked}, role, role_rules)


def _mark(board: OpenBoard, query: BoardQuery) -> str:
    """What stands for all that the page says, of whichever part of the board: one class's offers the others
    too. Words of a scheme may change where its rules do not."""
    awaited = (*board.awaited.items(),)  # a card that is made may leave its line as it was
    known = (board.known.synced_at, board.known.is_read, sorted(board.known.uncounted))
    shown = (board.scheme.fingerprint, board.scheme.wording, board.version, known, awaited)
    return validators.validator(board.view, query.address(), query.page, *shown)


def _page(board: OpenBoard, query: BoardQuery, writers: BoardWriters) -> str:
    page = board_page(board, query)
    people = address_of("people.person", course=board.course.id, person="p")[:-1]
    voice = current_voice()
    rows, frame = writers.of(board.role_rules, page.query, voice.language)
    clicks = frame.clicks(page.query, address_of("boards.board", course=board.course.id))
    return render_template(
        "board.html",
        view=board.view,
        board=board,
        page=page,
        rows=rows.written(page.lines, people=people),
        frame=frame,
        clicks=clicks,
        asked=page.query,
        picked=picked_by(page.query, voice),
        zone=board.rules.zone,
        sizes=SIZES,
        roles=[role for role in Role if role in board.scheme.roles],
    )


def _voice(language: str) -> Voice:
    return Voice(read_wording(), language)


class _Pieces:
    """The macros of our templates, without anything of a request: they are kept."""

    def rows(self, language: str, hidden: frozenset[str]) -> RowPieces:
        found: RowPieces = _macros("board_rows.html", language, hidden)
        return found

    def frame(self, language: str, hidden: frozenset[str]) -> FramePieces:
        found: FramePieces = _macros("board_frame.html", language, hidden)
        return found


def _macros(template: str, language: str, hidden: frozenset[str]) -> Any:
    """A module of a template, which has whatever macros are in it."""
    voice = _voice(language)
    known = {"voice": voice, "say": voice.say, "gap": gap, "hidden": hidden}
    return current_app.jinja_env.get_template(template).make_module(known)
