"""What the last syncs of a course read, could not read, and could not join; for coordinators."""

from __future__ import annotations

from flask import Blueprint, render_template

from lms_scoring.services.consult import Consultant
from lms_scoring.web.door import Door
from lms_scoring.web.sessions import current_visitor
from lms_scoring.web.sync_page import sync_page


def blueprint(door: Door) -> Blueprint:
    """`/courses/<course>/sync`."""
    pages = Blueprint("syncs", __name__)

    @pages.get("/courses/<course>/sync")
    def report(course: str) -> str:
        rules, visitor = door.rules(course), current_visitor()
        consultant = Consultant(door.store, rules)
        return render_template(
            "sync.html",
            view=consultant.view(visitor),
            page=sync_page(consultant.sync_report(visitor)),
            zone=rules.zone,
        )

    return pages
