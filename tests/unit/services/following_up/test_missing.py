"""What is missing though a sync goes well: a trouble while it lasts, told once, that delays nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from lms_scoring.domain.errors import PlatformBusy
from lms_scoring.domain.instants import DAY, HOUR
from lms_scoring.domain.schedule import Schedule
from lms_scoring.ports import Activity, Batch, NoticeKind, Problem, ProblemKind, SyncRequest, Trouble
from lms_scoring.services.following_up.troubles import bindings_of, losses_of, platform_itself, try_again
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.unattended.pulling import pull_next
from lms_scoring.services.unattended.sweep import sweep
from lms_scoring.services.unattended.telling import tell_news
from lms_scoring.services.unattended.work_state import WorkState, work_state
from lms_scoring.services.unattended.workshop import Workshop
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.scripted import (
    CATALOGUE,
    COURSE,
    HOMEWORK,
    LRS,
    MOODLE,
    POSTS,
    ScriptedSource,
    StandingClock,
    bindings,
    members,
    new_store,
    roster,
    rules,
    told,
)
from tests.fixtures.courses.syncing import Watch, sync
from tests.fixtures.workshop import ScriptedSources, Told, workshop

NOW = given.AFTER
EVERYBODY = (roster("li", "zhao", "wang", "chen"), told(*members(), *given.topics(12), cursor="c"))
HIDDEN = Problem(
    kind=ProblemKind.LOST,
    code="topics_missing",
    text="The topics are hidden. Give mod/forum:view.",
    subject="17",
)
MISTYPED = rules(bindings=bindings(homework=("homework l",)))
BUSY = PlatformBusy(MOODLE, "core_course_get_contents", "HTTP 503")


@dataclass
class Course:
    """One course, read whenever a test says so by whoever runs the jobs."""

    store: SqlStore
    source: ScriptedSource
    clock: StandingClock
    told: Told
    rules: CourseRules

    def read(self, *batches: Batch, full: bool = False, failure: BaseException | None = None) -> None:
        """An hour later than before."""
        self.clock.at += HOUR
        self.source.batches, self.source.failure = batches, failure
        with self.store.writing() as transaction:
            transaction.ask_for_sync(
                SyncRequest(
                    course=COURSE, source=self.source.name, asked_at=self.clock.at, urgent=True, full=full
                )
            )
        assert pull_next(self.shop, self.source.name) is not None

    @property
    def shop(self) -> Workshop:
        return workshop(
            self.store,
            ScriptedSources({(COURSE, self.source.name): self.source}),
            {COURSE: self.rules},
            clock=self.clock,
            tell=self.told,
        )

    @property
    def troubles(self) -> Sequence[Trouble]:
        return self.state.troubles

    @property
    def state(self) -> WorkState:
        return work_state(self.store, clock=self.clock)


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Course]:
    store = new_store(tmp_path)
    made = Course(store, ScriptedSource(), StandingClock(NOW - HOUR), Told(), rules())
    made.read(*EVERYBODY)
    yield made
    store.close()


def test_a_sync_that_loses_nothing_is_no_trouble(course: Course) -> None:
    notice = replace(HIDDEN, kind=ProblemKind.NOTICE)
    course.read(Batch(problems=(notice,)))
    assert course.troubles == []


def test_what_is_lost_is_told_once_while_it_lasts_and_once_when_it_is_over(course: Course) -> None:
    course.read(Batch(problems=(HIDDEN, replace(HIDDEN, subject="18"))))
    since = course.clock.at
    assert course.state.failing_since() == {"losses of moodle": since}
    tell_news(course.shop)
    course.read(Batch(problems=(HIDDEN,)))
    course.read()
    tell_news(course.shop)
    (trouble,) = course.state.failing
    assert (trouble.since, trouble.failures) == (since, 2)
    course.read(*EVERYBODY, full=True)
    assert course.state.failing == []
    tell_news(course.shop)
    assert [notice.title for notice in course.told.heard] == [
        "lms-scoring: 同步有缺失 sync lost something",
        "lms-scoring: 已恢复 recovered",
    ]
    assert "losses of moodle (course)" in course.told.heard[0].text
    assert (
        "Give mod/forum:view. And 1 more: the sync page of the course lists them" in course.told.heard[0].text
    )
    assert course.troubles == []


def test_a_loss_delays_nothing(course: Course) -> None:
    course.read(Batch(problems=(HIDDEN,)))
    with course.store.writing() as transaction:
        transaction.ask_for_sync(SyncRequest(course=COURSE, source=MOODLE, asked_at=course.clock.at))
    assert pull_next(course.shop, MOODLE) is not None


def test_a_sync_that_fails_is_one_trouble_and_says_nothing_of_losses(course: Course) -> None:
    course.read(Batch(problems=(HIDDEN,)), failure=BUSY)
    assert [one.concern for one in course.troubles] == [platform_itself(MOODLE)]
    course.read()
    assert [one.concern for one in course.troubles] == [losses_of(MOODLE)]
    course.read(*EVERYBODY, full=True, failure=BUSY)
    assert [one.concern for one in course.troubles] == [losses_of(MOODLE), platform_itself(MOODLE)]


def test_what_vanished_and_is_held_is_a_loss_until_it_is_listed_again(course: Course) -> None:
    course.read(told(*members(), whole=[POSTS]))
    (trouble,) = course.state.failing
    assert trouble.reason.startswith("12 of 12 post records of activity forum are no longer listed by moodle")
    assert "loss confirm 1" in trouble.reason
    course.read(told(*members(), *given.topics(12), whole=[POSTS]))
    assert course.state.failing == []


def test_a_loss_of_one_source_is_none_of_another(course: Course) -> None:
    course.read(told(*members(), whole=[POSTS]), Batch(problems=(HIDDEN,)))
    course.source = ScriptedSource(name=LRS)
    course.read()
    assert [one.concern for one in course.troubles] == [losses_of(MOODLE)]


@pytest.mark.parametrize("missing", [Batch(problems=(HIDDEN,)), CATALOGUE], ids=["lost", "not there"])
@pytest.mark.parametrize(
    "over",
    [
        lambda course: setattr(course, "source", ScriptedSource(name="lrs")),
        lambda course: setattr(course, "rules", replace(MISTYPED, schedule=Schedule(by_itself=False))),
        lambda course: setattr(course.clock, "at", NOW + 400 * DAY),
    ],
    ids=["read from another source", "read by hand", "long over"],
)
def test_what_nobody_will_read_any_more_is_no_trouble_for_ever(
    course: Course, over: object, missing: Batch
) -> None:
    course.rules = MISTYPED
    course.read(missing)
    sweep(course.shop)
    assert course.state.failing != []
    assert callable(over)
    over(course)
    sweep(course.shop)
    assert course.state.failing == []


def test_of_a_course_that_is_read_by_hand_whoever_reads_it_is_told(course: Course) -> None:
    course.rules = rules(schedule=Schedule(by_itself=False))
    course.read(Batch(problems=(HIDDEN,)))
    assert course.troubles == []


def test_a_sync_by_hand_notes_what_it_loses_too(course: Course) -> None:
    source = ScriptedSource((Batch(problems=(HIDDEN,)),))
    sync(rules(), [source], course.store, clock=course.clock, watching=Watch())
    assert [one.concern for one in course.troubles] == [losses_of(MOODLE)]


@pytest.mark.parametrize("named", [None, MOODLE, "losses of moodle"])
def test_what_was_lost_is_tried_again_by_reading_all(course: Course, named: str | None) -> None:
    course.read(Batch(problems=(HIDDEN,)))
    with course.store.writing() as transaction:
        (tried,) = try_again(transaction, named, now=course.clock.at)
        (request,) = transaction.sync_requests()
    assert tried.concern.name == MOODLE
    assert (request.source, request.urgent, request.full) == (MOODLE, True, True)


# -- what is bound and not there -------------------------------------------------------------------------


def test_what_is_bound_and_not_there_is_told_once_while_it_lasts(course: Course) -> None:
    course.rules = MISTYPED
    course.read(CATALOGUE)
    since = course.clock.at
    assert course.state.failing_since() == {"bindings of moodle": since}
    tell_news(course.shop)
    course.read()
    tell_news(course.shop)
    (trouble,) = course.state.failing
    assert (trouble.since, trouble.failures) == (since, 1)
    course.read(Batch(activities=[Activity(id="homework l", name="Homework", kind="assign")]))
    tell_news(course.shop)
    assert [notice.kind for notice in course.told.heard] == [NoticeKind.WARNING, NoticeKind.SUCCESS]
    assert "moodle lists no activity homework l, which is bound as homework" in course.told.heard[0].text
    assert "run `lms-scoring course apply course`" in course.told.heard[0].text
    assert course.troubles == []


def test_it_is_over_as_soon_as_the_course_file_is_right(course: Course) -> None:
    course.rules = MISTYPED
    course.read(CATALOGUE)
    sweep(course.shop)
    assert [one.concern for one in course.state.failing] == [bindings_of(MOODLE)]
    course.rules = rules()
    sweep(course.shop)
    assert course.state.failing == []


def test_what_is_not_there_hides_no_loss(course: Course) -> None:
    course.rules = MISTYPED
    course.read(CATALOGUE, Batch(problems=(HIDDEN,)))
    assert [one.concern for one in course.troubles] == [bindings_of(MOODLE), losses_of(MOODLE)]
    course.rules = rules()
    course.read()
    assert [one.concern for one in course.troubles] == [losses_of(MOODLE)]


def test_what_is_hidden_and_has_evidence_is_there(course: Course) -> None:
    others = [one for one in CATALOGUE.activities if one.id != HOMEWORK]
    course.read(Batch(activities=others), told(given.homework()))
    assert course.troubles == []


def test_what_one_source_does_not_have_is_no_trouble_of_another(course: Course) -> None:
    course.rules = MISTYPED
    course.read(CATALOGUE)
    course.source = ScriptedSource(name=LRS)
    course.read()
    assert [one.concern for one in course.troubles] == [bindings_of(MOODLE)]


def test_who_reads_a_course_by_hand_is_told_what_is_not_there_by_the_command(course: Course) -> None:
    course.rules = replace(MISTYPED, schedule=Schedule(by_itself=False))
    course.read(CATALOGUE)
    assert course.troubles == []
