"""Figures for monitoring: what waits, what is held back, how platforms fare; of nobody by name."""

from __future__ import annotations

from fractions import Fraction

import pytest
from prometheus_client.parser import text_string_to_metric_families

from lms_scoring.ports import Hold, Kept, OutgoingGrade, RunState, SyncRequest
from lms_scoring.services.following_up.heartbeats import scored
from lms_scoring.services.unattended.work_state import PDFS_REFUSED
from tests.fixtures.pages import pages
from tests.integration.web.going_on import goes_on, grades_of_every_kind, keep, trouble
from tests.integration.web.school import COURSE, METRICS_TOKEN, SOURCE, School, late_mark


def figures(school: School) -> dict[str, float]:
    answer = school.app.test_client().get("/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    return {
        " ".join([sample.name.removeprefix("lms_scoring_"), *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_figures_tell_how_old_what_waits_is_and_how_platforms_fare(own_school: School) -> None:
    goes_on(own_school)
    now = own_school.clock.now()
    trouble(own_school)
    keep(
        own_school,
        lambda transaction: transaction.ask_for_sync(
            SyncRequest(course=COURSE, source="moodle", asked_at=now - 90_000)
        ),
    )
    found = figures(own_school)
    assert found["waiting sync"] == 1
    assert found["waiting grade"] == 0
    assert found["waiting notice"] == 1
    assert found["oldest_waiting_seconds sync"] == 90
    assert found["oldest_waiting_seconds grade"] == 0
    assert found["oldest_waiting_seconds notice"] == 3600
    assert found["last_good_sync_timestamp_seconds moodle"] == now // 1000 - 20
    assert found["last_good_sync_duration_seconds moodle"] == 70
    assert found["failing_since_timestamp_seconds moodle"] == now // 1000 - 3600
    assert found["jobs_seen_timestamp_seconds"] == now // 1000


def test_figures_tell_who_waits_to_be_scored_and_for_how_long(own_school: School) -> None:
    assert figures(own_school)["waiting card"] == 0
    assert figures(own_school)["oldest_waiting_seconds card"] == 0
    began = own_school.clock.now() + 1_000
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=began)
        transaction.keep_records(COURSE, SOURCE, [late_mark("moodle-4")], run=run)
        transaction.end_run(run, at=began, state=RunState.DONE, kept=Kept())
        transaction.keep_heartbeat(scored(COURSE), at=began - 1)
    own_school.clock.go_on(61_000)
    found = figures(own_school)
    assert found["waiting card"] == 2, "the learner, and the tutor who marks"
    assert found["oldest_waiting_seconds card"] == 60


def test_figures_tell_how_many_pdfs_were_refused(own_school: School) -> None:
    assert figures(own_school)["pdfs_refused_total"] == 0
    keep(own_school, lambda transaction: transaction.add_to_tally(PDFS_REFUSED, 3))
    assert figures(own_school)["pdfs_refused_total"] == 3


def test_figures_tell_how_many_grades_are_held_back_and_why(own_school: School) -> None:
    held = OutgoingGrade(course=COURSE, person="p", given=Fraction(0), comment="", at=1, held=Hold.DISPUTED)
    keep(own_school, lambda transaction: transaction.keep_outgoing(held))
    found = figures(own_school)
    assert [found[f"held_grades {why}"] for why in Hold] == [0, 1, 0, 0, 0, 0]
    assert found["waiting grade"] == 0


def test_figures_tell_of_grades_that_somebody_must_look_after(own_school: School) -> None:
    assert figures(own_school)["refused_grades"] == 0
    grades_of_every_kind(own_school)
    found = figures(own_school)
    assert found["refused_grades"] == 2
    since = {
        name.removeprefix("missing_grades_since_timestamp_seconds "): at
        for name, at in found.items()
        if name.startswith("missing_grades_since")
    }
    assert since == {"disputed": 99, "refused": 93, "to_check": 90}


def test_figures_name_nobody(own_school: School) -> None:
    trouble(own_school, reason="moodle: 刘磊")
    answer = own_school.app.test_client().get(
        "/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"}
    )
    assert "moodle-" not in answer.text
    assert not any("一" <= character <= "龥" for character in answer.text)


@pytest.mark.parametrize("shown", ["", "Bearer wrong", METRICS_TOKEN, f"Basic {METRICS_TOKEN}"])
def test_figures_are_for_who_shows_the_token(school: School, shown: str) -> None:
    answer = school.app.test_client().get("/metrics", headers={"Authorization": shown})
    assert answer.status_code == 401
    assert "waiting" not in answer.text


def test_where_there_is_no_token_there_are_no_figures(own_school: School) -> None:
    app = pages(
        store=own_school.store,
        courses=dict,
        clock=own_school.clock,
        public_url="http://127.0.0.1:8000",
    )
    answer = app.test_client().get("/metrics", headers={"Authorization": "Bearer None"})
    assert answer.status_code == 404
