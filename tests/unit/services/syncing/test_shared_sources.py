"""Sources that tell every course the same: all courses go on from one cursor, and none misses anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from lms_scoring.domain.errors import PlatformBusy
from lms_scoring.domain.instants import MINUTE
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.domain.statements import VideoVerb, WatchEvent
from lms_scoring.ports import Batch
from lms_scoring.services.collecting.collect import Collected, collect
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.syncing.sync import Wanted, sync_courses
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    LI,
    LRS,
    SCORM,
    WANG,
    ZHAO,
    ScriptedSource,
    StandingClock,
    account_of,
    bindings,
    members,
    new_store,
    roster,
    rules,
    told,
)
from tests.fixtures.courses.syncing import Watch

OTHER = "another course"
CLOCK = StandingClock()
BUSY = PlatformBusy(LRS, "/statements", "HTTP 503: under maintenance; try again later")
BOUND = bindings()
BY_LRS = replace(
    BOUND, bindings=tuple(replace(one, source=LRS) for one in BOUND.bindings if SCORM in one.activities)
)


def watched(minutes: int, *, id_: str = "e", person: str = LI) -> Batch:
    """A video played for so many minutes."""
    played = WatchEvent(
        stored=given.START,
        id=id_,
        account=account_of(person),
        activity=SCORM,
        session=id_,
        at=given.START,
        verb=VideoVerb.PLAYED,
        position=0,
        target=None,
        rate=None,
        length=None,
    )
    length = minutes * MINUTE
    paused = played._replace(id=f"{id_} end", at=given.START + length, verb=VideoVerb.PAUSED, position=length)
    return Batch(events=[played, paused])


def lrs(*batches: Batch, failure: BaseException | None = None) -> ScriptedSource:
    return ScriptedSource(batches, failure, name=LRS, shared=True)


def pull(store: SqlStore, course: str, source: ScriptedSource, *, full: bool = False) -> Collected:
    return collect(course, source, store, clock=CLOCK, full=full)


def study_time(store: SqlStore, course: str) -> object:
    """What li has for watching."""
    assess(rules(course=course, bindings=BY_LRS), store, clock=CLOCK)
    with store.reading() as transaction:
        card = transaction.scorecard(
            course, LI, role=given.membership(LI).role, class_=given.membership(LI).class_
        )
    assert isinstance(card, Scorecard)
    return card.criteria[0].points


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """Two courses of the same people, of which nobody watched anything yet."""
    store = new_store(tmp_path)
    for course in (COURSE, OTHER):
        people = [roster(LI, ZHAO, WANG, CHEN), told(*members(), cursor="own")]
        pull(store, course, ScriptedSource(people))
        assert study_time(store, course) == 0
    yield store
    store.close()


def test_a_second_course_goes_on_where_the_first_stopped(store: SqlStore) -> None:
    pull(store, COURSE, lrs(watched(60), Batch(cursor="an hour")))
    source = lrs(Batch(cursor="two hours"))
    done = pull(store, OTHER, source)
    assert source.asked == [("an hour", False)]
    assert not done.read_whole
    again = lrs()
    pull(store, COURSE, again)
    assert again.asked == [("two hours", False)]


def test_a_course_that_comes_later_counts_what_was_read_before_it(store: SqlStore) -> None:
    pull(store, COURSE, lrs(watched(60), Batch(cursor="an hour")))
    pull(store, OTHER, lrs(Batch(cursor="an hour")))
    assert study_time(store, OTHER) == study_time(store, COURSE)
    assert study_time(store, OTHER) != 0


def test_what_one_course_reads_counts_in_the_other(store: SqlStore) -> None:
    pull(store, COURSE, lrs(watched(60), Batch(cursor="an hour")))
    pull(store, OTHER, lrs(Batch(cursor="an hour")))
    before = study_time(store, COURSE)
    pull(store, OTHER, lrs(watched(30, id_="f"), Batch(cursor="later")))
    pull(store, COURSE, lrs())
    assert study_time(store, COURSE) == study_time(store, OTHER)
    assert study_time(store, COURSE) == before, "the half hour is within the hour, on the wall clock"
    pull(store, OTHER, lrs(watched(90, id_="g"), Batch(cursor="later still")))
    assert study_time(store, COURSE) != before


@pytest.mark.parametrize("failure", [BUSY, KeyboardInterrupt()])
def test_a_pull_that_broke_leaves_the_other_course_to_begin_where_it_began(
    store: SqlStore, failure: BaseException
) -> None:
    with suppress(KeyboardInterrupt):
        pull(store, COURSE, lrs(watched(60), failure=failure))
    source = lrs(watched(60), Batch(cursor="an hour"))
    pull(store, OTHER, source)
    assert source.asked == [(None, False)]
    assert study_time(store, COURSE) == study_time(store, OTHER) != 0


def test_two_courses_may_sync_at_once_and_the_slower_one_only_sets_the_cursor_back(store: SqlStore) -> None:
    class Overtaken(ScriptedSource):
        def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
            yield watched(30)
            pull(store, OTHER, lrs(watched(30), watched(60, id_="f"), Batch(cursor="newer")))
            yield Batch(cursor="older")

    done = pull(store, COURSE, Overtaken(name=LRS, shared=True))
    assert done.kept.new == 2
    source = lrs(watched(60, id_="f"), Batch(cursor="newer"))
    assert pull(store, COURSE, source).kept.same == 2
    assert source.asked == [("older", False)]
    assert study_time(store, COURSE) == study_time(store, OTHER) != 0


def test_a_full_sync_of_many_courses_reads_a_shared_source_whole_once(store: SqlStore) -> None:
    own, shared = ScriptedSource(), lrs(Batch(cursor="now"))
    wanted = [Wanted(rules=rules(course=course), sources=[own, shared]) for course in (COURSE, OTHER)]
    sync_courses(wanted, store, clock=CLOCK, watching=Watch(), done=lambda *_: None, full=True)
    assert [full for _, full in own.asked] == [True, True]
    assert shared.asked == [(None, True), ("now", False)]


def test_what_was_read_whole_is_told(store: SqlStore) -> None:
    assert pull(store, COURSE, lrs(Batch(cursor="now"))).read_whole
    assert not pull(store, OTHER, lrs()).read_whole
    assert pull(store, OTHER, lrs(), full=True).read_whole
    assert not pull(store, OTHER, lrs(failure=BUSY), full=True).read_whole
