"""Publishing after a backup was restored, ours or the platform's: what is not known here is nobody else's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lms_scoring.domain.gradebook import Unsent
from lms_scoring.domain.instants import DAY, HOUR, SECOND
from lms_scoring.ports import OutgoingGrade, SendState
from lms_scoring.services.gradebook.publish import Published
from lms_scoring.services.gradebook.tries import LONGEST_PAUSE
from tests.contract.story import COURSE
from tests.fixtures.courses.publishing import School


@pytest.fixture
def school() -> School:
    """50 was sent, and 60 the day after."""
    school = School()
    school.scores(u1=50)
    school.publish()
    return school


def a_day_later(school: School, **points: Any) -> None:
    """It is sent, and the backup of the day before is put back."""
    backup = school.row()
    school.clock.at += DAY
    school.scores(**points)
    assert school.publish() == Published(sent=1)
    restore(school, backup)


def restore(school: School, row: OutgoingGrade) -> None:
    with school.store.writing() as transaction:
        transaction.forget_outgoing(COURSE, row.person)
        transaction.keep_outgoing(row)


def test_what_is_scored_anew_goes_out_over_what_was_sent_since_the_backup(school: School) -> None:
    a_day_later(school, u1=60)
    school.clock.at += HOUR
    school.scores(u1=70)
    assert school.publish() == Published(sent=1)
    assert school.book.score_of("1") == 70
    assert school.row().state is SendState.SENT


def test_what_was_sent_since_the_backup_is_not_sent_twice(school: School) -> None:
    a_day_later(school, u1=60)
    told = len(school.book.told)
    school.clock.at += HOUR
    school.scores(u1=60)
    assert school.publish() == Published(sent=1)
    assert len(school.book.told) == told
    assert [school.row().state, school.row().sent] == [SendState.SENT, 60]


def test_before_it_is_scored_anew_the_older_grade_does_not_take_its_place(school: School) -> None:
    a_day_later(school, u1=60)
    assert school.publish(after=HOUR) == Published(waiting=1)
    assert school.book.score_of("1") == 60
    assert school.row().reason == Unsent.LATER_OF_OURS
    for _ in range(3):
        assert school.publish(after=HOUR) == Published()
    assert school.book.score_of("1") == 60
    school.scores(u1=60)
    assert school.publish() == Published(sent=1)
    assert (school.row().state, school.row().reason) == (SendState.SENT, None)


def test_where_it_is_scored_so_again_the_older_grade_holds(school: School) -> None:
    """What was decided since the backup is lost with it."""
    a_day_later(school, u1=60)
    school.publish(after=HOUR)
    assert school.publish(after=LONGEST_PAUSE * SECOND) == Published(sent=1)
    assert school.book.score_of("1") == 50


def test_a_grade_that_still_waited_in_the_backup_does_not_go_over_a_later_one() -> None:
    school = School()
    school.scores(u1=50)
    waiting = school.row()
    school.publish()
    school.clock.at += DAY
    school.scores(u1=60)
    school.publish()
    restore(school, waiting)
    assert school.publish(after=HOUR) == Published(waiting=1)
    assert school.book.score_of("1") == 60
    school.scores(u1=70)
    assert school.publish(after=SECOND) == Published(sent=1)
    assert school.book.score_of("1") == 70


def test_a_platform_that_was_put_back_gets_the_later_grade_again(school: School) -> None:
    yesterday = dict(school.book.rows)
    school.clock.at += DAY
    school.scores(u1=60)
    school.publish()
    school.book.rows = yesterday
    assert school.publish(after=HOUR) == Published(sent=1)
    assert school.book.score_of("1") == 60


def test_what_a_teacher_wrote_meanwhile_stays_the_teachers(school: School) -> None:
    """Under the words of ours that a gradebook keeps beside it."""
    a_day_later(school, u1=60)
    there, at = school.book.rows["1"]
    school.book.rows["1"] = (replace(there, score=there.score and there.score + 1), at + 1)
    school.scores(u1=70)
    assert school.publish(after=HOUR) == Published(overridden=1)
    assert school.book.score_of("1") == 61
