"""Looking around: whatever waits in the tables is set going, whoever forgot it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from lms_scoring.domain.errors import CourseFileMistakes, Mistake, PlatformRefused, PlatformUnreachable
from lms_scoring.domain.instants import DAY, HOUR, MINUTE, SECOND
from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.domain.retention import Ages
from lms_scoring.domain.schedule import Schedule
from lms_scoring.jobs.registry import JOBS
from lms_scoring.ports import (
    Batch,
    Call,
    Concern,
    Hold,
    OutgoingGrade,
    Passback,
    PlatformCourse,
    SendState,
    SourceOrder,
    SyncRequest,
    Trouble,
)
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.following_up.heartbeats import SCHEDULER, compared, scored
from lms_scoring.services.following_up.troubles import (
    LOOKING,
    READING,
    SENDING,
    TELLING,
    failed,
    platform_itself,
)
from lms_scoring.services.gradebook.switch_passback import switch_passback
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.syncing.next_sync import Coming, next_sync_told
from lms_scoring.services.unattended.calls import RETAIN
from lms_scoring.services.unattended.pulling import pull_next
from lms_scoring.services.unattended.sweep import sweep
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
from tests.fixtures.workshop import Heard, ScriptedSources, Told, workshop
from tests.given import homework

NOW = given.AFTER
EVERYBODY = (roster("li", "zhao", "wang", "chen"), told(*members(), homework(), cursor="c"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = new_store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def heard(store: SqlStore) -> Heard:
    store.bell = bell = Heard()
    return bell


def asked(store: SqlStore) -> list[SyncRequest]:
    with store.reading() as transaction:
        return list(transaction.sync_requests())


def shop_of(store: SqlStore, **changes: Any) -> Workshop:
    made = {(COURSE, name): ScriptedSource(EVERYBODY, name=name) for name in (MOODLE, LRS)}
    return workshop(store, changes.pop("sources", ScriptedSources({**made})), **changes)


def failing(store: SqlStore) -> list[Concern]:
    with store.reading() as transaction:
        return sorted(one.concern for one in transaction.troubles())


def ask(store: SqlStore, source: str) -> None:
    """Somebody wants it now."""
    with store.writing() as transaction:
        transaction.ask_for_sync(SyncRequest(course=COURSE, source=source, asked_at=NOW, urgent=True))


def pull_all(shop: Workshop, heard: Heard) -> None:
    """All that is asked for, and what scoring it takes."""
    while any(pull_next(shop, name) for name in (MOODLE, LRS)):
        pass
    assess(rules(), shop.store, clock=shop.clock)
    with shop.store.writing() as transaction:
        transaction.keep_heartbeat(scored(COURSE), at=shop.clock.now() + 1)
    heard.taken()


def test_what_is_due_is_asked_for_once_and_woken_until_it_is_done(store: SqlStore, heard: Heard) -> None:
    shop = shop_of(store)
    sweep(shop)
    assert asked(store) == [
        SyncRequest(course=COURSE, source=LRS, asked_at=NOW),
        SyncRequest(course=COURSE, source=MOODLE, asked_at=NOW),
    ]
    assert heard.taken() == [("pull", LRS), ("pull", MOODLE)]
    sweep(shop)
    assert [one.asked_at for one in asked(store)] == [NOW, NOW]
    assert heard.taken() == [("pull", LRS), ("pull", MOODLE)]


def test_once_it_is_done_it_comes_again_at_its_time(store: SqlStore, heard: Heard) -> None:
    clock = StandingClock()
    shop = shop_of(store, clock=clock)
    sweep(shop)
    pull_all(shop, heard)
    clock.at = NOW + HOUR - 1
    sweep(shop)
    assert (asked(store), heard.taken()) == ([], [])
    clock.at = NOW + HOUR
    sweep(shop)
    assert heard.taken() == [("pull", LRS), ("pull", MOODLE)]


def test_the_first_sync_is_scored_at_its_end_and_not_before(store: SqlStore, heard: Heard) -> None:
    with pytest.raises(KeyboardInterrupt):
        collect(COURSE, ScriptedSource(EVERYBODY, failure=KeyboardInterrupt()), store, clock=StandingClock())
    with store.reading() as transaction:
        assert transaction.touched(COURSE), "it is half read"
        assert [run.ended_at for run in transaction.runs(COURSE)] == [None]
    sweep(shop_of(store))
    assert ("score", COURSE) not in heard.taken()


def test_what_was_missed_for_days_is_asked_for_once(store: SqlStore, heard: Heard) -> None:
    clock = StandingClock()
    shop = shop_of(store, clock=clock)
    sweep(shop)
    pull_all(shop, heard)
    clock.at = NOW + 3 * DAY
    sweep(shop)
    assert [one.asked_at for one in asked(store)] == [clock.at, clock.at]


def test_what_is_too_old_goes_once_a_day_where_anything_has_an_age(store: SqlStore, heard: Heard) -> None:
    clock = StandingClock()
    shop = shop_of(store, clock=clock, courses={}, ages=Ages(runs=30))
    sweep(replace(shop, ages=Ages()))
    assert heard.taken() == []
    sweep(shop)
    assert heard.taken() == [("retain",)]
    JOBS[RETAIN].run(shop, Call(job=RETAIN))
    clock.at = NOW + DAY - 1
    sweep(shop)
    assert heard.taken() == []
    clock.at = NOW + DAY
    sweep(shop)
    assert heard.taken() == [("retain",)]


def test_a_process_that_died_before_anybody_was_woken_loses_nothing(store: SqlStore, heard: Heard) -> None:
    """The row was committed, and then the power went."""
    shop = shop_of(store)
    with store.writing() as transaction:
        transaction.ask_for_sync(SyncRequest(course=COURSE, source=MOODLE, asked_at=NOW - 5, urgent=True))
    assert heard.taken() == []
    sweep(shop)
    assert ("pull", MOODLE) in heard.taken()


def test_a_sync_that_ended_is_scored_and_only_then_is_it_quiet(store: SqlStore, heard: Heard) -> None:
    shop = shop_of(store)
    sweep(shop)
    heard.taken()
    pull_next(shop, MOODLE)
    assert heard.taken() == [("score", COURSE), ("pull", MOODLE)]
    sweep(shop)
    assert ("score", COURSE) in heard.taken()
    pull_all(shop, heard)
    sweep(shop)
    assert heard.taken() == []


def test_a_card_whose_time_has_come_is_scored_again(store: SqlStore, heard: Heard) -> None:
    inside = given.START + 5 * DAY
    clock = StandingClock(inside)
    shop = shop_of(store, clock=clock)
    sweep(shop)
    pull_all(shop, heard)
    clock.at = given.END + 31 * DAY  # all windows are over, and nothing is synced by itself any more
    sweep(shop)
    assert heard.taken() == [("score", COURSE)]


def test_a_sync_is_scored_though_the_last_scoring_was_by_a_clock_that_was_ahead(
    store: SqlStore, heard: Heard
) -> None:
    shop = shop_of(store)
    sweep(shop)
    pull_all(shop, heard)
    with store.writing() as transaction:
        transaction.keep_heartbeat(scored(COURSE), at=NOW + 365 * DAY)
    sweep(shop)
    assert heard.taken() == [("score", COURSE)]


def test_a_sync_of_a_clock_that_was_ahead_is_scored_every_now_and_then(store: SqlStore, heard: Heard) -> None:
    """Nobody knows whether it was scored; a later sync takes its place in the end."""
    clock = StandingClock(NOW + 365 * DAY)
    shop = shop_of(store, clock=clock)
    ask(store, MOODLE)
    pull_all(shop, heard)
    clock.at = given.END + 31 * DAY
    assess(rules(), store, clock=clock)
    for age, calls in ((MINUTE, []), (5 * MINUTE, [("score", COURSE)])):
        with store.writing() as transaction:
            transaction.keep_heartbeat(scored(COURSE), at=clock.at - age)
        sweep(shop)
        assert heard.taken() == calls


def test_cards_of_a_clock_that_was_ahead_are_scored_again(store: SqlStore, heard: Heard) -> None:
    clock = StandingClock(given.END + 31 * DAY)
    shop = shop_of(store, clock=clock)
    ask(store, MOODLE)
    pull_all(shop, heard)
    clock.at += 365 * DAY
    assess(rules(), store, clock=clock, everyone=True)
    clock.at -= 364 * DAY
    sweep(shop)
    assert heard.taken() == [("score", COURSE)]


def test_what_failed_is_woken_when_its_time_has_come(store: SqlStore, heard: Heard) -> None:
    clock = StandingClock()
    shop = shop_of(store, clock=clock)
    sweep(shop)
    with store.writing() as transaction:
        trouble = failed(transaction, platform_itself(MOODLE), None, "HTTP 503", now=NOW, jitter=0.0)
    heard.taken()
    sweep(shop)
    assert heard.taken() == [("pull", LRS)]
    clock.at = trouble.try_at
    sweep(shop)
    assert ("pull", MOODLE) in heard.taken()


def test_doubts_that_could_not_be_looked_for_are_looked_for_when_their_time_has_come(
    store: SqlStore, heard: Heard
) -> None:
    clock = StandingClock()
    shop = shop_of(store, clock=clock)
    sweep(shop)
    pull_all(shop, heard)
    with store.writing() as transaction:
        trouble = failed(transaction, LOOKING, COURSE, "No.", now=NOW, jitter=0.0)
    sweep(shop)
    assert heard.taken() == []
    clock.at = trouble.try_at
    sweep(shop)
    assert heard.taken() == [("score", COURSE)]


def test_what_a_course_has_no_more_is_neither_asked_for_nor_a_trouble(store: SqlStore, heard: Heard) -> None:
    shop = shop_of(store)
    with store.writing() as transaction:
        transaction.ask_for_sync(SyncRequest(course=COURSE, source="old", asked_at=NOW))
        failed(transaction, platform_itself("old"), COURSE, "HTTP 404", now=NOW, jitter=0.0)
    sweep(shop)
    assert "old" not in {one.source for one in asked(store)}
    with store.reading() as transaction:
        assert transaction.troubles() == []


def test_what_waits_for_a_course_that_is_read_no_more_by_itself_waits_not_for_ever(
    store: SqlStore, heard: Heard
) -> None:
    clock = StandingClock()
    shop = shop_of(store, clock=clock)
    sweep(shop)
    ask(store, LRS)
    clock.at = given.END + 31 * DAY
    sweep(shop)
    assert [(one.source, one.urgent) for one in asked(store)] == [(LRS, True)]


def test_a_platform_that_no_course_is_read_from_any_more_fails_nobody(store: SqlStore, heard: Heard) -> None:
    with store.writing() as transaction:
        for platform in ("old", MOODLE):
            failed(transaction, platform_itself(platform), None, "HTTP 503", now=NOW, jitter=0.0)
    sweep(shop_of(store))
    assert failing(store) == [platform_itself(MOODLE)]


def test_a_course_that_sends_no_grades_any_more_fails_in_sending_none(store: SqlStore, heard: Heard) -> None:
    def look_around(passback: Passback | None) -> list[Concern]:
        with store.writing() as transaction:
            transaction.keep_passback(COURSE, passback)
        sweep(shop_of(store))
        return failing(store)

    with store.writing() as transaction:
        failed(transaction, SENDING, COURSE, "HTTP 403", now=NOW, jitter=0.0)
    assert look_around(Passback.SCORE) == [SENDING]
    assert look_around(None) == []


def test_where_nobody_wants_to_be_told_any_more_telling_does_not_fail(store: SqlStore, heard: Heard) -> None:
    with store.writing() as transaction:
        failed(transaction, TELLING, None, "the line is broken", now=NOW, jitter=0.0)
    sweep(shop_of(store, tell=Told()))
    assert failing(store) == [TELLING]
    sweep(shop_of(store))
    assert failing(store) == []


def test_a_platform_fails_on_as_long_as_a_course_that_cannot_be_read_may_be_read_from_it(
    store: SqlStore, heard: Heard
) -> None:
    class Broken(ScriptedSources):
        def order(self, course: str) -> SourceOrder:
            raise CourseFileMistakes(course, (Mistake(place="format", text="must be 1"),))

    with store.writing() as transaction:
        failed(transaction, platform_itself(MOODLE), None, "HTTP 503", now=NOW, jitter=0.0)
    sweep(shop_of(store, sources=Broken()))
    assert failing(store) == [platform_itself(MOODLE), READING]


def test_a_course_that_cannot_be_read_is_a_trouble_and_stops_no_other(store: SqlStore, heard: Heard) -> None:
    @dataclass
    class Broken(ScriptedSources):
        def order(self, course: str) -> SourceOrder:
            if course == "broken":
                raise CourseFileMistakes("broken", (Mistake(place="format", text="must be 1"),))
            return super().order(course)

    made = {(course, MOODLE): ScriptedSource() for course in ("broken", COURSE)}
    courses = {"broken": rules(course="broken"), COURSE: rules()}
    sources = Broken({**made})
    shop = shop_of(store, sources=sources, courses=courses)
    sweep(shop)
    sweep(shop)
    assert {one.course for one in asked(store)} == {COURSE}
    with store.reading() as transaction:
        (trouble,) = transaction.troubles()
    assert (trouble.concern, trouble.course, trouble.failures) == (READING, "broken", 1)
    sweep(replace(shop, sources=ScriptedSources({**made})))
    with store.reading() as transaction:
        assert transaction.troubles() == []


def test_a_course_that_is_synced_by_hand_is_asked_for_by_nobody(store: SqlStore, heard: Heard) -> None:
    shop = shop_of(store, courses={COURSE: rules(schedule=Schedule(by_itself=False))})
    sweep(shop)
    assert (asked(store), heard.taken()) == ([], [])


@pytest.mark.parametrize(
    "obstacle",
    [
        {"failure": PlatformUnreachable("moodle", "posts", "no answer")},
        {"failure": PlatformRefused("moodle", "posts", "the token has expired")},
        {"batches": [Batch(cut_short=True)]},
    ],
    ids=["no answer", "refused", "cut short"],
)
def test_a_schedule_that_ends_with_the_window_holds_no_fail_back_for_ever(
    store: SqlStore, heard: Heard, obstacle: dict[str, Any]
) -> None:
    """The last sync before the end tells nothing of it; one more comes, until one tells all."""
    ending = rules(schedule=Schedule(trail_days=0), sources=frozenset({MOODLE}))
    clock, moodle = StandingClock(given.END - MINUTE), ScriptedSource(EVERYBODY)
    sources = ScriptedSources({(COURSE, MOODLE): moodle})
    shop = shop_of(store, courses={COURSE: ending}, clock=clock, sources=sources)

    def goes_on(at: int) -> set[Hold | None]:
        clock.at = at
        sweep(shop)
        pull_next(shop, MOODLE)
        assess(ending, store, clock=clock)
        with store.reading() as transaction:
            return {one.held for one in transaction.outgoing(COURSE)}

    def coming() -> Coming:
        with store.reading() as transaction:
            return next_sync_told(transaction, ending, now=clock.at).coming

    goes_on(clock.at)
    switch_passback(COURSE, Passback.VERDICT, store, clock=clock, reading=ending.window_reading)
    assert goes_on(given.END + MINUTE) == {Hold.UNREAD}
    sources.made[COURSE, MOODLE] = replace(moodle, **obstacle)
    assert goes_on(given.END + HOUR) == {Hold.UNREAD}
    assert coming() in (Coming.AT, Coming.NOW), "by itself"
    sources.made[COURSE, MOODLE] = moodle
    assert goes_on(given.END + 2 * DAY) == {None}
    assert coming() is Coming.BY_HAND
    goes_on(given.END + 3 * DAY)
    with store.reading() as transaction:
        assert len(transaction.runs(COURSE)) == 3, "and none more"


def test_who_looks_around_is_seen_to_do_so_once_a_minute(store: SqlStore, heard: Heard) -> None:
    clock = StandingClock()
    shop = shop_of(store, clock=clock)
    seen = []
    for at in (NOW, NOW + MINUTE - 1, NOW + MINUTE, NOW - DAY):
        clock.at = at
        sweep(shop)
        with store.reading() as transaction:
            seen.append(transaction.heartbeat(SCHEDULER))
    assert seen == [NOW, NOW, NOW + MINUTE, NOW - DAY]


def test_news_wakes_who_tells_them_where_somebody_wants_to_know(store: SqlStore, heard: Heard) -> None:
    trouble = Trouble(
        concern=platform_itself(MOODLE),
        course=None,
        since=NOW,
        failures=1,
        try_at=NOW + DAY,
        reason="HTTP 503",
    )

    def calls(kept: Trouble, **changes: Any) -> bool:
        with store.writing() as transaction:
            transaction.keep_trouble(kept)
        sweep(shop_of(store, **changes))
        return ("tell",) in heard.taken()

    assert not calls(trouble)
    assert calls(trouble, tell=Told())
    assert not calls(replace(trouble, told_at=NOW), tell=Told())
    assert calls(replace(trouble, told_at=NOW, over_at=NOW), tell=Told())


# -- grades -----------------------------------------------------------------------------------------


REGISTRATION = Registration(
    issuer="https://moodle.example.edu",
    client_id="client",
    auth_url="https://moodle.example.edu/auth",
    token_url="https://moodle.example.edu/token",
    jwks_url="https://moodle.example.edu/certs",
    standing=Approval.ACTIVE,
    platform=MOODLE,
    deployments={"1": Approval.ACTIVE},
)
PLACE = PlatformCourse(
    registration=1,
    context="2",
    title="A course",
    course=COURSE,
    deployment="1",
    line_items="https://moodle.example.edu/lineitems",
    scopes=frozenset(),
    history=(),
    seen_at=NOW,
)
GRADE = OutgoingGrade(course=COURSE, person="moodle-3", given=Fraction(80), comment="", at=NOW // SECOND)


def with_grades(store: SqlStore, *grades: OutgoingGrade, read_at: int | None = NOW) -> None:
    with store.writing() as transaction:
        transaction.keep_registration(REGISTRATION, at=NOW)
        transaction.keep_platform_course(PLACE)
        transaction.keep_passback(COURSE, Passback.SCORE)
        for grade in grades:
            transaction.keep_outgoing(grade)
        if read_at is not None:
            transaction.keep_heartbeat(compared(COURSE), at=read_at)


@pytest.mark.parametrize(
    ("grade", "read_at", "sends"),
    [
        (GRADE, NOW, True),
        (replace(GRADE, held=Hold.TO_CHECK), NOW, False),
        (replace(GRADE, try_at=NOW + MINUTE), NOW, False),
        (replace(GRADE, state=SendState.SENT), NOW, False),
        (replace(GRADE, state=SendState.SENT), NOW - DAY, True),
        (replace(GRADE, state=SendState.SENT), NOW + DAY, True),
        (replace(GRADE, state=SendState.SENT), None, True),
        (replace(GRADE, person="lrs-person"), NOW, False),
        (replace(GRADE, course="another"), NOW, False),
    ],
)
def test_grades_are_sent_that_wait_for_somebody_whom_the_platform_knows(
    store: SqlStore, heard: Heard, grade: OutgoingGrade, read_at: int | None, sends: bool
) -> None:
    """And once a day the gradebook is read, whether or not any wait."""
    with_grades(store, grade, read_at=read_at)
    sweep(shop_of(store))
    assert (("send", COURSE) in heard.taken()) is sends


def test_a_course_without_any_grade_reads_no_gradebook(store: SqlStore, heard: Heard) -> None:
    with_grades(store, read_at=None)
    sweep(shop_of(store))
    assert ("send", COURSE) not in heard.taken()
