"""Sending by the jobs: a platform that fails is a trouble until it answers, however often others ask."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from lms_scoring.domain.instants import DAY, HOUR, MINUTE, SECOND
from lms_scoring.jobs.work import send, tell
from lms_scoring.ports import Hold, KeptCourse, KeptScheme, SendState, Trouble
from lms_scoring.services.following_up.heartbeats import compared
from lms_scoring.services.following_up.troubles import SENDING, try_again
from lms_scoring.services.unattended.sweep import sweep
from tests.contract.story import COURSE
from tests.fixtures.courses.publishing import School
from tests.fixtures.courses.scripted import rules
from tests.fixtures.workshop import Heard, ScriptedSources, Told, workshop

TO_SEND = ("send", COURSE)


@dataclass
class Jobs:
    """The jobs of a school of one course, and who is told of what fails."""

    school: School = field(default_factory=School)
    told: Told = field(default_factory=Told)
    heard: Heard = field(default_factory=Heard)

    def __post_init__(self) -> None:
        school = self.school
        with school.store.writing() as transaction:
            transaction.keep_scheme(KeptScheme(fingerprint="f", name="n", text=""))
            transaction.keep_course(KeptCourse(id=COURSE, title="T", scheme="f", settings=""))
        school.store.bell = self.heard
        self.shop = workshop(
            school.store,
            ScriptedSources(),
            {COURSE: replace(rules(), course=COURSE)},
            clock=school.clock,
            gradebooks=school.open,
            tell=self.told,
        )

    def send(self, *, after: int = 0) -> None:
        self.school.clock.at += after
        send(self.shop, COURSE)
        tell(self.shop)

    def wakes(self) -> bool:
        """Whether looking around sends."""
        self.heard.taken()
        sweep(self.shop)
        return TO_SEND in self.heard.taken()

    def trouble(self) -> Trouble | None:
        with self.school.store.reading() as transaction:
            found = [one for one in transaction.troubles() if one.concern == SENDING]
        return found[0] if found else None

    def compared(self) -> int | None:
        with self.school.store.reading() as transaction:
            return transaction.heartbeat(compared(COURSE))


@pytest.fixture
def jobs() -> Jobs:
    return Jobs()


def test_a_platform_that_was_not_asked_has_not_recovered(jobs: Jobs) -> None:
    """Each hour the sync of a Moodle ends, and a little later that of an LRS."""
    jobs.school.scores(u1=10, u2=20)
    jobs.school.book.down = True
    for hour in range(4):
        jobs.send(after=HOUR)
        jobs.send(after=20 * SECOND)
        trouble = jobs.trouble()
        assert trouble is not None
        assert (trouble.failures, trouble.over_at) == (hour + 1, None)
    assert len(jobs.told.heard) == 1
    assert jobs.compared() is None
    jobs.school.book.down = False
    jobs.send(after=DAY)
    assert (jobs.trouble(), len(jobs.told.heard)) == (None, 2)
    assert jobs.compared() == jobs.school.clock.at


def test_what_fails_is_tried_again_at_its_time_though_no_grade_waits(jobs: Jobs) -> None:
    jobs.school.scores(u1=10)
    jobs.send()
    jobs.school.book.down = True
    jobs.send(after=HOUR)
    assert not jobs.wakes()
    jobs.school.book.down = False
    jobs.school.clock.at += 5 * MINUTE
    assert jobs.wakes()
    jobs.send()
    assert jobs.trouble() is None


def test_nobody_looks_again_before_a_platform_may_be_asked(jobs: Jobs) -> None:
    jobs.school.scores(u1=10)
    jobs.school.book.down, jobs.school.book.wait = True, 2 * 60 * 60
    jobs.send()
    jobs.school.clock.at += 5 * MINUTE
    assert jobs.wakes()
    jobs.send()
    assert not jobs.wakes()
    jobs.school.clock.at += 2 * HOUR - 6 * MINUTE
    assert not jobs.wakes()
    jobs.school.clock.at += MINUTE
    assert jobs.wakes()


def test_where_all_grades_wait_for_their_time_nobody_reads_the_gradebook(jobs: Jobs) -> None:
    """They were put off by who sent them by hand; so nobody noted that anything fails."""
    jobs.school.scores(u1=10)
    jobs.school.book.down = True
    jobs.school.publish()
    assert not jobs.wakes()
    jobs.school.clock.at += MINUTE
    assert jobs.wakes()


@pytest.mark.parametrize("name", [None, "sending"])
def test_whoever_wants_sending_tried_again_has_all_that_waits_sent(jobs: Jobs, name: str | None) -> None:
    """But not what is held back, nor what a teacher changed."""
    school = jobs.school
    school.scores(u1=10, u2=20, u3=30, u4=40)
    school.book.down = True
    jobs.send()
    with school.store.writing() as transaction:
        transaction.keep_outgoing(replace(school.row(3), held=Hold.TO_CHECK))
        transaction.keep_outgoing(replace(school.row(4), state=SendState.OVERRIDDEN))
    for _ in range(9):
        school.clock.at = school.row().try_at
        jobs.send()
    school.book.down = False
    with school.store.writing() as transaction:
        assert [one.concern for one in try_again(transaction, name, now=school.clock.now())] == [SENDING]
    assert jobs.wakes()
    jobs.send()
    assert school.book.rows.keys() == {"1", "2"}
    assert jobs.trouble() is None


def test_whoever_wants_sending_tried_again_has_a_gradebook_read_that_asked_for_patience(jobs: Jobs) -> None:
    jobs.school.scores(u1=10)
    jobs.send()
    jobs.school.book.down, jobs.school.book.wait = True, 2 * 60 * 60
    jobs.send(after=DAY)
    jobs.school.book.down = False
    with jobs.school.store.writing() as transaction:
        try_again(transaction, "sending", now=jobs.school.clock.now())
    assert jobs.wakes()
    jobs.send()
    assert jobs.trouble() is None


def test_while_a_grade_waits_for_its_time_the_gradebook_is_read_then(jobs: Jobs) -> None:
    """Of two gradebooks one may be well, and would be read each minute."""
    jobs.school.scores(u1=10, u2=20)
    jobs.send()
    jobs.school.clock.at += DAY
    assert jobs.wakes()
    with jobs.school.store.writing() as transaction:
        later = replace(
            jobs.school.row(2), state=SendState.WAITING, try_at=jobs.school.clock.at + HOUR, tries=3
        )
        transaction.keep_outgoing(later)
    assert not jobs.wakes()
    jobs.school.clock.at += HOUR
    assert jobs.wakes()
