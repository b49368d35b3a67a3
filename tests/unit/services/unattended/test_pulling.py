"""Pulling what is asked for: whose turn it is, and what becomes of a request that was done or failed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import time
from pathlib import Path

import pytest

from lms_scoring.domain.errors import PlatformBusy, PlatformRefused, UnknownPlatform
from lms_scoring.domain.instants import DAY, HOUR
from lms_scoring.domain.schedule import QuietHours, Schedule
from lms_scoring.ports import Batch, RunState, SyncRequest, Trouble
from lms_scoring.services.following_up.troubles import FIRST_PAUSE
from lms_scoring.services.unattended.due import turn_at
from lms_scoring.services.unattended.pulling import LONGEST_READING, pull_next
from lms_scoring.services.unattended.workshop import Workshop
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.scripted import (
    COURSE,
    LRS,
    MOODLE,
    ScriptedSource,
    StandingClock,
    members,
    new_store,
    roster,
    rules,
    told,
)
from tests.fixtures.workshop import ScriptedSources, workshop

OTHER = "other-course"
NOW = given.AFTER
BUSY = PlatformBusy(MOODLE, "core_course_get_contents", "HTTP 503", wait=3600)
REFUSED = PlatformRefused(MOODLE, "core_course_get_contents", "the token is not known; make a new one")
REQUEST = SyncRequest(course=COURSE, source=MOODLE, asked_at=NOW - HOUR)
EVERYBODY = (roster("li", "zhao", "wang", "chen"), told(*members(), cursor="c"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = new_store(tmp_path)
    yield store
    store.close()


def ask(store: SqlStore, *requests: SyncRequest) -> None:
    with store.writing() as transaction:
        for request in requests:
            transaction.ask_for_sync(request)


def left(store: SqlStore) -> list[SyncRequest]:
    with store.reading() as transaction:
        return list(transaction.sync_requests())


def troubles(store: SqlStore) -> list[Trouble]:
    with store.reading() as transaction:
        return list(transaction.troubles())


def two_courses(
    store: SqlStore,
    one: ScriptedSource,
    other: ScriptedSource | None = None,
    clock: StandingClock | None = None,
) -> Workshop:
    """Both read from one Moodle."""
    sources = ScriptedSources({(COURSE, MOODLE): one, (OTHER, MOODLE): other or ScriptedSource()})
    courses = {COURSE: rules(), OTHER: rules(course=OTHER)}
    return workshop(store, sources, courses, clock=clock or StandingClock())


def test_what_is_asked_for_is_read_and_settled(store: SqlStore) -> None:
    source = ScriptedSource(EVERYBODY)
    shop = workshop(store, ScriptedSources({(COURSE, MOODLE): source}))
    ask(store, REQUEST)
    done = pull_next(shop, MOODLE)
    assert done is not None
    assert (done.state, done.kept.new) == (RunState.DONE, 4)
    assert (left(store), pull_next(shop, MOODLE)) == ([], None)


def test_the_first_time_everything_is_read_and_then_what_changed_until_days_are_over(store: SqlStore) -> None:
    source, clock = ScriptedSource(EVERYBODY), StandingClock()
    shop = workshop(store, ScriptedSources({(COURSE, MOODLE): source}), clock=clock)
    for day in range(9):
        clock.at = NOW + day * DAY
        ask(store, replace(REQUEST, asked_at=clock.at))
        pull_next(shop, MOODLE)
    assert [full for _, full in source.asked] == [True, *[False] * 6, True, False]


def test_who_wants_everything_gets_it(store: SqlStore) -> None:
    source = ScriptedSource(EVERYBODY)
    shop = workshop(store, ScriptedSources({(COURSE, MOODLE): source}))
    for full in (False, False, True):
        ask(store, replace(REQUEST, full=full))
        pull_next(shop, MOODLE)
    assert source.asked == [(None, True), ("c", False), (None, True)]


def test_the_urgent_course_comes_first(store: SqlStore) -> None:
    one, other = ScriptedSource(), ScriptedSource()
    shop = two_courses(store, one, other)
    ask(store, REQUEST, replace(REQUEST, course=OTHER, asked_at=NOW, urgent=True))
    pull_next(shop, MOODLE)
    assert (len(one.asked), len(other.asked)) == (0, 1)
    pull_next(shop, MOODLE)
    assert len(one.asked) == 1


def test_one_at_a_time_reads_a_source(store: SqlStore) -> None:
    shop = workshop(store)
    ask(store, REQUEST)
    with shop.locks.held(turn_at(MOODLE)):
        assert pull_next(shop, MOODLE) is None
    assert left(store) == [REQUEST]
    assert pull_next(shop, MOODLE) is not None


@pytest.mark.parametrize(("began", "told"), [(LONGEST_READING, 1), (LONGEST_READING - 1, 0)])
def test_a_sync_that_may_stand_still_while_others_wait_is_told_once(
    store: SqlStore, began: int, told: int
) -> None:
    clock = StandingClock()
    shop = two_courses(store, ScriptedSource(EVERYBODY), clock=clock)
    with store.writing() as transaction:
        transaction.begin_run(OTHER, MOODLE, at=NOW - began)
    ask(store, replace(REQUEST, source=LRS))
    with shop.locks.held(turn_at(MOODLE)):
        assert pull_next(shop, MOODLE) is None
        assert troubles(store) == [], "nobody waits for it"
        ask(store, REQUEST)
        for _ in range(2):
            assert pull_next(shop, MOODLE) is None
    assert [one.failures for one in troubles(store)] == [1] * told
    clock.at = NOW + HOUR
    assert pull_next(shop, MOODLE) is not None
    assert troubles(store) == []


def test_so_is_one_of_a_course_that_nobody_set_up_yet(store: SqlStore) -> None:
    shop = workshop(store)
    with store.writing() as transaction:
        transaction.begin_run(OTHER, MOODLE, at=NOW - LONGEST_READING)
    ask(store, replace(REQUEST, course=OTHER))
    with shop.locks.held(turn_at(MOODLE)):
        assert pull_next(shop, MOODLE) is None
    assert [one.concern.name for one in troubles(store)] == [MOODLE]


def test_a_sync_that_ended_long_ago_does_not_stand_still(store: SqlStore) -> None:
    clock = StandingClock()
    shop = workshop(store, ScriptedSources({(COURSE, MOODLE): ScriptedSource(EVERYBODY)}), clock=clock)
    ask(store, REQUEST)
    assert pull_next(shop, MOODLE) is not None
    clock.at = NOW + DAY
    ask(store, REQUEST)
    with shop.locks.held(turn_at(MOODLE)):
        assert pull_next(shop, MOODLE) is None
    assert troubles(store) == []


def test_a_run_that_was_killed_long_ago_is_no_sync_that_stands_still(store: SqlStore) -> None:
    shop = two_courses(store, ScriptedSource())
    with store.writing() as transaction:
        transaction.begin_run(OTHER, MOODLE, at=NOW - DAY)
        transaction.begin_run(COURSE, MOODLE, at=NOW - HOUR)
        transaction.begin_run(COURSE, LRS, at=NOW - DAY)
    ask(store, REQUEST)
    with shop.locks.held(turn_at(MOODLE)):
        assert pull_next(shop, MOODLE) is None
    assert troubles(store) == []


def test_a_platform_that_fails_is_left_alone_with_all_its_courses(store: SqlStore) -> None:
    clock = StandingClock()
    shop = two_courses(store, ScriptedSource(failure=BUSY), clock=clock)
    ask(store, REQUEST, replace(REQUEST, course=OTHER))
    done = pull_next(shop, MOODLE)
    assert done is not None
    assert done.state is RunState.FAILED
    (trouble,) = troubles(store)
    assert (trouble.concern.name, trouble.course, trouble.reason) == (MOODLE, None, str(BUSY))
    assert trouble.try_at == NOW + HOUR  # as the platform wanted it
    assert pull_next(shop, MOODLE) is None
    assert len(left(store)) == 2
    clock.at = trouble.try_at
    assert pull_next(shop, MOODLE) is not None


def test_somebody_who_waits_for_it_need_not_wait_for_a_platform_that_failed(store: SqlStore) -> None:
    source = ScriptedSource(failure=BUSY)
    shop = workshop(store, ScriptedSources({(COURSE, MOODLE): source}))
    ask(store, REQUEST)
    pull_next(shop, MOODLE)
    ask(store, replace(REQUEST, urgent=True))
    source.failure = None
    assert pull_next(shop, MOODLE) is not None
    assert (left(store), troubles(store)) == ([], [])


def test_the_urgent_that_failed_is_no_longer_urgent(store: SqlStore) -> None:
    shop = workshop(store, ScriptedSources({(COURSE, MOODLE): ScriptedSource(failure=BUSY)}))
    ask(store, replace(REQUEST, urgent=True, full=True))
    pull_next(shop, MOODLE)
    assert left(store) == [replace(REQUEST, full=True)]
    assert pull_next(shop, MOODLE) is None


def test_what_a_person_must_mend_waits_for_the_next_time_and_stops_no_other_course(store: SqlStore) -> None:
    shop = two_courses(store, ScriptedSource(failure=REFUSED))
    ask(store, REQUEST, replace(REQUEST, course=OTHER, asked_at=NOW))
    pull_next(shop, MOODLE)
    (trouble,) = troubles(store)
    assert (trouble.concern.name, trouble.course) == (MOODLE, COURSE)
    assert [one.course for one in left(store)] == [OTHER]
    assert pull_next(shop, MOODLE) is not None


def test_a_platform_that_answers_again_is_no_trouble_as_a_whole(store: SqlStore) -> None:
    source = ScriptedSource(failure=BUSY)
    shop = workshop(store, ScriptedSources({(COURSE, MOODLE): source}))
    for failure in (BUSY, REFUSED):
        source.failure = failure
        ask(store, replace(REQUEST, urgent=True))
        pull_next(shop, MOODLE)
    assert [one.course for one in troubles(store)] == [COURSE]


def test_a_source_that_the_settings_lack_is_a_trouble_and_raised(store: SqlStore) -> None:
    @dataclass
    class Lacking(ScriptedSources):
        def source(self, course: str, name: str) -> ScriptedSource:
            raise UnknownPlatform("no platform 'moodle' in the settings")

    shop = workshop(store, Lacking({(COURSE, MOODLE): ScriptedSource()}))
    ask(store, REQUEST)
    with pytest.raises(UnknownPlatform):
        pull_next(shop, MOODLE)
    (trouble,) = troubles(store)
    assert (trouble.course, trouble.reason) == (COURSE, "no platform 'moodle' in the settings")
    assert left(store) == []


def test_a_fault_of_ours_is_told_without_its_words_and_tried_again(store: SqlStore) -> None:
    shop = workshop(store, ScriptedSources({(COURSE, MOODLE): ScriptedSource(failure=KeyError("刘磊"))}))
    ask(store, replace(REQUEST, urgent=True))
    with pytest.raises(KeyError):
        pull_next(shop, MOODLE)
    (trouble,) = troubles(store)
    assert trouble.reason == "a fault of this program (KeyError); its log says where"
    assert trouble.try_at == NOW + FIRST_PAUSE * 3 // 4
    assert left(store) == [REQUEST]


def test_what_is_asked_again_while_it_is_read_is_read_again(store: SqlStore) -> None:
    @dataclass
    class Impatient(ScriptedSource):
        def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
            ask(store, replace(REQUEST, asked_at=NOW, urgent=True))
            yield from super().pull(cursor, full=full)

    source = Impatient(EVERYBODY)
    shop = workshop(store, ScriptedSources({(COURSE, MOODLE): source}))
    ask(store, REQUEST)
    pull_next(shop, MOODLE)
    assert left(store) == [replace(REQUEST, asked_at=NOW, urgent=True)]


def test_a_course_that_is_synced_by_hand_is_tried_once(store: SqlStore) -> None:
    by_hand = {COURSE: rules(schedule=Schedule(by_itself=False))}
    shop = workshop(store, ScriptedSources({(COURSE, MOODLE): ScriptedSource(failure=BUSY)}), by_hand)
    ask(store, replace(REQUEST, urgent=True))
    pull_next(shop, MOODLE)
    assert left(store) == []


def test_quiet_hours_are_for_who_does_not_wait(store: SqlStore) -> None:
    quiet = {COURSE: rules(schedule=Schedule(quiet=(QuietHours(begin=time(0), end=time(5)),)))}
    clock = StandingClock(NOW)  # midnight in Shanghai
    shop = workshop(store, courses=quiet, clock=clock)
    ask(store, REQUEST)
    assert pull_next(shop, MOODLE) is None
    clock.at = NOW + 5 * HOUR
    assert pull_next(shop, MOODLE) is not None
    clock.at = NOW + DAY
    ask(store, replace(REQUEST, urgent=True))
    assert pull_next(shop, MOODLE) is not None


def test_what_is_held_against_the_others_is_read_after_them(store: SqlStore) -> None:
    made = {(COURSE, name): ScriptedSource(name=name) for name in (MOODLE, LRS, "lti-1")}
    shop = workshop(store, ScriptedSources({**made}, last=frozenset({"lti-1"})))
    ask(store, *(replace(REQUEST, source=name, urgent=True) for name in (MOODLE, LRS, "lti-1")))
    assert pull_next(shop, "lti-1") is None
    assert pull_next(shop, MOODLE) is not None
    assert pull_next(shop, "lti-1") is None
    assert pull_next(shop, LRS) is not None
    assert pull_next(shop, "lti-1") is not None


def test_what_is_asked_of_a_course_that_is_not_known_here_stays(store: SqlStore) -> None:
    shop = workshop(store, courses={})
    ask(store, REQUEST)
    assert pull_next(shop, MOODLE) is None
    assert left(store) == [REQUEST]
