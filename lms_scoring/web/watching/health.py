"""Whether the service works, for whoever watches over it; tells nothing about anybody."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping

from flask import Blueprint, Response, jsonify

from lms_scoring.domain.errors import StoreError
from lms_scoring.domain.instants import iso
from lms_scoring.ports import Clock, Store
from lms_scoring.services.unattended.work_state import WorkState, who_runs, work_state

_log = logging.getLogger(__name__)


def blueprint(store: Store, *, clock: Clock, jobs_here: Callable[[], bool] | None) -> Blueprint:
    """`/health`: 200 while the store answers, else 503. What fails besides is told, and no reason to take
    the pages away from anybody. Grades that wait for a person are told too, and are no fault."""
    pages = Blueprint("health", __name__)

    @pages.get("/health")
    def health() -> Response:
        try:
            state = work_state(store, clock=clock)
        except StoreError:
            _log.exception("the store does not answer")
            return _answer({"status": "store unreachable"}, 503)
        degraded = list(_degraded(state))
        here = jobs_here is not None and jobs_here()
        jobs = who_runs(state, here=here)
        told = {
            "status": "degraded" if degraded else "ok",
            "jobs": jobs,
            "degraded": degraded,
            "grades_missing": list(_grades_missing(state)),
        }
        return _answer(told, 200)

    return pages


def _degraded(state: WorkState) -> Iterator[dict[str, str]]:
    """What does not work, and since when."""
    if state.stands_since is not None:
        yield {"what": "jobs", "since": iso(state.stands_since)}
    for what, at in state.failing_since().items():
        yield {"what": what, "since": iso(at)}


def _grades_missing(state: WorkState) -> Iterator[dict[str, str]]:
    """Why grades are in no gradebook until somebody looks after them, and since when."""
    for why, at in state.missing_grades_since().items():
        yield {"why": why, "since": iso(at)}


def _answer(told: Mapping[str, object], status: int) -> Response:
    response = jsonify(told)
    response.status_code = status
    return response
