"""The page of operations, for administrators of the whole installation: what goes on, waits and fails."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lms_scoring.ports import Clock, Store
from lms_scoring.services.following_up.troubles import try_again
from lms_scoring.services.gradebook.send_again import send_again
from lms_scoring.services.unattended.operations import operations
from lms_scoring.services.unattended.work_state import Backlog, who_runs
from lms_scoring.web.access.administration import close_to_others

UTC = ZoneInfo("UTC")
"""The installation has no zone of its own; its courses have."""


def blueprint(store: Store, *, clock: Clock, jobs_here: Callable[[], bool] | None) -> Blueprint:
    """`/administration/operations`, and what can be set going again from there."""
    pages = Blueprint("operations", __name__)
    close_to_others(pages, store)

    @pages.get("/administration/operations")
    def page() -> str:
        found = operations(store, clock=clock)
        here = jobs_here is not None and jobs_here()
        return render_template(
            "operations.html",
            state=found.state,
            runs=found.runs,
            titles=found.titles,
            jobs=who_runs(found.state, here=here),
            kinds=list(Backlog),
            zone=UTC,
        )

    @pages.post("/administration/operations/retry")
    def retry() -> Response:
        """Whatever fails is tried as soon as the jobs look around, and not when its own time comes."""
        with store.writing() as transaction:
            try_again(transaction, None, now=clock.now())
        return redirect(url_for("operations.page", _anchor="failing"), code=303)

    @pages.post("/administration/operations/grades")
    def send() -> Response:
        """What was refused in one course waits again; what a teacher entered is written over from that
        learner's own page alone."""
        send_again(request.form["course"], store, clock=clock)
        return redirect(url_for("operations.page", _anchor="grades"), code=303)

    return pages
