"""Health: whether anything fails, since when, and whether anybody runs the jobs."""

from __future__ import annotations

from typing import Any

import pytest

from lms_scoring.domain.instants import HOUR, MINUTE, iso
from lms_scoring.ports import SyncRequest
from lms_scoring.services.following_up.heartbeats import STOPPED
from lms_scoring.services.following_up.troubles import SCORING, losses_of, platform_itself
from tests.fixtures.pages import pages
from tests.integration.web.broken_store import BrokenStore
from tests.integration.web.going_on import goes_on, grades_of_every_kind, keep, trouble
from tests.integration.web.school import COURSE, School, StoppedClock


def health(app: Any) -> tuple[int, Any]:
    answer = app.test_client().get("/health")
    return answer.status_code, answer.json


def test_health_is_good_while_nothing_fails(school: School) -> None:
    good = {"status": "ok", "jobs": "nowhere", "degraded": [], "grades_missing": []}
    assert health(school.app) == (200, good)


def test_health_tells_what_fails_and_since_when_and_nothing_of_why(own_school: School) -> None:
    goes_on(own_school)
    now = own_school.clock.now()
    trouble(own_school, course=COURSE, since=now - MINUTE)
    trouble(own_school, since=now - HOUR)
    trouble(own_school, concern=SCORING, course=COURSE, since=now - 2 * HOUR)
    trouble(own_school, concern=losses_of("moodle"), course=COURSE, since=now - HOUR)
    trouble(own_school, concern=platform_itself("lrs"), over_at=now)
    assert health(own_school.app) == (
        200,
        {
            "status": "degraded",
            "jobs": "elsewhere",
            "degraded": [
                {"what": "losses of moodle", "since": iso(now - HOUR)},
                {"what": "moodle", "since": iso(now - HOUR)},
                {"what": "scoring", "since": iso(now - 2 * HOUR)},
            ],
            "grades_missing": [],
        },
    )


def test_grades_that_wait_for_a_person_are_told_with_since_when_and_are_no_fault(own_school: School) -> None:
    goes_on(own_school)
    grades_of_every_kind(own_school)
    status, told = health(own_school.app)
    assert (status, told["status"], told["degraded"]) == (200, "ok", [])
    assert told["grades_missing"] == [
        {"why": "disputed", "since": iso(99_000)},
        {"why": "refused", "since": iso(93_000)},
        {"why": "to_check", "since": iso(90_000)},
    ]
    assert COURSE not in str(told), "it is open, and says of no course"


def test_that_nobody_runs_the_jobs_any_more_is_a_fault(own_school: School) -> None:
    goes_on(own_school)
    since = own_school.clock.now()
    own_school.clock.go_on(STOPPED)
    assert health(own_school.app)[1] == {
        "status": "degraded",
        "jobs": "nowhere",
        "degraded": [{"what": "jobs", "since": iso(since)}],
        "grades_missing": [],
    }


def test_that_nobody_ever_ran_them_is_a_fault_where_a_sync_waits_for_them(own_school: School) -> None:
    asked_at = own_school.clock.now()
    request = SyncRequest(course=COURSE, source="moodle", asked_at=asked_at)
    keep(own_school, lambda transaction: transaction.ask_for_sync(request))
    own_school.clock.go_on(STOPPED - 1)
    assert health(own_school.app)[1]["degraded"] == []
    own_school.clock.go_on(1)
    assert health(own_school.app)[1]["degraded"] == [{"what": "jobs", "since": iso(asked_at)}]


@pytest.mark.parametrize(("here", "jobs"), [(True, "here"), (False, "elsewhere")])
def test_the_process_says_whether_it_runs_them_itself(own_school: School, here: bool, jobs: str) -> None:
    goes_on(own_school)
    app = pages(
        store=own_school.store,
        courses=dict,
        clock=own_school.clock,
        public_url="http://127.0.0.1:8000",
        jobs_here=lambda: here,
    )
    assert health(app)[1]["jobs"] == jobs


def test_a_store_that_does_not_answer_is_the_end_of_health() -> None:
    broken = pages(
        store=BrokenStore(), courses=dict, clock=StoppedClock(), public_url="http://127.0.0.1:8000"
    )
    assert health(broken) == (503, {"status": "store unreachable"})
