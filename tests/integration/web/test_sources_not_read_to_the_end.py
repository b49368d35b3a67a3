"""A source that is not read to the end of the window is named where somebody can do something about it."""

from __future__ import annotations

import pytest

from lms_scoring.domain.failure import Failure, Instead, Remedy
from lms_scoring.domain.instants import DAY, HOUR, MINUTE
from lms_scoring.ports import Kept, RunState, SyncRequest
from lms_scoring.services.deciding.close import close
from lms_scoring.services.signing import Signature
from tests.given import END
from tests.integration.web.going_on import goes_on
from tests.integration.web.school import COORDINATOR, COURSE, School
from tests.integration.web.test_provisional_results import BOARD
from tests.integration.web.test_results_to_be_read import LATE, SHORT, speaking, was_read

SYNCS, CLOSING = f"/courses/{COURSE}/sync", f"/courses/{COURSE}/closing"
EARLY = {"zh": f"{LATE}：此后还没有同步过。", "en": f"{LATE}: not synced since."}
CUT_SHORT = {"zh": f"{LATE}：最近一次同步没有读到底", "en": f"{LATE}: the last sync was cut short"}
FAILED = {
    "zh": f"{LATE}：最近一次同步失败。收到的是登录页面",
    "en": f"{LATE}: the last sync failed. A login page",
}


def ended(school: School, *, at: int, failure: Failure | None = None, cut_short: bool = False) -> None:
    state = RunState.DONE if failure is None else RunState.FAILED
    with school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, LATE, at=at)
        transaction.end_run(run, at=at, state=state, kept=Kept(), failure=failure, cut_short=cut_short)


def told(school: School, path: str, language: str) -> str:
    """What a coordinator reads there of that source."""
    page = school.page(speaking(school, COORDINATOR, language), path)
    return " ".join(one.text for one in page.all("li") if one.text.startswith((f"{LATE}：", f"{LATE}:")))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", [SYNCS, CLOSING])
def test_where_a_sync_can_be_run_or_waited_for_no_more_it_is_said_which_and_why(
    own_school: School, path: str, language: str
) -> None:
    assert told(own_school, path, language) == ""
    was_read(own_school, at=END - HOUR)
    assert told(own_school, path, language) == EARLY[language]
    ended(own_school, at=END, cut_short=True)
    assert told(own_school, path, language).startswith(CUT_SHORT[language])
    ended(own_school, at=END, failure=Failure(remedy=Remedy.PERSON, instead=Instead.LOGIN_PAGE))
    said = told(own_school, path, language)
    assert said.startswith(FAILED[language])
    assert ("需要有人处理" if language == "zh" else "A person must act") in said
    ended(own_school, at=END)
    assert told(own_school, path, language) == ""


def test_before_the_window_is_over_and_once_it_is_closed_no_source_is_named(own_school: School) -> None:
    ended(own_school, at=END - HOUR)
    now = own_school.clock.time
    own_school.clock.time = END - 1
    assert told(own_school, SYNCS, "en") == ""
    own_school.clock.time = now
    assert told(own_school, SYNCS, "en") == EARLY["en"]
    signed = Signature(by=COORDINATOR, reason="done")
    close(own_school.rules, signed, own_school.store, clock=own_school.clock)
    assert told(own_school, SYNCS, "en") == ""


def test_the_time_that_is_told_is_that_of_a_source_that_is_still_to_be_read(own_school: School) -> None:
    """Others, a roster among them, come earlier, and change nothing."""
    now = own_school.clock.now()
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, "lti-1", at=now - 50 * MINUTE)
        transaction.end_run(run, at=now, state=RunState.DONE, kept=Kept())
        transaction.ask_for_sync(SyncRequest(course=COURSE, source="lti-1", asked_at=now))
    was_read(own_school, at=END - HOUR)
    failure = Failure(remedy=Remedy.TRY_AGAIN, instead=Instead.LATE)
    ended(own_school, at=now - 20 * MINUTE, failure=failure)
    goes_on(own_school)
    page = own_school.page(speaking(own_school, SHORT, "en"), f"{BOARD}people/{SHORT}")
    (sentence,) = (one.text for one in page.all("p", "verdict-sentence"))
    assert "The next sync is at " in sentence
    assert "read all of it, or the programme is closed." in sentence
    ended(own_school, at=now - DAY, failure=failure)
    with own_school.store.writing() as transaction:
        transaction.ask_for_sync(SyncRequest(course=COURSE, source=LATE, asked_at=now))
    page = own_school.page(speaking(own_school, SHORT, "en"), f"{BOARD}people/{SHORT}?glance=1")
    assert "The next sync is about to begin" in page.text
