"""The start: the courses a visitor may see, or straight to the only thing there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from lms_scoring.services.access.admit import person_asked_for
from lms_scoring.services.access.seeing import View
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.door import Door
from lms_scoring.web.places import Place, places


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A course and the visitor's places in it, the main one first."""

    view: View
    places: Sequence[Place]


def blueprint(door: Door) -> Blueprint:
    """`/`, `/courses/<course>/start` and `/courses/<course>/review`."""
    pages = Blueprint("home", __name__)

    @pages.get("/")
    def home() -> str | Response:
        entries = [Entry(view=view, places=list(places(view))) for view in door.views(current_visitor())]
        if len(entries) == 1 and _has_one_role(entries[0].view):
            return redirect(entries[0].places[0].address, code=303)
        only = entries[0].view if len(entries) == 1 else None
        return render_template("home.html", entries=entries, view=only)

    @pages.get("/courses/<course>/start")
    def start(course: str) -> str | Response:
        """Where somebody who was launched from a course begins."""
        visitor = current_visitor()
        view = Consultant(door.store, door.rules(course)).view(visitor)
        entry = Entry(view=view, places=list(places(view)))
        if _has_one_role(view):
            return redirect(entry.places[0].address, code=303)
        return render_template("home.html", entries=[entry], view=view)

    @pages.get("/courses/<course>/review")
    def review(course: str) -> Response:
        """The learner whose work a gradebook's reader asked for."""
        launched = current_visitor().launched
        person = None if launched is None else person_asked_for(door.store, launched)
        if person is None:
            raise NotFound
        return redirect(url_for("people.person", course=course, person=person), code=303)

    return pages


def _has_one_role(view: View) -> bool:
    return len(view.roles) + view.everything == 1
