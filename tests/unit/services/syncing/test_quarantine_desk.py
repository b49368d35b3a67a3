"""Quarantine: what a sync cannot use is kept once, and is over when it comes well-formed or is gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lms_scoring.domain.errors import NotAllowed, NotInQuarantine, PlatformBusy
from lms_scoring.domain.quarantine import LONGEST_TEXT, QuarantineState
from lms_scoring.ports import (
    ActKind,
    Batch,
    Grant,
    Problem,
    ProblemKind,
    Quarantined,
    Scope,
    TextReader,
    Visitor,
)
from lms_scoring.services.collecting.collect import Collected, collect
from lms_scoring.services.signing import Signature
from lms_scoring.services.syncing.quarantine_desk import AT_MOST, QuarantineDesk
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.scripted import (
    COURSE,
    FORUM,
    LI,
    LRS,
    MOODLE,
    ScriptedSource,
    StandingClock,
    adopt_course,
    members,
    new_store,
    roster,
    rules,
    told,
)
from tests.fixtures.courses.syncing import Watch, sync
from tests.fixtures.courses.written import posted
from tests.unit.services.syncing.test_shared_sources import BY_LRS, study_time, watched

CLOCK = StandingClock()
BUSY = PlatformBusy(MOODLE, "/posts", "HTTP 503: under maintenance; try again later")
EVERYBODY = [roster("li", "zhao", "wang", "chen"), told(*members())]
ADMINISTRATOR = Visitor(person=None, roles=(Grant(person="", role="administrator", course=None),))
COORDINATOR = Visitor(person=None, roles=(Grant(person="", role="coordinator", course=COURSE),))
SIGNED = Signature(by="operator:office", reason="a test of the office")
ROW = Problem(
    kind=ProblemKind.REFUSED,
    code="row_unreadable",
    text="a row",
    subject=FORUM,
    raw=b'{"id": "p1", "author": 7}',
    place=FORUM,
    record="p1",
)
STATEMENT = Problem(
    kind=ProblemKind.REFUSED, code="not_json", text="no JSON", subject="e", raw=b"{", record="e"
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    made = new_store(tmp_path)
    adopt_course(made)
    yield made
    made.close()


def pull(
    store: SqlStore, *batches: Batch, full: bool = False, failure: BaseException | None = None
) -> Collected:
    source = ScriptedSource((*EVERYBODY, *batches), failure)
    return collect(COURSE, source, store, clock=CLOCK, full=full)


def bad(*problems: Problem, cursor: str | None = None) -> Batch:
    return Batch(problems=problems or (ROW,), cursor=cursor)


def kept(store: SqlStore) -> list[Quarantined]:
    with store.reading() as transaction:
        return list(transaction.quarantined())


def state(store: SqlStore) -> QuarantineState:
    (one,) = kept(store)
    return one.state


# -- what a sync does ------------------------------------------------------------------------------------


def test_what_cannot_be_used_is_kept_with_its_run_and_reason(store: SqlStore) -> None:
    done = pull(store, bad())
    (one,) = kept(store)
    assert (one.course, one.source, one.first_run, one.state) == (COURSE, MOODLE, done.run, "waiting")
    assert (one.aside.text, one.aside.code, one.aside.reason) == (ROW.raw, "row_unreadable", "a row")


def test_the_same_in_every_sync_is_kept_once(store: SqlStore) -> None:
    pull(store, bad())
    pull(store, bad())
    done = pull(store, bad(), full=True)
    (one,) = kept(store)
    assert (one.state, one.last_run) == ("waiting", done.run)


def test_a_record_that_comes_well_formed_later_resolves_it(store: SqlStore) -> None:
    pull(store, bad(cursor="c"))
    pull(store, told(given.topic("p1")))
    assert state(store) is QuarantineState.RESOLVED


def test_what_a_place_that_was_read_whole_did_not_tell_again_is_gone(store: SqlStore) -> None:
    pull(store, bad(cursor="c"))
    pull(store, Batch(whole=[Scope(kind="post", activity="another forum")]))
    assert state(store) is QuarantineState.WAITING
    pull(store, Batch(whole=[Scope(kind="post", activity=FORUM)]))
    assert state(store) is QuarantineState.GONE


def test_a_sync_of_what_changed_says_nothing_of_the_rest(store: SqlStore) -> None:
    pull(store, bad(cursor="c"))
    pull(store)
    assert state(store) is QuarantineState.WAITING


def test_a_full_sync_that_does_not_meet_it_says_that_it_is_gone_and_one_that_failed_does_not(
    store: SqlStore,
) -> None:
    pull(store, bad())
    pull(store, full=True, failure=BUSY)
    assert state(store) is QuarantineState.WAITING
    pull(store, full=True)
    assert state(store) is QuarantineState.GONE


def test_the_words_of_a_run_no_longer_hold_the_text(store: SqlStore) -> None:
    done = pull(store, bad())
    with store.reading() as transaction:
        (met,) = transaction.problems(COURSE, run=done.run)
    assert met.problem.raw is None


# -- replaying -------------------------------------------------------------------------------------------


class Reader:
    """Reads every text as the batch it was made with."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    def read(self, text: bytes) -> Batch:
        return self._batch


def desk(store: SqlStore, reader: TextReader | None = None) -> QuarantineDesk:
    return QuarantineDesk(store, rules(bindings=BY_LRS), lambda *_: reader, clock=CLOCK)


def synced(store: SqlStore, *of_lrs: Batch) -> None:
    sources = [ScriptedSource(EVERYBODY), ScriptedSource(of_lrs, name=LRS, shared=True)]
    sync(rules(bindings=BY_LRS), sources, store, clock=CLOCK, watching=Watch())


def test_a_replayed_record_counts_at_once(store: SqlStore) -> None:
    synced(store, bad(STATEMENT))
    before = study_time(store, COURSE)
    done = desk(store, Reader(watched(30))).replay(ADMINISTRATOR, [1])
    assert (done.resolved, done.refused, done.asked) == ([1], [], [])
    assert state(store) is QuarantineState.RESOLVED
    assert study_time(store, COURSE) != before


def to_look_at(store: SqlStore) -> list[str]:
    with store.reading() as transaction:
        return list(transaction.to_look_at(COURSE))


def test_doubts_are_looked_for_before_a_replayed_record_is_scored(store: SqlStore) -> None:
    synced(store, bad(STATEMENT))
    pull(store, Batch(records=told(given.topic("short")).records, texts=[posted("short", LI, "好")]))
    assert to_look_at(store) == [LI]
    desk(store, Reader(watched(30))).replay(ADMINISTRATOR, [1])
    assert to_look_at(store) == []


def test_what_cannot_be_used_today_either_waits_with_todays_reason(store: SqlStore) -> None:
    synced(store, bad(STATEMENT))
    before = study_time(store, COURSE)
    again = Problem(kind=ProblemKind.REFUSED, code="no_actor", text="it has no actor")
    done = desk(store, Reader(Batch(problems=[again]))).replay(ADMINISTRATOR, [])
    assert (done.resolved, done.refused) == ([], [1])
    (one,) = kept(store)
    assert (one.state, one.aside.code, one.aside.reason) == ("waiting", "no_actor", "it has no actor")
    assert study_time(store, COURSE) == before


def test_a_statement_that_the_store_refuses_is_not_resolved(store: SqlStore) -> None:
    synced(store, bad(STATEMENT))
    odd = Batch(events=[watched(30).events[0]._replace(account="\0")])
    assert desk(store, Reader(odd)).replay(ADMINISTRATOR, [1]).refused == [1]
    assert state(store) is QuarantineState.WAITING


def test_what_is_gone_at_its_source_can_be_replayed_and_refused_and_stays_gone(store: SqlStore) -> None:
    synced(store, bad(STATEMENT))
    synced(store)
    assert state(store) is QuarantineState.GONE
    again = Problem(kind=ProblemKind.REFUSED, code="no_actor", text="it has no actor")
    assert desk(store, Reader(Batch(problems=[again]))).replay(ADMINISTRATOR, [1]).refused == [1]
    assert state(store) is QuarantineState.GONE
    assert desk(store, Reader(watched(30))).replay(ADMINISTRATOR, [1]).resolved == [1]


def test_where_a_text_does_not_say_enough_its_source_is_asked_again(store: SqlStore) -> None:
    pull(store, bad())
    assert desk(store).replay(COORDINATOR, [1]).asked == [MOODLE]
    with store.reading() as transaction:
        (request,) = transaction.sync_requests()
    assert (request.course, request.source, request.urgent) == (COURSE, MOODLE, True)
    assert state(store) is QuarantineState.WAITING


def test_a_text_that_was_cut_is_not_taken_for_the_record(store: SqlStore) -> None:
    long = Problem(kind=ProblemKind.REFUSED, code="too_long", text="long", raw=b"x" * (LONGEST_TEXT + 1))
    synced(store, bad(long))
    assert desk(store, Reader(watched(30))).replay(ADMINISTRATOR, [1]).cut == [1]
    assert state(store) is QuarantineState.WAITING


def test_what_is_resolved_is_not_replayed(store: SqlStore) -> None:
    synced(store, bad(STATEMENT))
    at = desk(store, Reader(watched(30)))
    at.replay(ADMINISTRATOR, [1])
    with pytest.raises(NotInQuarantine):
        at.replay(ADMINISTRATOR, [1])
    assert at.replay(ADMINISTRATOR, []).resolved == []


def test_all_that_waits_is_replayed_also_what_no_page_shows(store: SqlStore) -> None:
    many = AT_MOST + 1
    synced(store, bad(*(replace(STATEMENT, record=f"e{n}", raw=b"{%d" % n) for n in range(many))))
    at = desk(store, Reader(watched(30)))
    assert len(at.list_(ADMINISTRATOR).shown) == AT_MOST
    assert len(at.replay(ADMINISTRATOR, []).resolved) == many


# -- dropping --------------------------------------------------------------------------------------------


def test_dropping_is_signed_and_lasts(store: SqlStore) -> None:
    pull(store, bad())
    act = desk(store).drop(COORDINATOR, 1, SIGNED)
    assert (act.kind, act.by, act.subject, act.course) == (
        *(ActKind.DROPPED, "operator:office"),
        *("1", COURSE),
    )
    pull(store, bad(), full=True)
    (one,) = kept(store)
    assert (one.state, one.act, one.aside.text) == ("dropped", act.number, ROW.raw)


def test_nothing_is_dropped_twice(store: SqlStore) -> None:
    pull(store, bad())
    desk(store).drop(COORDINATOR, 1, SIGNED)
    with pytest.raises(NotInQuarantine):
        desk(store).drop(COORDINATOR, 1, SIGNED)


# -- who sees what ---------------------------------------------------------------------------------------


def test_what_a_shared_source_told_is_counted_for_a_coordinator_and_shown_to_an_administrator(
    store: SqlStore,
) -> None:
    synced(store, bad(STATEMENT))
    pull(store, bad())
    at = desk(store)
    theirs, all_ = at.list_(COORDINATOR), at.list_(ADMINISTRATOR)
    assert ([one.source for one in theirs.shown], theirs.waiting, theirs.withheld) == ([MOODLE], 2, 1)
    assert ({one.source for one in all_.shown}, all_.waiting, all_.withheld) == ({MOODLE, LRS}, 2, 0)
    with pytest.raises(NotInQuarantine):
        at.opened(COORDINATOR, 1)
    assert at.opened(ADMINISTRATOR, 1).one.source == LRS
    assert at.opened(COORDINATOR, 2).one.source == MOODLE


def test_nobody_else_sees_any_of_it(store: SqlStore) -> None:
    synced(store, bad(STATEMENT))
    for person in (LI, "wang"):
        with pytest.raises(NotAllowed):
            desk(store).list_(Visitor(person=person))
        with pytest.raises(NotAllowed):
            desk(store).drop(Visitor(person=person), 1, SIGNED)


def test_a_record_of_another_course_is_as_one_that_never_was(store: SqlStore) -> None:
    pull(store, bad())
    other = QuarantineDesk(store, rules(course="course-2"), lambda *_: None, clock=CLOCK)
    with store.writing() as transaction:
        transaction.keep_course(replace(transaction.course(COURSE), id="course-2"))
    with pytest.raises(NotInQuarantine):
        other.opened(ADMINISTRATOR, 1)
