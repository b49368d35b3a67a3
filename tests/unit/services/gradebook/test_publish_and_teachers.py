"""Publishing beside teachers: what they wrote in the gradebook is seen, told and left alone."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.domain.gradebook import Grade, Receipt, Reception
from lms_scoring.domain.instants import HOUR, MINUTE, SECOND
from lms_scoring.ports import Act, ActKind, Frozen, Hold, SendState
from lms_scoring.services.gradebook.publish import Published
from lms_scoring.services.gradebook.send_again import send_again
from tests.contract.story import COURSE
from tests.fakes.gradebook import FakeGradebook, locked, never_arrived
from tests.fixtures.courses.publishing import NOW, School


@pytest.fixture
def school() -> School:
    return School()


def test_what_a_teacher_wrote_is_left_alone_until_somebody_insists(school: School) -> None:
    school.scores(u1=50)
    school.publish()
    school.book.write("1", 95, school.clock.now() // SECOND + 5)
    for points in (60, 70):
        school.scores(u1=points)
        school.publish(after=HOUR)
    assert school.book.score_of("1") == 95
    assert (school.row().state, school.row().reason) == (SendState.OVERRIDDEN, "the gradebook has 95.00")
    assert send_again(COURSE, school.store, clock=school.clock, persons=["moodle-1"]) == 0
    assert send_again(COURSE, school.store, clock=school.clock, persons=["moodle-1"], force=True) == 1
    assert school.publish(after=SECOND) == Published(sent=1)
    assert school.book.score_of("1") == 70
    assert not school.row().forced, "the next override is left alone again"


def test_where_the_gradebook_keeps_the_teachers_all_the_same_nobody_calls_ours_sent(school: School) -> None:
    """As in an activity's own column of a Moodle, until the override is taken off there."""
    school.scores(u1=50)
    school.publish()
    school.book.write("1", 95, school.clock.now() // SECOND)
    school.book.overridden = {"1"}
    assert school.publish(after=HOUR) == Published(overridden=1)
    send_again(COURSE, school.store, clock=school.clock, persons=["moodle-1"], force=True)
    assert school.publish(after=SECOND) == Published(overridden=1)
    assert (school.row().state, school.row().forced) == (SendState.OVERRIDDEN, False)
    assert school.row().found == 95
    assert school.steps() == [("sent", 50), ("found", 95), ("confirmed", 50), ("found", 95)]
    assert school.publish(after=HOUR) == Published()
    assert len(school.book.told) == 2
    school.book.write("1", 50, school.clock.now() // SECOND)
    school.publish(after=HOUR)
    assert school.row().state is SendState.SENT


def test_a_grade_that_was_insisted_on_is_sent_though_nobody_can_look(school: School) -> None:
    def goes_silent(book: FakeGradebook, grade: Grade) -> Receipt:
        book.silent = True
        return book.take(grade)

    school.scores(u1=50)
    school.publish()
    school.book.write("1", 95, school.clock.now() // SECOND)
    send_again(COURSE, school.store, clock=school.clock, force=True)
    school.book.mishaps = [goes_silent]
    assert school.publish(after=SECOND) == Published(sent=1)
    assert school.book.score_of("1") == 50


def test_insisting_outlasts_a_lost_sending(school: School) -> None:
    school.scores(u1=50)
    school.publish()
    school.book.write("1", 95, school.clock.now() // SECOND)
    send_again(COURSE, school.store, clock=school.clock, force=True)
    school.book.mishaps = [never_arrived]
    assert school.publish(after=HOUR) == Published(waiting=1)
    assert school.publish(after=HOUR) == Published(sent=1)
    assert school.book.score_of("1") == 50


def test_a_grade_that_a_teacher_took_away_is_not_put_back(school: School) -> None:
    school.enrols()
    school.scores(u1=50)
    school.publish()
    school.book.write("1", None, school.clock.now() // SECOND)
    school.scores(u1=60)
    assert school.publish(after=HOUR) == Published(overridden=1)
    assert school.book.score_of("1") is None


def test_a_teacher_who_was_quicker_than_our_first_grade_is_respected(school: School) -> None:
    school.book.line_item(label="")
    school.book.write("1", 88, school.clock.now() // SECOND)
    school.scores(u1=60)
    assert school.publish(after=HOUR) == Published(overridden=1)


def test_a_teacher_who_writes_between_reading_and_sending_is_seen_at_the_next_try(school: School) -> None:
    def teacher(book: FakeGradebook, grade: Grade) -> Receipt:
        book.write("1", 88, grade.at)
        return book.take(grade)

    school.scores(u1=60)
    school.book.mishaps = [teacher]
    assert school.publish() == Published(waiting=1)
    assert school.publish(after=2 * SECOND) == Published(overridden=1)
    assert school.book.score_of("1") == 88


def test_a_platform_that_claims_to_have_a_newer_one_is_not_asked_for_ever(school: School) -> None:
    """The value is ours, and its time is far ahead: each try waits longer, with a later time."""
    school.scores(u1=50)
    school.publish()
    school.book.write("1", 50, NOW // SECOND + 10**6)
    school.scores(u1=60)
    waits = []
    for _ in range(5):
        assert school.publish() == Published(waiting=1) or school.book.told == []
        waits.append(school.row().try_at - school.clock.at)
        school.clock.at = school.row().try_at
    assert waits == sorted(waits)
    assert waits[-1] > 5 * MINUTE
    assert school.times() == sorted(set(school.times()))


def test_a_column_of_another_maximum_is_understood(school: School) -> None:
    school.scores(u1=79.94)
    school.publish()
    there, at = school.book.rows["1"]
    school.book.rows["1"] = (replace(there, score=Fraction("5.5958"), maximum=Fraction(7)), at)
    school.scores(u1=90)
    assert school.publish(after=SECOND) == Published(sent=1)


def test_learners_who_fail_every_time_do_not_keep_the_others_waiting(school: School) -> None:
    school.scores(u1=10, u2=20, u3=30, u4=40, u5=50)
    school.book.mishaps = [locked] * 100
    assert school.publish().waiting == 5
    assert school.publish(after=HOUR).sent == 2
    assert [school.book.score_of(user) for user in "45"] == [40, 50]
    for night in range(3):
        school.scores(u4=41 + night, u5=51 + night)
        assert school.publish(after=24 * HOUR).sent == 2


def test_a_teacher_s_grade_is_seen_though_nothing_waits(school: School) -> None:
    school.scores(u1=86, u2=70)
    school.publish()
    school.book.write("1", 50, school.clock.now() // SECOND + 5)
    assert school.publish(after=HOUR) == Published(overridden=1)
    row = school.row()
    assert [row.state, row.found, row.sent, row.sent_at] == [SendState.OVERRIDDEN, 50, 86, NOW]
    assert school.book.read == 1, "one question for everybody"
    assert school.publish(after=HOUR) == Published(), "it was said"
    assert school.row(2).state is SendState.SENT
    assert school.steps() == [("sent", 86), ("found", 50)]


def test_a_grade_that_a_teacher_gives_back_is_ours_again(school: School) -> None:
    school.scores(u1=86, u2=70)
    school.publish()
    for user in ("1", "2"):
        school.book.write(user, 50, NOW // SECOND + 5)
    assert school.publish(after=HOUR) == Published(overridden=2)
    for user, before in (("1", 86), ("2", 70)):
        school.book.write(user, before, NOW // SECOND + 6)
    school.scores(u2=71)
    assert school.publish(after=HOUR) == Published(sent=1)
    assert (school.row(1).state, school.row(1).found, school.row(1).reason) == (SendState.SENT, None, None)
    assert school.book.score_of("2") == 71


def test_what_a_teacher_changes_once_more_is_told_once_more(school: School) -> None:
    school.enrols()
    school.scores(u1=86)
    school.publish()
    for value in (50, 60, None):
        school.book.write("1", value, NOW // SECOND + 5)
        assert school.publish(after=HOUR) == Published(overridden=1)
    assert school.steps() == [("sent", 86), ("found", 50), ("found", 60), ("found", None)]


def test_a_grade_written_over_by_consent_keeps_its_history(school: School) -> None:
    school.scores(u1=86)
    school.publish()
    school.book.write("1", 50, NOW // SECOND + 5)
    school.publish(after=HOUR)
    send_again(COURSE, school.store, clock=school.clock, persons=["moodle-1"], force=True, by="moodle-9")
    assert school.publish() == Published(sent=1)
    assert school.steps() == [("sent", 86), ("found", 50), ("confirmed", 86), ("sent", 86)]
    with school.store.reading() as transaction:
        assert [one.by for one in transaction.grade_steps(COURSE, "moodle-1")][2] == "moodle-9"


def test_who_left_the_course_has_no_grade_there_and_nobody_took_it_away(school: School) -> None:
    school.scores(u1=86, u2=70)
    school.publish()
    school.enrols(without=1)
    school.book.rows.clear()
    assert school.publish(after=HOUR) == Published(overridden=1)
    assert (school.row(1).state, school.row(2).state) == (SendState.SENT, SendState.OVERRIDDEN)


def leaves(school: School) -> None:
    """User 1 leaves the course, and the platform removes the grade with the enrolment, as a Moodle does."""
    school.enrols(without=1)
    school.book.rows.pop("1", None)
    school.publish(after=HOUR)


def test_a_grade_that_went_with_its_learner_is_put_back_once_they_are_back(school: School) -> None:
    school.scores(u1=86)
    school.publish()
    leaves(school)
    school.enrols()
    assert school.publish(after=HOUR) == Published(sent=1)
    assert school.book.score_of("1") == 86
    assert school.row().state is SendState.SENT
    assert school.publish(after=HOUR) == Published()
    school.book.write("1", None, NOW // SECOND)
    assert school.publish(after=HOUR) == Published(overridden=1), "that was somebody's doing"


def test_whoever_comes_back_with_other_points_has_those(school: School) -> None:
    school.scores(u1=86)
    school.publish()
    leaves(school)
    school.enrols()
    school.scores(u1=90)
    assert school.publish(after=HOUR) == Published(sent=1)
    assert school.book.score_of("1") == 90


def test_points_that_waited_when_their_learner_left_are_nothing_that_a_teacher_took_away(
    school: School,
) -> None:
    school.scores(u1=86, u2=70)
    school.publish()
    school.scores(u1=87)
    school.book.strangers = {"1"}
    leaves(school)
    assert (school.row().state, school.row().held) == (SendState.REFUSED, Hold.WITHDRAWN)
    school.book.strangers = set()
    school.enrols()
    school.scores(u1=87)
    assert school.publish(after=HOUR) == Published(sent=1)
    assert school.book.score_of("1") == 87


def closes(school: School) -> None:
    with school.store.writing() as transaction:
        places = transaction.memberships(COURSE, persons=["moodle-1"])
        transaction.freeze(COURSE, [Frozen(person="moodle-1", memberships=places, records=[])])
        act = Act(at=school.clock.at, kind=ActKind.CLOSED, by="operator:office", reason="over", course=COURSE)
        transaction.keep_act(act)


def test_whoever_leaves_after_the_closing_takes_the_grade_along_too(school: School) -> None:
    school.enrols()
    school.scores(u1=86)
    school.publish()
    closes(school)
    leaves(school)
    assert (school.row().state, school.steps()) == (SendState.SENT, [("sent", 86)])


def test_what_was_refused_to_who_left_after_the_closing_goes_out_once_they_are_back(school: School) -> None:
    """A closed course scores nobody: no new card says that they are."""
    school.enrols()
    school.scores(u1=86)
    closes(school)
    school.book.strangers = {"1"}
    school.enrols(without=1)
    assert school.publish(after=HOUR) == Published(refused=1)
    assert (school.row().state, school.row().held) == (SendState.REFUSED, Hold.WITHDRAWN)
    assert school.publish(after=HOUR) == Published(), "nobody is back"
    school.book.strangers = set()
    school.enrols()
    assert school.publish(after=HOUR) == Published(sent=1)
    assert school.book.score_of("1") == 86
    assert school.row().held is None


def scored(school: School, *persons: str) -> None:
    with school.store.writing() as transaction:
        transaction.untouch(COURSE, persons)


def test_who_is_back_and_scored_while_the_platform_still_refuses_is_tried_again(school: School) -> None:
    def back_meanwhile(book: FakeGradebook, grade: Grade) -> Receipt:
        school.enrols()
        scored(school, "moodle-1")
        return Receipt(reception=Reception.REFUSED, reason="400: not a learner there")

    school.enrols(without=1)
    school.scores(u1=86)
    school.book.mishaps = [back_meanwhile]
    assert school.publish(after=HOUR) == Published(refused=1)
    assert school.publish(after=HOUR) == Published(sent=1)


def test_who_is_back_and_not_scored_yet_is_sent_nothing_before(school: School) -> None:
    school.scores(u1=86)
    school.book.strangers = {"1"}
    leaves(school)
    school.enrols()
    assert school.publish(after=HOUR) == Published(), "the card that is to come decides"
    assert (school.row().state, school.row().held) == (SendState.REFUSED, Hold.WITHDRAWN)


@pytest.mark.parametrize(("entered", "state"), [(95, SendState.OVERRIDDEN), (86, SendState.SENT)])
def test_what_stands_there_once_a_learner_is_back_is_looked_at_first(
    school: School, entered: int, state: SendState
) -> None:
    """A Moodle can be told to bring the old grades back with the enrolment."""
    school.scores(u1=86)
    school.publish()
    words = school.book.told[0].comment if entered == 86 else ""
    leaves(school)
    school.enrols()
    school.book.write("1", entered, NOW // SECOND + 5, comment=words)
    school.publish(after=HOUR)
    assert school.row().state is state
    assert school.book.score_of("1") == entered
    assert len(school.book.told) == 1


def test_a_grade_that_a_teacher_took_away_before_its_learner_left_stays_away(school: School) -> None:
    school.enrols()
    school.scores(u1=86)
    school.publish()
    school.book.write("1", None, NOW // SECOND + 5)
    school.publish(after=HOUR)
    leaves(school)
    school.enrols()
    assert school.publish(after=HOUR) == Published()
    assert school.row().state is SendState.OVERRIDDEN


def test_a_gradebook_that_cannot_be_read_is_told_and_left_alone_as_long_as_it_asks(school: School) -> None:
    school.scores(u1=86)
    school.publish()
    school.book.write("1", 50, NOW // SECOND + 5)
    school.book.silent = True
    assert "no answer" in school.publish(after=HOUR).reasons[0]
    assert school.row().state is SendState.SENT
    school.book.silent, school.book.down, school.book.wait = False, True, 7_200
    assert "maintenance" in school.publish(after=HOUR).reasons[0]
    school.book.down = False
    assert school.publish(after=HOUR) == Published()
    assert school.publish(after=HOUR) == Published(overridden=1)


def test_when_a_gradebook_was_read_is_kept(school: School) -> None:
    school.scores(u1=86)
    school.publish()
    school.publish(after=HOUR)
    with school.store.reading() as transaction:
        assert transaction.gradebook_reading(1, "3").read_at == NOW + HOUR
