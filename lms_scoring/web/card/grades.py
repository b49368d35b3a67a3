"""Sending a learner's grade again, for the class's tutors and for coordinators."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms_scoring.ports import Clock, SendState
from lms_scoring.services.gradebook.send_again import send_again
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.door import Door


def blueprint(door: Door, *, clock: Clock) -> Blueprint:
    """`/courses/<course>/people/<person>/grade`."""
    pages = Blueprint("grades", __name__)

    @pages.post("/courses/<course>/people/<path:person>/grade")
    def again(course: str, person: str) -> Response | str:
        """What a teacher entered is written over only once somebody has confirmed that; nothing is while the
        grade is held back."""
        consultant = Consultant(door.store, door.rules(course))
        visitor = current_visitor()
        status = consultant.grade_to_send(visitor, person)
        grade = None if status.grade is None else status.grade.grade
        overridden = grade is not None and grade.state is SendState.OVERRIDDEN and grade.held is None
        if overridden and request.form.get("overwrite") != "yes":
            return render_template("grade_overwrite.html", status=status)
        send_again(course, door.store, clock=clock, persons=[person], force=overridden, by=visitor.person)
        address = url_for("people.person", course=course, person=person, _anchor="grade")
        return redirect(address, code=303)

    return pages
