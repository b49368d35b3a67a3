"""Open problems: what was met stays until everything is read again, or until the data show it is over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import PlatformUnreachable
from lms_scoring.ports import Activity, Batch, Problem, ProblemKind, Scope
from lms_scoring.services.collecting.collect import Collected, collect
from lms_scoring.services.collecting.open_problems import named, open_problems
from lms_scoring.store import SqlStore
from tests.fixtures.courses.scripted import (
    COURSE,
    HOMEWORK,
    LI,
    MOODLE,
    WANG,
    ScriptedSource,
    StandingClock,
    account_of,
    members,
    new_store,
    roster,
    told,
)
from tests.given import homework, membership

BROKE = PlatformUnreachable(MOODLE, "core_webservice_get_site_info", "no answer; sync again")
GAP = ev.Unknown(id="u1", person=account_of(LI), activity=HOMEWORK, reason="not given")
GAPS = Scope(kind="unknown", activity=HOMEWORK)


def met(code: str, subject: str = "", kind: ProblemKind = ProblemKind.NOTICE, text: str = "a text") -> Batch:
    return Batch(problems=(Problem(kind=kind, code=code, text=text, subject=subject),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """A store whose course was read once, with a cursor."""
    store = new_store(tmp_path)
    sync(store, roster(LI, WANG), told(*members(), cursor="first"))
    yield store
    store.close()


def sync(
    store: SqlStore, *batches: Batch, at: int = 1, full: bool = False, failure: BaseException | None = None
) -> Collected:
    source = ScriptedSource(batches, failure)
    return collect(COURSE, source, store, clock=StandingClock(at), full=full)


def codes(store: SqlStore) -> list[str]:
    with store.reading() as transaction:
        return [one.problem.code for one in open_problems(transaction, COURSE)]


@pytest.mark.parametrize("kind", ProblemKind)
def test_a_problem_stays_open_while_nothing_is_read_again(store: SqlStore, kind: ProblemKind) -> None:
    sync(store, met("odd", "17", kind))
    sync(store)
    assert codes(store) == ["odd"]


def test_a_full_sync_that_does_not_meet_it_again_settles_it(store: SqlStore) -> None:
    sync(store, met("odd"), met("strange"))
    sync(store, met("strange"), full=True)
    assert codes(store) == ["strange"]


def test_a_full_sync_that_breaks_settles_nothing(store: SqlStore) -> None:
    sync(store, met("odd"))
    sync(store, full=True, failure=BROKE)
    assert codes(store) == ["odd", "sync_failed"]


def test_a_failed_sync_is_over_when_the_next_one_ends_well(store: SqlStore) -> None:
    sync(store, failure=BROKE)
    assert codes(store) == ["sync_failed"]
    sync(store)
    assert codes(store) == []


def test_a_failed_sync_stays_open_however_often_another_source_is_read_since(store: SqlStore) -> None:
    sync(store, failure=BROKE)
    for _ in range(201):
        collect(COURSE, ScriptedSource(name="lrs"), store, clock=StandingClock(2))
    assert codes(store) == ["sync_failed"]


def test_an_interrupted_sync_does_not_mend_the_failed_one_before_it(store: SqlStore) -> None:
    sync(store, failure=BROKE)
    with pytest.raises(KeyboardInterrupt):
        sync(store, met("odd"), failure=KeyboardInterrupt())
    assert codes(store) == ["sync_failed", "odd"]


def test_the_latest_wording_is_told_with_the_first_and_the_last_time(store: SqlStore) -> None:
    sync(store, met("odd", text="twice"), at=5)
    sync(store, met("odd", text="three times"), at=9)
    with store.reading() as transaction:
        (one,) = open_problems(transaction, COURSE)
    assert (one.problem.text, one.first_at, one.last_at, one.times) == ("three times", 5, 9, 1)


def test_a_gap_that_is_closed_is_no_problem_any_more(store: SqlStore) -> None:
    sync(store, Batch(records=(GAP,)), met("not_given", "u1", ProblemKind.UNKNOWN))
    sync(store)
    assert codes(store) == ["not_given"]
    sync(store, told(whole=[GAPS]))
    assert codes(store) == []


@pytest.mark.parametrize("subject", ["h1", "submission h1"])
def test_a_record_that_is_read_anew_without_it_has_no_problem_any_more(store: SqlStore, subject: str) -> None:
    sync(store, told(homework("h1")), met("mark_unreadable", subject, ProblemKind.LOST))
    sync(store, told(homework("h1")))
    assert codes(store) == ["mark_unreadable"], "seen again as it was: nothing shows that it is mended"
    sync(store, told(homework("h1", grade=ev.Grade.GOOD)))
    assert codes(store) == []


def test_a_record_that_is_read_anew_with_the_problem_keeps_it(store: SqlStore) -> None:
    sync(store, told(homework("h1")), met("mark_unreadable", "h1"))
    sync(store, told(homework("h1", grade=ev.Grade.GOOD)), met("mark_unreadable", "h1"))
    assert codes(store) == ["mark_unreadable"]


def test_whom_and_what_a_problem_is_about_is_named_as_it_says_itself(store: SqlStore) -> None:
    """Whatever its subject looks like: only its source knows what that means."""
    somebody = f"{MOODLE}-58"
    activities = [Activity(id="17", name="课程作业", kind="assign")]
    sync(store, Batch(activities=activities), roster(somebody), told(membership(somebody)))
    named_so = somebody.title()
    about = {
        ("17-58", somebody, "17"): (named_so, "课程作业", False),
        ("17-999", f"{MOODLE}-999", "17"): (None, "课程作业", True),
        ("assign-1-58-0", somebody, ""): (named_so, None, False),
        ("elsewhere", somebody, "18"): (named_so, None, False),
        ("58-17", "", ""): (None, None, False),
    }
    for place, (subject, person, activity) in enumerate(about):
        problem = Problem(
            kind=ProblemKind.NOTICE,
            code=f"code {place}",
            text="a text",
            subject=subject,
            person=person,
            activity=activity,
        )
        sync(store, Batch(problems=(problem,)))
    with store.reading() as transaction:
        found = named(transaction, COURSE, open_problems(transaction, COURSE))
    assert [(one.person, one.activity, one.stranger) for one in found] == [*about.values()]


def test_what_a_problem_is_about_is_named(store: SqlStore) -> None:
    sync(
        store, Batch(activities=[Activity(id=HOMEWORK, name="课程作业", kind="assign")]), told(homework("h1"))
    )
    sync(store, met("of_record", "submission h1"), met("of_activity", HOMEWORK))
    sync(store, met("of_person", LI), met("of_nobody", "file.csv, line 3"))
    with store.reading() as transaction:
        found = named(transaction, COURSE, open_problems(transaction, COURSE))
    assert [(one.met.problem.code, one.person, one.activity) for one in found] == [
        ("of_record", LI.title(), "课程作业"),
        ("of_activity", None, "课程作业"),
        ("of_person", LI.title(), None),
        ("of_nobody", None, None),
    ]
