"""Publishing after a clock was wrong: no time falls, and none lies ahead."""

from __future__ import annotations

import pytest

from lms_scoring.domain.gradebook import Unsent
from lms_scoring.domain.instants import DAY, HOUR, MINUTE, SECOND
from lms_scoring.services.gradebook.publish import Published
from tests.fixtures.courses.publishing import NOW, School


@pytest.fixture
def school() -> School:
    return School()


def test_after_the_clock_was_set_back_no_time_falls_or_lies_ahead(school: School) -> None:
    school.scores(u1=10)
    school.publish()
    school.clock.at -= HOUR
    ahead = []
    for points in range(20, 90, 10):
        school.scores(u1=points)
        school.publish()
        ahead += [grade.at for grade in school.book.told if grade.at > NOW // SECOND]
        school.clock.at += 10 * MINUTE
        ahead += [at for at in school.times()[1:] if at * SECOND > school.clock.at]
    assert ahead == []
    for _ in range(3):
        school.publish(after=HOUR)
    assert school.times() == sorted(set(school.times()))
    assert school.book.score_of("1") == 80


def test_a_grade_waits_for_its_time_and_says_why(school: School) -> None:
    school.scores(u1=10)
    school.publish()
    school.clock.at -= HOUR
    school.scores(u1=20)
    assert school.publish() == Published(waiting=1)
    assert school.row().reason == Unsent.SET_BACK
    assert school.publish(after=HOUR) == Published()
    assert school.publish(after=SECOND) == Published(sent=1)


def test_a_grade_that_waits_for_the_next_second_says_nothing_of_a_clock(school: School) -> None:
    """No platform takes two of the same."""
    school.scores(u1=10)
    school.publish()
    school.scores(u1=20)
    school.scores(u1=30)
    assert school.publish() == Published(waiting=1)
    assert school.row().reason is None
    assert school.publish(after=2 * SECOND) == Published(sent=1)
    assert school.times() == [NOW // SECOND, NOW // SECOND + 2]


def test_a_grade_that_never_went_out_does_not_wait_for_a_wrong_clock(school: School) -> None:
    """Scored while the clock was a year ahead."""
    school.clock.at += 365 * 24 * HOUR
    school.scores(u1=10)
    school.clock.at = NOW
    assert school.publish() == Published(sent=1)
    assert school.times() == [NOW // SECOND]


def test_a_grade_that_follows_one_of_a_clock_years_ahead_waits_for_nothing(school: School) -> None:
    """The platform keeps that time, and takes none but a later one."""
    school.clock.at += 365 * DAY
    school.scores(u1=10)
    school.publish()
    school.clock.at = NOW
    school.scores(u1=20)
    assert school.publish() == Published(sent=1)
    assert school.times() == [(NOW + 365 * DAY) // SECOND, (NOW + 365 * DAY) // SECOND + 1]
    assert school.book.score_of("1") == 20


def test_what_failed_while_the_clock_was_years_ahead_is_tried_at_once(school: School) -> None:
    school.scores(u1=10)
    school.publish()
    school.clock.at += 365 * DAY
    school.scores(u2=20)
    school.book.down = True
    school.publish()
    school.book.down = False
    school.clock.at = NOW
    school.book.write("1", 55, NOW)
    assert school.publish() == Published(sent=1, overridden=1)
