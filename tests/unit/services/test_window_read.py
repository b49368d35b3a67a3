"""Reading to the end: what was done as the window ended is read before anybody is told to have failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import PlatformUnreachable
from lms_scoring.domain.instants import DAY, HOUR, MINUTE
from lms_scoring.domain.outlook import Standing
from lms_scoring.domain.proceedings.dispute import Contested, raised
from lms_scoring.domain.scorecard import CardState
from lms_scoring.files.course_file import SourceKind
from lms_scoring.jobs.work import send
from lms_scoring.ports import Batch, Hold, Kept, OutgoingGrade, Passback, RunState, SendState, Store
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.deciding.close import close
from lms_scoring.services.gradebook.enqueue import PORTION, enqueue_again, enqueue_settled
from lms_scoring.services.gradebook.holds import hold_back
from lms_scoring.services.gradebook.outgoing import hold_of
from lms_scoring.services.gradebook.switch_passback import switch_passback, would_go_out
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.scoring.how_far_known import known_of
from lms_scoring.services.signing import Signature
from lms_scoring.services.window_read import WindowReading
from lms_scoring.store import SqlStore
from tests import given
from tests.contract.story import card, known
from tests.contract.test_verdicts_after_looks import Between
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    LI,
    LRS,
    MOODLE,
    PEOPLE,
    WANG,
    ZHAO,
    ScriptedSource,
    StandingClock,
    adopt_course,
    members,
    new_store,
    roster,
    rules,
    told,
)
from tests.fixtures.workshop import workshop

JUST_OVER = given.END + MINUTE
A_POINT_SHORT: list[ev.Record] = [
    given.reported("r1", minutes=375),
    given.reported("r2", given.START + DAY, minutes=375),
    given.homework(grade=ev.Grade.EXCELLENT),
    *given.topics(19),
]
"""Of Li, on the last day."""
THE_LAST_POINT = given.topic("in the last minute", at=given.END - MINUTE)


class Course:
    """A course that sends verdicts, last synced an hour before its window ends."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = StandingClock(given.END - HOUR)
        adopt_course(store)
        self.sync(*members(), *A_POINT_SHORT, whole=True)
        self.assess()
        self.switch()
        self.clock.at = JUST_OVER

    def sync(
        self,
        *records: Any,
        people: Sequence[str] = (LI, ZHAO, WANG, CHEN),
        whole: bool = False,
        failure: BaseException | None = None,
    ) -> None:
        batch = told(*records, whole=[PEOPLE] if whole else [])
        source = ScriptedSource([roster(*people), batch], failure)
        collect(COURSE, source, self.store, clock=self.clock)

    def assess(self) -> None:
        assess(rules(), self.store, clock=self.clock)

    def settle(self, store: Store | None = None) -> None:
        enqueue_settled(COURSE, store or self.store, clock=self.clock, reading=rules().window_reading)

    def switch(self, passback: Passback = Passback.VERDICT) -> None:
        switch_passback(COURSE, passback, self.store, clock=self.clock, reading=rules().window_reading)

    def told(self, person: str) -> tuple[CardState, Hold | None]:
        """What the card says, and what would hold a verdict back that is asked for now; pages, which ask the
        same, say so."""
        with self.store.writing() as transaction:
            enqueue_again(transaction, COURSE, person, now=self.clock.at, reading=rules().window_reading)
            known = known_of(transaction, rules())
            (state,) = (row.card.state for row in transaction.board(COURSE) if row.card.person == person)
        hold = self.held()[person]
        assert known.is_read_of(person) is (hold is not Hold.UNREAD)
        return state, hold

    def grades(self) -> dict[str, OutgoingGrade]:
        with self.store.reading() as transaction:
            return {one.person: one for one in transaction.outgoing(COURSE)}

    def held(self) -> dict[str, Hold | None]:
        return {person: one.held for person, one in self.grades().items()}

    def words(self) -> dict[str, str]:
        """Of each grade the result, in English."""
        return {person: one.comment.split(" · ")[1] for person, one in self.grades().items()}

    def going_out(self) -> dict[str, int]:
        return {person: int(one.given) for person, one in self.grades().items() if one.held is None}


@pytest.fixture(params=["memory", "sqlite"])
def course(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Course]:
    store: MemoryStore | SqlStore = MemoryStore() if request.param == "memory" else new_store(tmp_path)
    yield Course(store)
    if isinstance(store, SqlStore):
        store.close()


def test_who_passes_by_what_was_done_in_the_last_minute_is_never_told_to_have_failed(course: Course) -> None:
    course.assess()
    assert course.held() == dict.fromkeys((LI, ZHAO, CHEN), Hold.UNREAD)
    course.clock.at += HOUR
    course.sync(THE_LAST_POINT)
    course.assess()
    assert course.going_out() == {LI: 100, ZHAO: 0, CHEN: 0}


def test_a_reading_that_began_before_the_window_was_over_or_failed_tells_of_no_end(course: Course) -> None:
    course.clock.at = given.END - 1
    course.sync()
    course.clock.at = JUST_OVER
    course.sync(failure=PlatformUnreachable("moodle", "posts", "no answer"))
    course.assess()
    assert course.going_out() == {}


def test_a_reading_that_its_source_cut_short_tells_of_no_end(course: Course) -> None:
    source = ScriptedSource([roster(LI, ZHAO, WANG, CHEN), Batch(cut_short=True)])
    collect(COURSE, source, course.store, clock=course.clock)
    course.assess()
    assert course.going_out() == {}
    course.sync()
    course.assess()
    assert course.going_out() == {LI: 0, ZHAO: 0, CHEN: 0}


def test_who_failed_is_told_once_all_was_read_though_nothing_was_new(course: Course) -> None:
    course.assess()
    course.sync()
    course.assess()
    assert course.going_out() == {LI: 0, ZHAO: 0, CHEN: 0}


def test_who_passed_need_not_wait(course: Course) -> None:
    course.clock.at = given.END - HOUR
    course.sync(given.journal())
    course.clock.at = JUST_OVER
    course.assess()
    assert course.going_out() == {LI: 100}


def test_in_a_closed_programme_nobody_waits_any_more(course: Course) -> None:
    course.assess()
    close(rules(), Signature(by="operator:office", reason="done"), course.store, clock=course.clock)
    assert course.going_out() == {LI: 0, ZHAO: 0, CHEN: 0}


def test_points_wait_for_nothing_and_their_words_say_that_the_end_is_still_to_be_read(course: Course) -> None:
    course.switch(Passback.SCORE)
    points = course.going_out()
    course.assess()
    assert course.words() == dict.fromkeys((LI, ZHAO, CHEN), "still to be read")
    assert course.going_out() == points
    course.clock.at += HOUR
    course.sync(THE_LAST_POINT)
    course.assess()
    assert course.words() == {LI: "passed", ZHAO: "not passed", CHEN: "not passed"}
    assert course.going_out() == {**points, LI: points[LI] + 1}


def test_words_beside_points_say_who_failed_once_all_was_read_though_nothing_was_new(course: Course) -> None:
    course.clock.at = given.END - HOUR
    course.sync(given.journal())
    course.switch(Passback.SCORE)
    course.clock.at = JUST_OVER
    course.assess()
    assert course.words() == {LI: "passed", ZHAO: "still to be read", CHEN: "still to be read"}
    early, course.clock.at = course.grades(), JUST_OVER + HOUR
    course.sync()
    course.assess()
    assert course.words() == {LI: "passed", ZHAO: "not passed", CHEN: "not passed"}
    assert course.grades()[ZHAO].at > early[ZHAO].at
    assert course.grades()[LI] == early[LI]


def test_words_beside_points_of_a_closed_programme_say_who_failed(course: Course) -> None:
    course.switch(Passback.SCORE)
    course.assess()
    close(rules(), Signature(by="operator:office", reason="done"), course.store, clock=course.clock)
    assert course.words() == dict.fromkeys((LI, ZHAO, CHEN), "not passed")
    course.switch(Passback.SCORE)
    assert course.words() == dict.fromkeys((LI, ZHAO, CHEN), "not passed"), "switched on again"


def test_points_switched_on_meanwhile_say_it_too(course: Course) -> None:
    course.assess()
    course.switch(Passback.SCORE)
    assert course.words() == dict.fromkeys((LI, ZHAO, CHEN), "still to be read")


def test_who_failed_by_a_card_of_before_the_last_reading_waits_for_the_next_card(course: Course) -> None:
    course.assess()
    course.sync(THE_LAST_POINT)
    with course.store.writing() as transaction:
        enqueue_again(transaction, COURSE, LI, now=course.clock.at, reading=rules().window_reading)
    assert course.held()[LI] is Hold.UNREAD
    course.switch(Passback.SCORE)
    assert course.words() == {LI: "still to be read", ZHAO: "not passed", CHEN: "not passed"}
    course.switch()
    assert course.going_out() == {ZHAO: 0, CHEN: 0}
    course.assess()
    assert course.going_out() == {LI: 100, ZHAO: 0, CHEN: 0}


def test_whom_an_ordinary_sync_touches_once_all_is_counted_has_failed_in_the_gradebook_as_on_pages(
    course: Course,
) -> None:
    """Li, whose card is later than the reading; of Zhao nothing was brought, and nobody made a card since."""
    course.assess()
    course.sync(THE_LAST_POINT)
    course.clock.at += MINUTE
    with course.store.writing() as transaction:
        transaction.touch_persons(COURSE, [LI])
    assert course.told(LI) == (CardState.FAIL, Hold.UNREAD)
    course.sync(gone := replace(THE_LAST_POINT, state=ev.PostState.DELETED))
    course.assess()
    assert course.told(LI) == (CardState.FAIL, None)
    course.clock.at += DAY
    course.sync(replace(gone, state=ev.PostState.LIVE))
    with course.store.writing() as transaction:
        transaction.touch_persons(COURSE, [ZHAO])
    assert course.told(LI) == (CardState.FAIL, None)
    assert course.told(ZHAO) == (CardState.FAIL, Hold.UNREAD)
    course.assess()
    assert course.going_out() == {LI: 100, ZHAO: 0, CHEN: 0}


@pytest.mark.parametrize("passback", [Passback.VERDICT, Passback.SCORE])
def test_who_is_touched_once_all_is_counted_waits_for_the_reading_no_more(
    course: Course, passback: Passback
) -> None:
    """A source was waited for that is not read from any more."""
    course.switch(passback)
    course.clock.at += MINUTE
    course.sync()
    course.clock.at += MINUTE
    unread = replace(rules(), sources=frozenset({MOODLE, LRS}))
    assess(unread, course.store, clock=course.clock, everyone=True)
    if passback is Passback.SCORE:
        assert set(course.words().values()) == {"still to be read"}
    else:
        assert course.going_out() == {}
    with course.store.writing() as transaction:
        transaction.touch_persons(COURSE, [LI])
    course.settle()
    assert set(course.words().values()) == {"not passed"}
    assert set(course.held().values()) == {None}


def test_whose_words_are_old_and_whose_card_is_to_come_is_told_by_that_card(course: Course) -> None:
    course.switch(Passback.SCORE)
    course.assess()
    course.sync()
    with course.store.writing() as transaction:
        transaction.touch_persons(COURSE, [LI])
    course.settle()
    assert course.words() == {LI: "still to be read", ZHAO: "not passed", CHEN: "not passed"}


def test_who_is_back_after_a_refusal_waits_for_the_end_to_be_read_like_all_others(course: Course) -> None:
    course.assess()
    before = course.grades()[ZHAO]
    refused = replace(before, state=SendState.REFUSED, tried=before.given, held=Hold.WITHDRAWN)
    with course.store.writing() as transaction:
        transaction.keep_outgoing(refused)
    send(workshop(course.store, clock=course.clock), COURSE)
    assert course.grades()[ZHAO] == replace(before, tried=before.given)
    assert before.held is Hold.UNREAD


def test_verdicts_switched_on_wait_too_and_that_is_foretold(course: Course) -> None:
    course.assess()
    with course.store.writing() as transaction:
        transaction.keep_passback(COURSE, None)
        for person in (LI, ZHAO, CHEN):
            transaction.forget_outgoing(COURSE, person)
    reading = rules().window_reading
    assert would_go_out(COURSE, Passback.VERDICT, course.store, clock=course.clock, reading=reading) == 0
    course.switch()
    assert set(course.held().values()) == {Hold.UNREAD}


def test_what_is_disputed_or_doubted_meanwhile_waits_for_people(course: Course) -> None:
    course.assess()
    about = Contested(role=ev.Role.LEARNER, class_=given.CLASS, criterion="posts")
    with course.store.writing() as transaction:
        transaction.keep_dispute(COURSE, raised(about, person=LI, words="Why?", at=1, until=2))
        enqueue_again(transaction, COURSE, LI, now=course.clock.at, reading=rules().window_reading)
        hold_back(transaction, COURSE, [ZHAO])
    assert course.held() == {LI: Hold.UNREAD, ZHAO: Hold.TO_CHECK, CHEN: Hold.UNREAD}
    course.sync()
    course.assess()
    assert course.held() == {LI: Hold.DISPUTED, ZHAO: Hold.TO_CHECK, CHEN: None}


def test_of_whose_evidence_changed_meanwhile_the_new_card_decides(course: Course) -> None:
    course.assess()
    course.sync()
    with course.store.writing() as transaction:
        transaction.touch_persons(COURSE, [LI])
    before = course.grades()[LI]
    course.settle()
    assert course.grades()[LI] == before
    assert course.going_out() == {ZHAO: 0, CHEN: 0}


def test_however_many_are_told_others_write_between_ten_of_them(course: Course) -> None:
    """And of whom a new card is to be made since, is not told meanwhile."""
    many = [f"p{number:02}" for number in range(2 * PORTION + 5)]
    course.clock.at = given.END - HOUR
    course.sync(*map(given.membership, many), people=many)
    course.clock.at = JUST_OVER
    course.assess()
    course.clock.at += HOUR
    course.sync()
    told: list[int] = []

    def somebody_writes() -> None:
        told.append(len(course.going_out()))
        if len(told) == 2:
            with course.store.writing() as transaction:
                transaction.touch_persons(COURSE, [many[-1], many[0]])

    course.settle(Between(course.store, somebody_writes))
    assert told == [0, PORTION, 2 * PORTION]
    assert many[-1] not in course.going_out()
    assert len(course.going_out()) == 3 + len(many) - 1


def test_what_is_voided_meanwhile_is_looked_for_once_by_all_tens(tmp_path: Path) -> None:
    """To find whose it was, all is passed over that a record store ever told, and others wait."""
    with closing(new_store(tmp_path)) as store:
        course = Course(store)
        many = [f"p{number:02}" for number in range(2 * PORTION)]
        course.clock.at = given.END - HOUR
        course.sync(*map(given.membership, many), people=many)
        course.clock.at = JUST_OVER
        course.assess()
        course.sync()
        with store.writing() as transaction:
            run = transaction.begin_run(COURSE, LRS, at=course.clock.at)
            transaction.end_run(run, at=course.clock.at, state=RunState.DONE, kept=Kept())
            transaction.untouch(COURSE, transaction.touched(COURSE))
        voided = iter([["of one"], ["of another"], []])

        def somebody_voids() -> None:
            with store.writing() as transaction:
                transaction.keep_voided(LRS, next(voided))

        with passes(store) as told:
            course.settle(Between(store, somebody_voids))
        assert len(told) == 2
        assert course.going_out() == dict.fromkeys((LI, ZHAO, CHEN, *many), 0)


@contextmanager
def passes(store: SqlStore) -> Iterator[list[str]]:
    """Over all video events that were ever told."""
    told: list[str] = []

    def hear(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM watch_event" in statement:
            told.append(statement)

    event.listen(store.engine, "before_cursor_execute", hear)
    yield told
    event.remove(store.engine, "before_cursor_execute", hear)


@pytest.mark.parametrize(
    ("sources", "whole"),
    [
        (frozenset({MOODLE}), True),
        (frozenset({MOODLE, "lti-1"}), True),
        (frozenset({MOODLE, LRS}), False),
        (frozenset({"never read"}), False),
        (frozenset(), True),
    ],
)
def test_every_source_that_tells_what_people_did_must_have_been_read(
    sources: frozenset[str], whole: bool
) -> None:
    """The Moodle was, since the end; the record store just before, and in vain since; a roster never."""
    store = MemoryStore()
    with store.writing() as transaction:
        for source, at, state in (
            (MOODLE, given.END, RunState.DONE),
            (LRS, given.END - 1, RunState.DONE),
            (LRS, given.END, RunState.FAILED),
        ):
            run = transaction.begin_run(COURSE, source, at=at)
            transaction.end_run(run, at=at + MINUTE, state=state, kept=Kept())
        assert WindowReading(end=given.END, sources=sources).is_whole(transaction, COURSE) is whole


def test_a_file_that_says_who_learns_tells_of_no_end_and_is_not_waited_for() -> None:
    kinds = {MOODLE: SourceKind.MOODLE.value, "class-lists": SourceKind.ROSTER.value, "exports": "statements"}
    read = replace(rules(), sources=frozenset(kinds), source_kinds=kinds).window_reading
    assert read == WindowReading(end=given.END, sources=frozenset({MOODLE, "exports"}))
    added = frozenset({MOODLE, "lti-1"})
    assert replace(rules(), sources=added, source_kinds=kinds).window_reading.sources == added


def test_before_a_result_is_read_to_the_end_other_reasons_to_wait_come_first() -> None:
    failed = card(known(1), state=CardState.FAIL, criteria=())
    assert hold_of(failed, None, disputed=True, unread=True) is Hold.UNREAD
    assert hold_of(failed, None, disputed=True, unread=True, to_look_at=True) is Hold.UNREAD
    assert hold_of(failed, Standing.TO_CHECK, disputed=False, unread=True) is Hold.TO_CHECK
    pending = replace(failed, state=CardState.PENDING)
    assert hold_of(pending, None, disputed=False, unread=True) is Hold.NO_VERDICT
    closed = replace(failed, closed_at=1)
    assert hold_of(closed, None, disputed=False, unread=True, to_look_at=True) is None
