"""Publishing: every learner's grade arrives once, in order, and a platform that fails is tried again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.domain.errors import PlatformUnreachable
from lms_scoring.domain.gradebook import Grade, Receipt, Unsent
from lms_scoring.domain.instants import HOUR, MINUTE, SECOND
from lms_scoring.ports import Gradebook, Hold, PlatformCourse, SendState
from lms_scoring.services.gradebook.publish import Published, publish
from lms_scoring.services.gradebook.send_again import send_again
from lms_scoring.services.gradebook.switch_passback import switch_passback
from tests.contract.story import COURSE
from tests.fakes.gradebook import FakeGradebook, a_page, answer_lost, busy, never_arrived, well
from tests.fixtures.courses.publishing import NOW, School
from tests.fixtures.courses.scripted import NOTHING_TO_WAIT_FOR


@pytest.fixture
def school() -> School:
    return School()


def test_a_grade_arrives_with_its_comment_and_is_sent_once(school: School) -> None:
    school.scores(u1=79.95, u2=80)
    assert school.publish() == Published(sent=2)
    assert school.book.score_of("1") == Fraction("79.95")
    assert school.book.rows["1"][0].comment == "不合格 · not passed · 79.95 / 100 (≥ 80)"
    row = school.row()
    assert (row.state, row.sent, row.sent_at, row.reason) == (SendState.SENT, row.given, NOW, None)
    assert school.publish(after=HOUR) == Published()
    assert len(school.book.told) == 2


def test_a_course_that_sends_nothing_sends_nothing_even_if_grades_wait(school: School) -> None:
    school.scores(u1=50)
    switch_passback(COURSE, None, school.store, clock=school.clock, reading=NOTHING_TO_WAIT_FOR)
    assert school.publish() == Published()
    assert school.book.columns_made == 0


def test_a_new_score_follows_with_a_later_time_also_within_a_second(school: School) -> None:
    for points in (50, 60, 70):
        school.scores(u1=points)
        school.publish(after=1)
    assert school.book.score_of("1") == 50
    school.publish(after=SECOND)
    school.publish(after=SECOND)
    assert school.book.score_of("1") == 70
    assert school.times() == sorted(set(school.times()))


def test_sending_again_what_arrived_without_an_answer_changes_nothing(school: School) -> None:
    school.scores(u1=50)
    school.book.mishaps = [answer_lost]
    assert school.publish() == Published(waiting=1)
    before = dict(school.book.rows)
    assert (school.row().tried, school.row().sent) == (Fraction(50), None)
    assert school.publish(after=HOUR) == Published(sent=1)
    assert school.book.rows == before
    assert len(school.book.told) == 1


def test_the_same_where_the_platform_tells_no_comments(school: School) -> None:
    school.book.tells_comments = False
    school.scores(u1=50)
    school.book.mishaps = [answer_lost]
    school.publish()
    assert school.publish(after=HOUR) == Published(sent=1)
    assert len(school.book.told) == 1


@pytest.mark.parametrize("tells_comments", [True, False])
def test_a_comment_alone_is_sent_again(school: School, tells_comments: bool) -> None:
    """The points may stay while the verdict changes, and the platform must not be left with the old one."""
    school.book.tells_comments = tells_comments
    school.scores(u1=70)
    school.publish()
    with school.store.writing() as transaction:
        changed = replace(school.row(), comment="another", state=SendState.WAITING, at=school.row().at + 5)
        transaction.keep_outgoing(changed)
    assert school.publish(after=HOUR) == Published(sent=1)
    assert school.book.rows["1"][0].comment == "another"


def test_what_never_arrived_is_sent_again(school: School) -> None:
    school.scores(u1=50)
    school.book.mishaps = [never_arrived]
    assert school.publish() == Published(waiting=1)
    assert "connection refused" in str(school.row().reason)
    assert school.publish(after=HOUR) == Published(sent=1)
    assert school.book.score_of("1") == 50


@pytest.mark.parametrize("mishap", [answer_lost, never_arrived])
def test_a_new_score_follows_one_whose_answer_was_lost(
    school: School, mishap: Callable[[FakeGradebook, Grade], Receipt]
) -> None:
    """Whether it arrived or not, what stands there is ours, also when the next answers are lost too."""
    school.scores(u1=50)
    school.publish()
    school.book.mishaps = [mishap, never_arrived, answer_lost]
    for points in (60, 70, 80, 90):
        school.scores(u1=points)
        school.publish(after=12 * HOUR)
    assert school.publish(after=12 * HOUR) == Published()
    assert school.book.score_of("1") == 90
    assert school.row().state is SendState.SENT
    assert school.times() == sorted(set(school.times()))


def test_a_reading_that_fails_forgets_nothing_of_what_was_tried(school: School) -> None:
    school.scores(u1=50)
    school.publish()
    school.scores(u1=60)
    school.book.mishaps = [answer_lost]
    school.publish(after=HOUR)
    school.scores(u1=70)
    school.book.silent = True
    assert school.publish(after=HOUR) == Published(waiting=1)
    school.book.silent = False
    assert school.publish(after=HOUR) == Published(sent=1)
    assert school.book.score_of("1") == 70


def test_a_score_that_changes_while_it_is_sent_is_not_lost(school: School) -> None:
    def meanwhile(book: FakeGradebook, grade: Grade) -> Receipt:
        school.scores(u1=60)
        return book.take(grade)

    school.scores(u1=50)
    school.book.mishaps = [meanwhile]
    assert school.publish() == Published(waiting=1)
    row = school.row()
    assert (row.given, row.tried, row.state) == (Fraction(60), Fraction(50), SendState.WAITING)
    assert school.publish(after=SECOND) == Published(sent=1)
    assert school.book.score_of("1") == 60


def test_an_old_score_is_not_sent_once_there_is_a_new_one(school: School) -> None:
    """It changed after what is due was read: while another learner's grade was on its way."""

    def meanwhile(book: FakeGradebook, grade: Grade) -> Receipt:
        school.scores(u2=60)
        return book.take(grade)

    school.scores(u1=10, u2=50)
    school.book.mishaps = [meanwhile]
    assert school.publish() == Published(sent=1, waiting=1)
    assert [grade.subject for grade in school.book.told] == ["1"]
    school.publish(after=SECOND)
    assert school.book.score_of("2") == 60


def test_one_refused_learner_stops_nobody(school: School) -> None:
    school.scores(u1=10, u2=20, u3=30, u4=40)
    school.book.strangers, school.book.unreadable = {"1"}, {"2"}
    assert school.publish() == Published(sent=2, refused=2)
    assert (school.row(1).state, school.row(1).reason) == (SendState.REFUSED, "400: not a learner there")
    assert "no such user" in str(school.row(2).reason)
    assert school.publish(after=HOUR) == Published(), "it is not tried again by itself"
    school.book.strangers = set()
    assert send_again(COURSE, school.store, clock=school.clock) == 2
    assert school.publish() == Published(sent=1, refused=1)


def test_a_refused_learner_is_tried_with_the_next_score(school: School) -> None:
    school.scores(u1=10)
    school.book.strangers = {"1"}
    school.publish()
    school.book.strangers = set()
    school.scores(u1=20)
    assert school.publish(after=SECOND) == Published(sent=1)


def test_a_platform_is_given_the_patience_it_asks_for(school: School) -> None:
    school.scores(u1=10)
    school.book.mishaps = [busy]
    assert school.publish() == Published(waiting=1)
    assert school.publish(after=299 * SECOND) == Published()
    assert school.publish(after=SECOND) == Published(sent=1)


def test_pauses_grow_up_to_six_hours(school: School) -> None:
    school.scores(u1=10)
    pauses = []
    for _ in range(40):
        school.book.mishaps = [never_arrived]
        assert school.publish() == Published(waiting=1)
        pauses.append(school.row().try_at - school.clock.at)
        school.clock.at = school.row().try_at
    assert pauses[:3] == [45 * SECOND, 90 * SECOND, 180 * SECOND]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 6 * HOUR * 3 // 4


def test_a_platform_that_fails_three_times_in_a_row_is_left_alone_for_now(school: School) -> None:
    school.scores(**{f"u{n}": n for n in range(1, 9)})
    school.book.mishaps = [never_arrived, answer_lost, well, never_arrived, never_arrived, busy]
    published = school.publish()
    assert (published.sent, published.waiting, len(published.reasons)) == (1, 7, 1)
    assert len(school.book.told) == 6
    assert school.publish(after=SECOND) == Published(sent=2), "those it was not asked about wait for nothing"
    assert school.publish(after=HOUR) == Published(sent=5)


def failed_often(school: School) -> None:
    """Six learners' grades wait for hours, since the platform did not answer."""
    school.scores(**{f"u{n}": n for n in range(1, 7)})
    school.book.down = True
    for _ in range(9):
        school.publish()
        school.clock.at = max(school.row(n).try_at for n in range(1, 7))
    school.publish()


def test_once_a_platform_answers_all_that_waited_for_it_goes_along(school: School) -> None:
    failed_often(school)
    school.book.down = False
    school.scores(u1=50)
    assert school.publish(after=HOUR) == Published(sent=6)


def test_what_the_platform_takes_after_it_failed_takes_the_others_along(school: School) -> None:
    """It let itself be asked for the column all the while."""
    school.scores(u1=10, u2=20, u3=30)
    school.book.mishaps = [never_arrived] * 3
    school.publish()
    with school.store.writing() as transaction:
        for number in (2, 3):
            transaction.keep_outgoing(replace(school.row(number), try_at=school.clock.at + HOUR))
    assert school.publish(after=MINUTE) == Published(sent=3)


@pytest.mark.parametrize("reason", [Unsent.NEWER_THERE, Unsent.SET_BACK, Unsent.LATER_OF_OURS])
def test_what_waits_for_its_own_time_goes_not_along(school: School, reason: Unsent) -> None:
    failed_often(school)
    school.book.down = False
    with school.store.writing() as transaction:
        transaction.keep_outgoing(replace(school.row(2), reason=reason.value))
        transaction.keep_outgoing(replace(school.row(3), held=Hold.TO_CHECK))
        transaction.keep_outgoing(replace(school.row(4), state=SendState.OVERRIDDEN))
    school.scores(u1=50)
    assert school.publish(after=HOUR) == Published(sent=3)
    assert school.book.rows.keys() == {"1", "5", "6"}


def test_one_person_s_grade_takes_nobody_s_along(school: School) -> None:
    failed_often(school)
    school.book.down = False
    send_again(COURSE, school.store, clock=school.clock, persons=["moodle-1"])
    alone = publish(
        COURSE,
        school.store,
        school.open,
        clock=school.clock,
        jitter=lambda: 0.5,
        label="Pass status",
        only="moodle-1",
        reading=NOTHING_TO_WAIT_FOR,
    )
    assert alone == Published(sent=1)


def test_who_goes_along_and_fails_keeps_the_platform_from_being_asked_for_all(school: School) -> None:
    failed_often(school)
    school.book.down = False
    school.book.mishaps = [well, *[never_arrived] * 9]
    school.scores(u1=50)
    assert school.publish(after=HOUR) == Published(
        sent=1, waiting=5, reasons=("moodle: scores: connection refused",)
    )
    assert len(school.book.told) == 4


def test_why_a_platform_is_left_alone_is_said_in_words(school: School) -> None:
    school.scores(u1=10, u2=20, u3=30)
    school.book.mishaps = [a_page, a_page, a_page]
    assert school.publish().reasons == ("a web page came instead of an answer; it is sent again later",)
    assert school.row().reason == Unsent.A_PAGE


def test_a_platform_without_a_column_for_us_is_tried_later(school: School) -> None:
    school.scores(u1=10, u2=20)
    school.book.down = True
    published = school.publish()
    assert (published.waiting, school.book.asked) == (2, 0)
    assert "no token" in published.reasons[0]
    assert "no token" in str(school.row().reason)
    school.book.down = False
    assert school.publish() == Published(), "not at once"
    assert school.publish(after=MINUTE) == Published(sent=2)


def test_a_gradebook_that_cannot_even_be_opened_is_tried_later(school: School) -> None:
    def fails(place: PlatformCourse) -> Gradebook:
        raise PlatformUnreachable("moodle", "token", "no answer")

    school.scores(u1=10)
    published = publish(
        COURSE,
        school.store,
        fails,
        clock=school.clock,
        jitter=lambda: 0.0,
        label="Pass status",
        reading=NOTHING_TO_WAIT_FOR,
    )
    assert (published.waiting, len(published.reasons)) == (1, 1)
    assert school.row().try_at == NOW + 30 * SECOND


def test_a_platform_that_asks_for_patience_before_we_see_the_column_is_given_it(school: School) -> None:
    school.scores(u1=10)
    school.book.down, school.book.wait = True, 7_200
    assert school.publish().waiting == 1
    assert school.row().try_at == NOW + 7_200 * SECOND
    school.book.down = False
    assert school.publish(after=2 * HOUR - 1) == Published()
    assert school.publish(after=1) == Published(sent=1)
