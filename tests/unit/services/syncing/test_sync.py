"""Syncing a course: one source's failure stops no other, bindings that bind nothing are told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.domain.errors import PlatformBusy
from lms_scoring.domain.evidence import Role
from lms_scoring.ports import Batch, Problem, ProblemKind
from lms_scoring.services.scoring.empty_bindings import Misfit
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.syncing.sync import Synced
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.scripted import (
    CATALOGUE,
    CHEN,
    COURSE,
    HOMEWORK,
    LI,
    LRS,
    MOODLE,
    WANG,
    ZHAO,
    ScriptedSource,
    StandingClock,
    adopt_course,
    bindings,
    members,
    new_store,
    roster,
    rules,
    told,
)
from tests.fixtures.courses.syncing import Watch, sync

EVERYBODY = roster(LI, ZHAO, WANG, CHEN)
BUSY = PlatformBusy(LRS, "/statements", "HTTP 503: under maintenance; try again later")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = new_store(tmp_path)
    adopt_course(store)
    yield store
    store.close()


def synced(store: SqlStore, *sources: ScriptedSource, by: CourseRules | None = None) -> Synced:
    return sync(by or rules(), sources, store, clock=StandingClock(), watching=Watch())


def test_every_source_is_pulled_and_the_course_scored(store: SqlStore) -> None:
    moodle = ScriptedSource([CATALOGUE, EVERYBODY, told(*members(), *given.topics(3))])
    done = synced(store, moodle, ScriptedSource(name=LRS))
    assert [one.source for one in done.collected] == [MOODLE, LRS]
    assert (done.assessed.scored, done.misfits, done.unjoined, done.lost_something) == (4, [], 0, False)
    with store.reading() as transaction:
        totals = {row.card.person: row.card.total for row in transaction.board(COURSE, role=Role.LEARNER)}
    assert totals == {LI: 3, ZHAO: 0, CHEN: 0}


def test_a_source_that_fails_stops_neither_the_others_nor_the_scoring(store: SqlStore) -> None:
    moodle = ScriptedSource([CATALOGUE, EVERYBODY, told(*members(), *given.topics(3))])
    done = synced(store, ScriptedSource(failure=BUSY, name=LRS), moodle)
    assert [one.lost_something for one in done.collected] == [True, False]
    assert (done.assessed.changed, done.lost_something) == (4, True)


def test_each_source_is_watched_while_it_is_pulled(store: SqlStore) -> None:
    watch = Watch()
    sources = [ScriptedSource([CATALOGUE, EVERYBODY]), ScriptedSource(name=LRS)]
    sync(rules(), sources, store, clock=StandingClock(), watching=watch)
    assert watch.seen == [MOODLE, ".", ".", LRS]


def test_a_binding_of_an_activity_that_the_platform_lacks_is_a_loss(store: SqlStore) -> None:
    mistyped = rules(bindings=bindings(homework=("homework l",)))
    done = synced(store, ScriptedSource([CATALOGUE, EVERYBODY, told(*members())]), by=mistyped)
    (misfit,) = done.misfits
    assert (misfit.loses, done.lost_something) == (True, True)
    assert misfit.text.startswith("moodle lists no activity homework l, which is bound as homework: ")


def test_a_binding_by_the_beginning_of_ids_cannot_be_missing(store: SqlStore) -> None:
    by_beginning = rules(bindings=bindings(study_time=("video *",)))
    assert synced(store, ScriptedSource([CATALOGUE]), by=by_beginning).misfits == []


def test_a_source_that_lists_no_activities_is_not_blamed(store: SqlStore) -> None:
    assert synced(store, ScriptedSource([EVERYBODY, told(*members())])).misfits == []


def test_an_activity_that_is_listed_no_more_but_has_evidence_is_not_missed(store: SqlStore) -> None:
    others = Batch(activities=[one for one in CATALOGUE.activities if one.id != HOMEWORK])
    hidden = ScriptedSource([others, EVERYBODY, told(*members(), given.homework())])
    assert synced(store, hidden).misfits == []


def test_a_criterion_that_nothing_is_bound_to_is_a_notice(store: SqlStore) -> None:
    no_journal = rules(bindings=bindings(journal=()))
    done = synced(store, ScriptedSource([CATALOGUE]), by=no_journal)
    text = "no activity is bound as journal, so every learner has 0 of journal"
    assert done.misfits == [Misfit(text=text, loses=False)]
    assert not done.lost_something


def test_who_belongs_to_nobody_is_counted_for_this_course(store: SqlStore) -> None:
    batches = [CATALOGUE, EVERYBODY, told(*members(), given.topic(person="nobody"))]
    assert synced(store, ScriptedSource(batches)).unjoined == 1


def test_what_an_earlier_sync_lost_is_still_told_and_fails_this_one_no_more(store: SqlStore) -> None:
    gap = Problem(kind=ProblemKind.LOST, code="marks_refused", text="not read", subject="17")
    first = synced(store, ScriptedSource([EVERYBODY, told(*members(), cursor="c"), Batch(problems=(gap,))]))
    again = synced(store, ScriptedSource())
    assert (first.lost_something, list(first.still_open)) == (True, [])
    assert (again.lost_something, [one.problem for one in again.still_open]) == (False, [gap])
