"""A course that nobody has set up: who may do it is shown how, anybody else is told whom to ask."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lms_scoring.domain.errors import NotAllowed
from lms_scoring.ports import Launched, Store
from lms_scoring.web.sessions import current_visitor


def blueprint(store: Store) -> Blueprint:
    """`/lti/courses/<registration>/<context>/set-up`."""
    pages = Blueprint("set_ups", __name__)

    @pages.get("/lti/courses/<int:registration>/<path:context>/set-up")
    def offer(registration: int, context: str) -> str | Response:
        launched = _launched_from(registration, context)
        with store.reading() as transaction:
            place = transaction.platform_course(registration, context)
        if place is not None and place.course is not None:
            return redirect(url_for("home.start", course=place.course), code=303)
        return render_template("set_up_not_yet.html", may_claim=launched.administrator)

    @pages.get("/lti/no-course")
    def no_course() -> str:
        return render_template("set_up_no_course.html")

    return pages


def _launched_from(registration: int, context: str) -> Launched:
    """What the visitor's launch says, which must be one from that very course. Raises NotAllowed."""
    launched = current_visitor().launched
    if launched is None or (launched.registration, launched.context) != (registration, context):
        raise NotAllowed("that course was not opened from its platform")
    return launched
