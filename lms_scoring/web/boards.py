"""The scoreboard of a course."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from lms_scoring.domain.evidence import Role
from lms_scoring.services.consult import Consultant
from lms_scoring.services.rules import CourseRules
from lms_scoring.web.board_page import board_page
from lms_scoring.web.board_query import BoardQuery, read_query
from lms_scoring.web.door import Door
from lms_scoring.web.sessions import current_visitor


def blueprint(door: Door) -> Blueprint:
    """`/courses/<course>/`: by address, or by form where a name is searched for."""
    pages = Blueprint("boards", __name__)

    @pages.get("/courses/<course>/")
    def board(course: str) -> str:
        rules = door.rules(course)
        return _board(Consultant(door.store, rules), rules, query_asked(rules))

    @pages.post("/courses/<course>/")
    def search(course: str) -> str | Response:
        """The same with a part of a name, which is personal and so does not stand in the address."""
        rules = door.rules(course)
        query = query_asked(rules)
        if not query.search:
            address: dict[str, Any] = query.address()
            return redirect(url_for("boards.board", course=course, **address), code=303)
        return _board(Consultant(door.store, rules), rules, query)

    return pages


def query_asked(rules: CourseRules) -> BoardQuery:
    """What the request asks of the board. Raises NotFound for a role that the scheme does not score."""
    values = request.form if request.method == "POST" else request.args
    role = Role.TUTOR if values.get("role") == Role.TUTOR else Role.LEARNER
    if role not in rules.scheme.roles:
        raise NotFound
    return read_query(values, role, rules.scheme.roles[role])


def _board(consultant: Consultant, rules: CourseRules, query: BoardQuery) -> str:
    visitor = current_visitor()
    board = consultant.board(visitor, role=query.role, class_=query.class_)
    return render_template(
        "board.html",
        view=consultant.view(visitor),
        board=board,
        page=board_page(board, query),
        asked=query,
        zone=rules.zone,
        roles=[role for role in Role if role in board.scheme.roles],
    )
