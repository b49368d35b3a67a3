"""What goes on by itself, on pages: the next sync, what waits and fails, what is wanted now; monitoring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.domain.evidence import Purpose
from lms_scoring.domain.instants import HOUR, MINUTE, iso
from lms_scoring.ports import (
    Hold,
    Kept,
    OutgoingGrade,
    RunState,
    SoFar,
    SyncRequest,
    Transaction,
    Trouble,
    Visitor,
)
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.unattended.sweep import SCHEDULER
from lms_scoring.services.unattended.work_state import PDFS_REFUSED, STOPPED
from tests.fixtures.pages import pages
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import (
    COORDINATOR,
    COURSE,
    METRICS_TOKEN,
    RULES,
    School,
    StoppedClock,
)
from tests.integration.web.test_signing_in import BrokenStore

SYNC, PERSON = f"/courses/{COURSE}/sync", f"/courses/{COURSE}/people/moodle-3"


def keep(school: School, change: Callable[[Transaction], None]) -> None:
    with school.store.writing() as transaction:
        change(transaction)


def goes_on(school: School) -> None:
    """Somebody runs the jobs."""
    keep(school, lambda transaction: transaction.keep_heartbeat(SCHEDULER, at=school.clock.now()))


def trouble(school: School, **changes: Any) -> Trouble:
    now = school.clock.now()
    plain = {
        "platform": "moodle",
        "course": None,
        "since": now - HOUR,
        "failures": 3,
        "try_at": now + MINUTE,
        "reason": "moodle: HTTP 503",
    }
    made = Trouble(**{**plain, **changes})
    keep(school, lambda transaction: transaction.keep_trouble(made))
    return made


def requests(school: School) -> list[SyncRequest]:
    with school.store.reading() as transaction:
        return list(transaction.sync_requests())


def press(client: FlaskClient, **fields: str) -> int:
    page = client.get(SYNC).text
    token = page.partition('name="token" value="')[2].partition('"')[0]
    return client.post(SYNC, data={"token": token, **fields}).status_code


# -- the next sync ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [SYNC, PERSON])
def test_pages_say_when_the_next_sync_is_if_anybody_keeps_that(own_school: School, path: str) -> None:
    def said() -> str:
        return own_school.page(own_school.signed_in(COORDINATOR), path).all("main")[0].text

    assert "目前没有" in said()
    goes_on(own_school)
    own_school.clock.go_on(STOPPED - 1)
    assert "下次同步：2024年12月17日 00:5" in said()
    own_school.clock.go_on(1)
    assert "目前没有" in said()
    own_school.clock.go_on(2 * HOUR)
    goes_on(own_school)
    assert "即将" in said()
    own_school.clock.go_on(60 * 24 * HOUR)
    goes_on(own_school)
    assert "现在不会自动同步" in said()


def test_what_waits_and_what_fails_is_on_the_sync_page(own_school: School) -> None:
    goes_on(own_school)
    trouble(own_school)
    trouble(own_school, platform="*scoring", course=COURSE, failures=1, reason="a fault of this program")
    trouble(own_school, platform="lrs", course="another", reason="of another course")
    trouble(own_school, platform="other-lrs", reason="of a platform of others")
    trouble(own_school, platform="*losses of moodle", course=COURSE, reason="told among the problems")
    client = own_school.signed_in(COORDINATOR)
    text = own_school.page(client, SYNC).all("main")[0].text
    assert "moodle (整个平台): 2024年12月16日 23:00 起，已连续失败 3 次" in text
    press(client)
    text = own_school.page(client, SYNC).all("main")[0].text
    assert "2 个来源等待读取。" in text
    assert "等待读取：lrs" in text
    assert "等待读取：moodle（2024年12月17日 00:00 起） 2024年12月16日 23:00 起，已连续失败 3 次" in text
    assert text.count("moodle（") == 1
    assert "计分: 2024年12月16日 23:00 起" in text
    assert "of another course" not in text
    assert "of a platform of others" not in text
    assert "told among the problems" not in text


def test_how_a_sync_goes_can_be_looked_at_alone_by_who_sees_the_page(own_school: School) -> None:
    client, part = own_school.signed_in(COORDINATOR), f"{SYNC}/progress"
    assert "读取已结束，下面是最新的结果。" in own_school.page(client, part).text
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, "moodle", at=own_school.clock.now())
    press(client)
    text = own_school.page(client, part).text
    assert "正在读取 1 个来源，1 个等待读取。" in text
    assert "等待读取：moodle" not in text, "it is being read, and does not wait"
    assert "即将同步" not in text
    assert "同步记录" not in text
    keep(own_school, lambda transaction: transaction.keep_so_far(run, SoFar(done=3, expected=9)))
    assert "3 / 9" in own_school.page(client, part).text
    assert own_school.signed_in("moodle-3").get(part).status_code == 403


def test_what_is_bound_and_not_there_is_on_the_sync_page(own_school: School) -> None:
    mistyped = Binding(purpose=Purpose.HOMEWORK, source="moodle", activities=("71",))
    trouble(own_school, platform="*bindings of moodle", course=COURSE, reason="told among the problems")
    for bound, there in ((RULES.bindings.bindings, False), ((*RULES.bindings.bindings, mistyped), True)):
        rules = replace(RULES, bindings=Bindings(bindings=bound))
        text = sync_page_by(own_school, rules).all("main")[0].text
        assert ("moodle 没有活动 71（计为课程作业）" in text) is there
        assert ("lms-scoring course apply lc2024" in text) is there
        assert "told among the problems" not in text


def sync_page_by(school: School, rules: CourseRules) -> HtmlPage:
    """As the coordinator sees it where the course goes by these rules."""
    app = pages(
        store=school.store,
        courses=lambda: {COURSE: rules},
        clock=school.clock,
        public_url="http://127.0.0.1:8000",
    )
    other = replace(school, app=app)
    return other.page(other.signed_in(COORDINATOR), SYNC)


def test_how_far_a_sync_is_stands_on_the_pages_while_it_goes_on(own_school: School) -> None:
    client, overview = own_school.signed_in(COORDINATOR), f"/courses/{COURSE}/overview"

    def told(path: str = SYNC) -> str:
        return own_school.page(client, path).all("main")[0].text

    def again() -> list[str]:
        parts = (one.attributes.get("data-again") for one in own_school.page(client, SYNC).elements)
        return [address for address in parts if address is not None]

    assert "正在读取" not in told()
    assert again() == []
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, "moodle", at=own_school.clock.now())
    assert "正在读取 moodle 2024年12月17日 00:00 开始" in told()
    assert again() == [f"{SYNC}/progress"]
    keep(own_school, lambda transaction: transaction.keep_so_far(run, SoFar(done=1234)))
    assert "正在读取 moodle 已读 1234 " in told()
    keep(own_school, lambda transaction: transaction.keep_so_far(run, SoFar(done=12, expected=40)))
    assert "正在读取 moodle 12 / 40 " in told()
    assert "进行中 12 / 40" in told(overview)
    (bar,) = own_school.page(client, SYNC).all("progress")
    assert (bar.attributes["value"], bar.attributes["max"]) == ("12", "40")
    assert "刷新" in told()
    with own_school.store.writing() as transaction:
        transaction.end_run(run, at=own_school.clock.now(), state=RunState.DONE, kept=Kept())
    assert "正在读取" not in told()
    assert again() == []
    press(client)
    assert again() == [f"{SYNC}/progress"]


# -- having it read now ----------------------------------------------------------------------------------


def test_a_coordinator_has_the_course_read_at_once(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    assert press(client) == 303
    now = own_school.clock.now()
    assert requests(own_school) == [
        SyncRequest(course=COURSE, source=source, asked_at=now, urgent=True) for source in ("lrs", "moodle")
    ]
    assert press(client, full="yes") == 303
    assert all(one.full for one in requests(own_school))


def test_without_sources_there_is_no_button(own_school: School) -> None:
    app = pages(
        store=own_school.store,
        courses=lambda: {COURSE: RULES},
        clock=own_school.clock,
        public_url="http://127.0.0.1:8000",
    )
    client = app.test_client()
    client.post(own_school.link(Visitor(person=COORDINATOR)))
    assert "立即同步" not in client.get(SYNC).text
    assert client.post(SYNC).status_code == 405


# -- health ----------------------------------------------------------------------------------------------


def health(app: Any) -> tuple[int, Any]:
    answer = app.test_client().get("/health")
    return answer.status_code, answer.json


def test_health_is_good_while_nothing_fails(school: School) -> None:
    assert health(school.app) == (200, {"status": "ok", "jobs": "nowhere", "degraded": []})


def test_health_tells_what_fails_and_since_when_and_nothing_of_why(own_school: School) -> None:
    goes_on(own_school)
    now = own_school.clock.now()
    trouble(own_school, course=COURSE, since=now - MINUTE)
    trouble(own_school, since=now - HOUR)
    trouble(own_school, platform="*scoring", course=COURSE, since=now - 2 * HOUR)
    trouble(own_school, platform="*losses of moodle", course=COURSE, since=now - HOUR)
    trouble(own_school, platform="lrs", over_at=now)
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
        },
    )


def test_that_nobody_runs_the_jobs_any_more_is_a_fault(own_school: School) -> None:
    goes_on(own_school)
    since = own_school.clock.now()
    own_school.clock.go_on(STOPPED)
    assert health(own_school.app)[1] == {
        "status": "degraded",
        "jobs": "nowhere",
        "degraded": [{"what": "jobs", "since": iso(since)}],
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


# -- metrics ---------------------------------------------------------------------------------------------


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


def test_figures_tell_how_many_pdfs_were_refused(own_school: School) -> None:
    assert figures(own_school)["pdfs_refused_total"] == 0
    keep(own_school, lambda transaction: transaction.add_to_tally(PDFS_REFUSED, 3))
    assert figures(own_school)["pdfs_refused_total"] == 3


def test_figures_tell_how_many_grades_are_held_back_and_why(own_school: School) -> None:
    held = OutgoingGrade(course=COURSE, person="p", given=Fraction(0), comment="", at=1, held=Hold.DISPUTED)
    keep(own_school, lambda transaction: transaction.keep_outgoing(held))
    found = figures(own_school)
    assert [found[f"held_grades {why}"] for why in Hold] == [0, 1, 0, 0]
    assert found["waiting grade"] == 0


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
