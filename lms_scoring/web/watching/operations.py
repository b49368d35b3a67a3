"""The page of operations, for administrators of the whole installation: what goes on, waits and fails."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template

from lms_scoring.ports import Clock, Store
from lms_scoring.services.unattended.operations import operations
from lms_scoring.services.unattended.work_state import Backlog, who_runs
from lms_scoring.web.access.administration import close_to_others

UTC = ZoneInfo("UTC")
"""The installation has no zone of its own; its courses have."""


def blueprint(store: Store, *, clock: Clock, jobs_here: Callable[[], bool] | None) -> Blueprint:
    """`/administration/operations`."""
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

    return pages
