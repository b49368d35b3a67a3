"""Publishing in turn: one sender at a time."""

from __future__ import annotations

import pytest

from lms_scoring.domain.gradebook import Grade, Receipt
from lms_scoring.domain.instants import HOUR, MINUTE, SECOND
from lms_scoring.ports import Gradebook, PlatformCourse
from lms_scoring.services.gradebook.publish import Published, publish
from tests.contract.story import COURSE
from tests.fakes.gradebook import FakeGradebook
from tests.fixtures.courses.publishing import School
from tests.fixtures.courses.scripted import NOTHING_TO_WAIT_FOR


@pytest.fixture
def school() -> School:
    return School()


def test_two_senders_at_once_make_one_column(school: School) -> None:
    second: list[Published] = []

    def opens(place: PlatformCourse) -> Gradebook:
        if not second:
            second.append(school.publish())
        return school.book

    school.scores(u1=10)
    first = publish(
        COURSE,
        school.store,
        opens,
        clock=school.clock,
        jitter=lambda: 0.0,
        label="",
        reading=NOTHING_TO_WAIT_FOR,
    )
    assert first == Published(sent=1)
    assert (second[0].sent, school.book.columns_made, len(school.book.told)) == (0, 1, 1)
    assert "another process" in second[0].notices[0]
    school.scores(u1=20)
    assert school.publish(after=SECOND) == Published(sent=1), "the turn is over"


def test_a_sender_that_lost_its_turn_sends_nothing_more(school: School) -> None:
    def sleeps(book: FakeGradebook, grade: Grade) -> Receipt:
        school.clock.at += HOUR
        with school.store.writing() as transaction:
            now = school.clock.now()
            assert transaction.begin_sending(COURSE, "another", at=now, until=now + MINUTE)
        return book.take(grade)

    school.scores(u1=10, u2=20)
    school.book.mishaps = [sleeps]
    assert school.publish() == Published(sent=1, waiting=1)
    assert [grade.subject for grade in school.book.told] == ["1"]


def test_a_long_sending_keeps_its_turn(school: School) -> None:
    def slowly(book: FakeGradebook, grade: Grade) -> Receipt:
        school.clock.at += MINUTE
        with school.store.writing() as transaction:
            now = school.clock.now()
            assert not transaction.begin_sending(COURSE, "another", at=now, until=now + MINUTE)
        return book.take(grade)

    school.scores(**{f"u{n}": n for n in range(1, 6)})
    school.book.mishaps = [slowly] * 5
    assert school.publish() == Published(sent=5)
