"""Closing a programme: what is still pending, the signed act, and reopening; for coordinators."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.exceptions import Conflict
from werkzeug.wrappers import Response

from lms_scoring.domain.errors import CannotBeDecided
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.ports import ActKind, Clock
from lms_scoring.services.access.seeing import View, whole_view
from lms_scoring.services.deciding.close import close, pending_of, reopen
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import Signature, author_of, signature
from lms_scoring.web.access.sessions import current_visitor
from lms_scoring.web.answers import status_of
from lms_scoring.web.door import Door

_ACTS = (ActKind.CLOSED, ActKind.REOPENED, ActKind.ADOPTED)


def blueprint(door: Door, *, clock: Clock) -> Blueprint:
    """`/courses/<course>/closing`."""
    pages = Blueprint("closings", __name__)

    @pages.get("/courses/<course>/closing")
    def offer(course: str) -> str:
        rules = door.rules(course)
        return _page(door, rules, _view(door, rules), clock)

    @pages.post("/courses/<course>/closing")
    def act(course: str) -> Response | tuple[str, int]:
        """Closes as it was shown, or reopens; both want a reason."""
        rules = door.rules(course)
        _view(door, rules)
        try:
            signed = signature(author_of(current_visitor()), request.form.get("reason", ""))
            if request.form.get("do") == "reopen":
                reopen(rules, signed, door.store, clock=clock)
            elif not _close(rules, signed):
                return _page(door, rules, _view(door, rules), clock, refused=Obstacle.STALE), Conflict.code
        except CannotBeDecided as error:
            return _page(door, rules, _view(door, rules), clock, refused=error.why), status_of(error)
        return redirect(url_for("closings.offer", course=course), code=303)

    def _close(rules: CourseRules, signed: Signature) -> bool:
        done = close(rules, signed, door.store, clock=clock, seen=request.form.get("seen", ""))
        return done.assessed is not None

    return pages


def _view(door: Door, rules: CourseRules) -> View:
    refusal = "programmes are closed by coordinators and administrators"
    with door.store.reading() as transaction:
        return whole_view(transaction, rules.course, current_visitor(), refusal=refusal)


def _page(
    door: Door, rules: CourseRules, view: View, clock: Clock, *, refused: Obstacle | None = None
) -> str:
    with door.store.reading() as transaction:
        acts = transaction.acts(course=rules.course, kinds=_ACTS)
        names = transaction.names({act.by for act in acts})
    return render_template(
        "closing.html",
        view=view,
        pending=None if view.closing is not None else pending_of(rules, door.store, clock=clock),
        acts=list(reversed(acts)),
        names=names,
        zone=rules.zone,
        window=rules.scheme.window,
        refused=refused,
        reason=request.form.get("reason", ""),
    )
