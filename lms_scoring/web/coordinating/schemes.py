"""The scheme of a course in plain sentences, for everybody who may see anything of the course."""

from __future__ import annotations

from flask import Blueprint, render_template

from lms_scoring.domain.scheme_sentences import role_sentence, total_sentences, window_sentence
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.coordinating.scheme_page import scheme_page
from lms_scoring.web.door import Door


def blueprint(door: Door) -> Blueprint:
    """`/courses/<course>/scheme`."""
    pages = Blueprint("schemes", __name__)

    @pages.get("/courses/<course>/scheme")
    def scheme(course: str) -> str:
        rules = door.rules(course)
        return render_template(
            "scheme.html",
            view=Consultant(door.store, rules).view(current_visitor()),
            page=scheme_page(rules.scheme, rules.examples),
            window_sentence=window_sentence,
            role_sentence=role_sentence,
            total_sentences=total_sentences,
        )

    return pages
