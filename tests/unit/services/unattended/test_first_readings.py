"""Reading a course for the first time: it is asked for like any sync, and the tables tell how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest

from lms_scoring.domain.errors import PlatformBusy, PlatformRefused
from lms_scoring.domain.instants import DAY, HOUR, MINUTE
from lms_scoring.ports import Batch, Call, RunState, SoFar, SyncRequest
from lms_scoring.services.following_up.troubles import FIRST_PAUSE, failed, platform_itself
from lms_scoring.services.setting_up.new_course import Choice
from lms_scoring.services.setting_up.set_up import SetUp
from lms_scoring.services.setting_up.source_states import SourceProgress, SourceState
from lms_scoring.services.unattended.calls import PULL, SCORE
from lms_scoring.services.unattended.first_reading import PATIENCE
from lms_scoring.services.unattended.pulling import pull_next
from lms_scoring.services.unattended.sweep import sweep
from tests import given
from tests.contract.story import REGISTRATION
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.claimed import NEW, Supplying, batches, offer, place, visitor
from tests.fixtures.courses.scripted import COURSE, LRS, MOODLE, ScriptedSource, StandingClock, rules
from tests.fixtures.workshop import Heard, ScriptedSources, workshop

NOW = given.AFTER
CHOICE = Choice(scheme=offer(), title="新课程")
BUSY = PlatformBusy(MOODLE, "core_course_get_contents", "HTTP 503")
REFUSED = PlatformRefused(MOODLE, "core_course_get_contents", "the token is not known; make a new one")


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Watched(ScriptedSource):
    """Somebody looks after each of its batches."""

    look: Callable[[], None] = lambda: None
    kill: bool = False

    def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
        for batch in super().pull(cursor, full=full):
            yield batch
            self.look()
            if self.kill:
                raise Killed


@dataclass
class House:
    """A store with a course that nobody set up, whoever reads it, and processes that serve pages."""

    store: MemoryStore = field(default_factory=MemoryStore)
    clock: StandingClock = field(default_factory=StandingClock)
    supplying: Supplying = field(default_factory=Supplying)
    heard: Heard = field(default_factory=Heard)

    def __post_init__(self) -> None:
        self.store.bell = self.heard
        with self.store.writing() as transaction:
            transaction.keep_registration(replace(REGISTRATION, platform=MOODLE), at=1)
            transaction.keep_platform_course(place())

    def process(self) -> SetUp:
        """One that serves pages."""
        return self.supplying.set_up(self.store, self.clock, at_once=False)

    def ask(self) -> None:
        self.process().read(visitor(), CHOICE)

    def look_around(self) -> None:
        """Does what whoever runs the jobs does, in a new process."""
        shop = self.supplying.shop(self.store, self.clock)
        sweep(shop)
        for job, *arguments in self.heard.taken():
            assert job == PULL
            pull_next(shop, *arguments)

    def state(self) -> SourceState:
        (found,) = self.process().listed(visitor(), CHOICE).sources
        return found

    def asked(self) -> list[SyncRequest]:
        with self.store.reading() as transaction:
            return list(transaction.sync_requests())

    def failing(self) -> list[tuple[str, str | None]]:
        with self.store.reading() as transaction:
            return [(one.concern.name, one.course) for one in transaction.troubles()]


@pytest.fixture
def house() -> House:
    return House()


def test_every_process_that_serves_pages_tells_the_same_of_how_far_it_is(house: House) -> None:
    seen: list[list[tuple[SourceProgress, SoFar | None]]] = []
    one, other = house.process(), house.process()

    def look() -> None:
        listed = [process.listed(visitor(), CHOICE).sources for process in (one, other)]
        seen.append([(state.state, state.so_far) for (state,) in listed])

    pieces = [Batch(done=7, expected=9), *batches(), Batch(done=9)]
    house.supplying.moodle = Watched(pieces, look=look)
    one.read(visitor(), CHOICE)
    assert (house.state().state, other.listed(visitor(), CHOICE).is_under_way) == (SourceProgress.ASKED, True)
    house.look_around()
    assert seen[0] == [(SourceProgress.RUNNING, SoFar(done=7, expected=9))] * 2
    assert seen[-1] == [(SourceProgress.RUNNING, SoFar(done=9))] * 2
    assert all(mine == theirs for mine, theirs in seen)
    assert [process.listed(visitor(), CHOICE).is_read for process in (one, other)] == [True, True]
    assert house.asked() == []


def test_what_a_killed_reader_left_is_read_by_another(house: House) -> None:
    house.supplying.moodle = Watched([Batch(done=1, expected=5), *batches()], kill=True)
    house.ask()
    with pytest.raises(Killed):
        house.look_around()
    assert house.state().state is SourceProgress.RUNNING
    house.supplying.moodle = ScriptedSource(batches())
    house.look_around()
    assert (house.state().state, house.asked()) == (SourceProgress.DONE, [])
    with house.store.reading() as transaction:
        assert [run.state for run in transaction.runs(NEW)] == [RunState.DONE, RunState.INTERRUPTED]


def test_who_asks_for_what_is_asked_for_already_has_it_read_once(house: House) -> None:
    house.ask()
    house.ask()
    house.look_around()
    house.look_around()
    assert len(house.supplying.moodle.asked) == 1
    house.ask()
    house.look_around()
    assert len(house.supplying.moodle.asked) == 2


def test_who_asks_while_it_is_read_has_it_read_no_second_time(house: House) -> None:
    house.supplying.moodle = source = Watched(batches(), look=house.ask)
    house.ask()
    house.look_around()
    assert (len(source.asked), house.asked()) == (1, [])


def test_what_may_pass_is_tried_again_by_itself_and_its_time_is_told(house: House) -> None:
    house.supplying.moodle.failure = BUSY
    house.ask()
    house.look_around()
    state = house.state()
    assert (state.state, state.reason) == (SourceProgress.FAILED, str(BUSY))
    assert state.try_at is not None
    assert NOW < state.try_at <= NOW + FIRST_PAUSE
    house.clock.at = state.try_at - 1
    house.look_around()
    assert (len(house.supplying.moodle.asked), house.state().state) == (1, SourceProgress.FAILED)
    house.clock.at = state.try_at
    house.supplying.moodle.failure = None
    assert house.state().state is SourceProgress.ASKED
    house.look_around()
    assert (house.state().state, house.failing()) == (SourceProgress.DONE, [])


def test_who_asks_again_does_not_wait_for_that(house: House) -> None:
    house.supplying.moodle.failure = BUSY
    house.ask()
    house.look_around()
    house.supplying.moodle.failure = None
    house.ask()
    assert (house.state().state, house.state().try_at) == (SourceProgress.ASKED, None)
    house.look_around()
    assert house.state().state is SourceProgress.DONE


def test_what_a_person_must_mend_waits_until_somebody_asks_again(house: House) -> None:
    house.supplying.moodle.failure = REFUSED
    house.ask()
    house.look_around()
    state = house.state()
    assert (state.state, state.reason, state.try_at) == (SourceProgress.FAILED, str(REFUSED), None)
    house.clock.at = NOW + DAY
    house.look_around()
    assert (len(house.supplying.moodle.asked), house.asked()) == (1, [])
    house.supplying.moodle.failure = None
    house.ask()
    house.look_around()
    assert (house.state().state, house.failing()) == (SourceProgress.DONE, [])


def test_a_platform_that_the_settings_do_not_have_is_told(house: House) -> None:
    house.supplying.moodle.name = "another"
    house.ask()
    with pytest.raises(Exception, match="no platform 'moodle'"):
        house.look_around()
    state = house.state()
    assert (state.state, state.reason) == (SourceProgress.FAILED, "no platform 'moodle' in the settings")
    assert house.asked() == []


def test_a_fault_of_the_program_is_told_and_tried_again(house: House) -> None:
    house.supplying.moodle.failure = ZeroDivisionError()
    house.ask()
    with pytest.raises(ZeroDivisionError):
        house.look_around()
    state = house.state()
    assert state.state is SourceProgress.FAILED
    assert "a fault of this program" in str(state.reason)
    house.supplying.moodle.failure = None
    house.clock.at = NOW + HOUR
    house.look_around()
    assert house.state().state is SourceProgress.DONE


def test_a_course_that_nobody_set_up_is_not_scored(house: House) -> None:
    house.ask()
    house.look_around()
    assert SCORE not in [call.job for call in house.heard.calls]


def test_once_it_is_set_up_what_is_asked_for_is_that_courses(house: House) -> None:
    house.ask()
    with house.store.writing() as transaction:
        transaction.keep_platform_course(place(course=NEW))
    source = ScriptedSource(batches())
    house.supplying.moodle = source
    shop = workshop(
        house.store, ScriptedSources({(NEW, MOODLE): source}), {NEW: rules(course=NEW)}, clock=house.clock
    )
    assert pull_next(shop, MOODLE) is not None
    assert (len(source.asked), house.asked()) == (1, [])
    assert Call(job=SCORE, arguments={"course": NEW}) in house.heard.calls


def test_after_a_week_nobody_reads_what_nobody_goes_on_with(house: House) -> None:
    house.supplying.moodle.failure = BUSY
    house.ask()
    house.look_around()
    house.clock.at = NOW + PATIENCE
    house.look_around()
    assert (len(house.supplying.moodle.asked), len(house.asked())) == (2, 1)
    house.clock.at = NOW + PATIENCE + 1
    house.look_around()
    assert (house.asked(), house.state().state) == ([], SourceProgress.FAILED)


def test_what_was_left_in_the_midst_and_nobody_goes_on_with_is_not_read(house: House) -> None:
    house.supplying.moodle = Watched(batches(), kill=True)
    house.ask()
    with pytest.raises(Killed):
        house.look_around()
    house.clock.at = NOW + PATIENCE + 1
    house.look_around()
    assert (house.asked(), len(house.supplying.moodle.asked)) == ([], 1)
    assert (house.state().state, house.state().is_under_way) == (SourceProgress.UNREAD, False)


def test_after_a_week_it_is_no_trouble_any_more(house: House) -> None:
    house.supplying.moodle.failure = REFUSED
    house.ask()
    house.look_around()
    assert house.failing() == [(MOODLE, NEW)]
    house.clock.at = NOW + PATIENCE
    house.look_around()
    assert house.failing() == [(MOODLE, NEW)]
    house.clock.at = NOW + PATIENCE + FIRST_PAUSE
    house.look_around()
    assert house.failing() == []


def test_what_fails_of_a_course_that_is_set_up_stays_one(house: House) -> None:
    shop = workshop(house.store, clock=house.clock)
    with house.store.writing() as transaction:
        failed(transaction, platform_itself(MOODLE), COURSE, "it is gone", now=NOW, jitter=0)
    house.clock.at = NOW + 2 * PATIENCE
    sweep(shop)
    assert house.failing() == [(MOODLE, COURSE)]


def test_what_failed_and_is_over_is_no_reason(house: House) -> None:
    house.supplying.moodle.failure = REFUSED
    house.ask()
    house.look_around()
    with house.store.writing() as transaction:
        (trouble,) = transaction.troubles()
        transaction.keep_trouble(replace(trouble, told_at=NOW, reason="told"))
    house.supplying.moodle.failure = None
    house.ask()
    house.look_around()
    assert (house.failing(), house.state().state) == ([(MOODLE, NEW)], SourceProgress.DONE)


@pytest.mark.parametrize(("course", "source"), [("lti1-43", MOODLE), ("lti2-42", MOODLE), (NEW, "lti-1")])
def test_what_no_platform_has_is_not_read(house: House, course: str, source: str) -> None:
    with house.store.writing() as transaction:
        transaction.ask_for_sync(SyncRequest(course=course, source=source, asked_at=NOW, urgent=True))
    house.look_around()
    assert (house.asked(), house.supplying.made) == ([], [])


def test_a_record_store_is_read_beside_the_moodle(house: House) -> None:
    process = house.process()
    process.read(visitor(), replace(CHOICE, record_store=LRS))
    house.look_around()
    assert [(one.name, one.kind, one.course) for one in house.supplying.made] == [
        (MOODLE, "moodle", "42"),
        (LRS, "xapi", None),
    ]


def test_it_is_told_where_nobody_reads(house: House) -> None:
    house.ask()
    assert not house.process().listed(visitor(), CHOICE).somebody_reads
    house.look_around()
    assert house.process().listed(visitor(), CHOICE).somebody_reads
    house.clock.at += 5 * MINUTE
    assert not house.process().listed(visitor(), CHOICE).somebody_reads
