"""Publishing beside what is held back: of that nothing is sent, and what was on its way is settled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.gradebook import Grade, Receipt
from lms_scoring.domain.instants import HOUR, SECOND
from lms_scoring.domain.outlook import Standing
from lms_scoring.domain.proceedings.dispute import Contested, raised
from lms_scoring.domain.scorecard import CardState
from lms_scoring.ports import Hold, Passback, SendState
from lms_scoring.services.gradebook.enqueue import enqueue
from lms_scoring.services.gradebook.grade_steps import Graded
from lms_scoring.services.gradebook.holds import hold_back
from lms_scoring.services.gradebook.publish import Published
from lms_scoring.services.gradebook.send_again import send_again
from tests.contract.story import COURSE, card, known
from tests.fakes.gradebook import FakeGradebook, answer_lost, never_arrived
from tests.fixtures.courses.publishing import NOW, School
from tests.fixtures.courses.scripted import NOTHING_TO_WAIT_FOR
from tests.unit.services.gradebook.test_publish_for_whom import publish_to, two_platforms

Mishap = Callable[[FakeGradebook, Grade], Receipt]
TO_CHECK = Standing.TO_CHECK


@pytest.fixture
def school() -> School:
    """It sends verdicts."""
    school = School()
    with school.store.writing() as transaction:
        transaction.keep_passback(COURSE, Passback.VERDICT)
    return school


def verdict(
    school: School, total: int, standing: Standing | None = None, *, person: str = "moodle-1"
) -> None:
    """The person's new card, of which 80 points pass."""
    state = CardState.PASS if total >= 80 else CardState.FAIL
    made = card(replace(known(1), id=person), total=Fraction(total), state=state, criteria=())
    with school.store.writing() as transaction:
        graded = [Graded(card=made, standing=standing)]
        enqueue(transaction, COURSE, graded, now=school.clock.now(), reading=NOTHING_TO_WAIT_FOR)


def contest(school: School) -> None:
    """User 1 contests a criterion."""
    school.enrols()
    about = Contested(role=Role.LEARNER, class_="A", criterion="posts")
    with school.store.writing() as transaction:
        dispute = raised(about, person="moodle-1", words="Why?", at=1, until=2)
        transaction.keep_dispute(COURSE, dispute)


def test_what_is_held_back_goes_out_once_it_is_final(school: School) -> None:
    verdict(school, 90, TO_CHECK)
    assert school.publish() == Published()
    assert school.book.columns_made == 0
    verdict(school, 90)
    assert school.publish(after=SECOND) == Published(sent=1)
    assert "provisionally" not in (school.book.rows["1"][0].comment or "")


@pytest.mark.parametrize(("mishap", "stands"), [(answer_lost, 100), (never_arrived, None)])
def test_of_a_verdict_whose_answer_was_lost_it_is_learnt_without_sending_another(
    school: School, mishap: Mishap, stands: int | None
) -> None:
    verdict(school, 90)
    school.book.mishaps = [mishap]
    assert school.publish() == Published(waiting=1)
    verdict(school, 50, TO_CHECK)
    for _ in range(2):
        assert school.publish(after=HOUR) == Published()
    row = school.row()
    assert (row.given, row.sent, row.held, row.is_held) == (Fraction(0), stands, Hold.TO_CHECK, True)
    assert (school.book.score_of("1"), len(school.book.told)) == (stands, 1)
    assert school.steps() == ([] if stands is None else [("sent", 100)])


@pytest.mark.parametrize("mishap", [answer_lost, never_arrived])
def test_a_verdict_that_never_arrived_is_not_tried_again_while_it_is_held_back(
    school: School, mishap: Mishap
) -> None:
    verdict(school, 90)
    school.book.mishaps = [mishap]
    school.publish()
    verdict(school, 90, TO_CHECK)
    assert school.publish(after=HOUR) == Published()
    assert len(school.book.told) == 1
    verdict(school, 90)
    assert school.publish(after=HOUR) == Published(sent=1)
    assert len(school.book.told) == (1 if mishap is answer_lost else 2)
    assert school.book.score_of("1") == 100


def test_what_arrived_before_a_case_was_opened_is_held_back_no_more(school: School) -> None:
    verdict(school, 90)
    school.book.mishaps = [answer_lost]
    school.publish()
    with school.store.writing() as transaction:
        hold_back(transaction, COURSE, ["moodle-1"])
    assert school.row().is_held
    assert school.publish(after=HOUR) == Published()
    assert (school.row().state, school.row().is_held) == (SendState.SENT, False)
    assert school.steps() == [("sent", 100)]


@pytest.mark.parametrize(("mishap", "stands"), [(answer_lost, 0), (never_arrived, None)])
def test_a_dispute_keeps_up_no_verdict_that_turns_out_to_stand_there(
    school: School, mishap: Mishap, stands: int | None
) -> None:
    verdict(school, 90)
    school.book.mishaps = [mishap]
    school.publish()
    contest(school)
    verdict(school, 50)
    assert school.row().held is Hold.DISPUTED
    assert school.publish(after=HOUR) == Published(sent=0 if stands is None else 1)
    assert school.book.score_of("1") == stands
    assert (school.row().held is None) == (stands is not None)


def test_what_becomes_provisional_on_its_way_is_known_to_have_arrived(school: School) -> None:
    def meanwhile(book: FakeGradebook, grade: Grade) -> Receipt:
        verdict(school, 90, TO_CHECK)
        return book.take(grade)

    verdict(school, 90)
    school.book.mishaps = [meanwhile]
    assert school.publish() == Published(waiting=1)
    assert (school.row().sent, school.row().held) == (None, Hold.TO_CHECK)
    assert school.publish(after=HOUR) == Published()
    assert (school.row().sent, len(school.book.told)) == (Fraction(100), 1)


def test_what_becomes_provisional_before_it_is_its_turn_is_not_sent(school: School) -> None:
    def meanwhile(book: FakeGradebook, grade: Grade) -> Receipt:
        verdict(school, 90, TO_CHECK, person="moodle-2")
        return book.take(grade)

    for person in ("moodle-1", "moodle-2"):
        verdict(school, 90, person=person)
    school.book.mishaps = [meanwhile]
    assert school.publish() == Published(sent=1, waiting=1)
    assert [grade.subject for grade in school.book.told] == ["1"]


def test_a_column_that_was_deleted_gets_nothing_that_is_held_back(school: School) -> None:
    verdict(school, 90)
    school.publish()
    verdict(school, 90, TO_CHECK)
    school.book.column = None
    assert school.publish(after=HOUR) == Published()
    assert (school.book.columns_made, school.book.score_of("1"), school.row().is_held) == (2, None, True)
    verdict(school, 90)
    assert school.publish(after=HOUR) == Published(sent=1)
    assert (school.book.rows["1"][0].comment or "").startswith("合格 · passed · 100.00 / 100")


def test_what_a_teacher_enters_meanwhile_is_seen_and_left_alone(school: School) -> None:
    verdict(school, 90)
    school.publish()
    verdict(school, 50, TO_CHECK)
    school.book.write("1", 70, NOW // SECOND + 5)
    assert school.publish(after=HOUR) == Published(overridden=1)
    assert (school.row().state, school.row().held) == (SendState.OVERRIDDEN, Hold.TO_CHECK)
    verdict(school, 50)
    assert school.publish(after=HOUR) == Published()
    assert school.book.score_of("1") == 70


def by_a_case(school: School) -> None:
    with school.store.writing() as transaction:
        hold_back(transaction, COURSE, ["moodle-1"])


def by_its_card(school: School) -> None:
    verdict(school, 90, TO_CHECK)


@pytest.mark.parametrize("hold", [by_a_case, by_its_card])
def test_what_was_to_be_written_over_a_teachers_and_was_held_back_waits_to_be_asked_for_again(
    school: School, hold: Callable[[School], None]
) -> None:
    verdict(school, 90)
    school.publish()
    school.book.write("1", 70, NOW // SECOND + 5)
    assert school.publish(after=HOUR) == Published(overridden=1)
    insist(school)
    hold(school)
    verdict(school, 90)
    assert school.publish(after=HOUR) == Published(overridden=1)
    assert school.row().state is SendState.OVERRIDDEN
    assert school.book.score_of("1") == 70
    insist(school)
    assert school.publish(after=HOUR) == Published(sent=1)
    assert school.book.score_of("1") == 100


def insist(school: School) -> None:
    assert send_again(COURSE, school.store, clock=school.clock, force=True) == 1


def test_nobody_waits_for_what_is_held_back(school: School) -> None:
    books = two_platforms(school)
    verdict(school, 90)
    verdict(school, 90, TO_CHECK, person="lti2-x")
    done = publish_to(school, books)
    assert (done, done.reached) == (Published(sent=1), True)


def test_a_verdict_is_held_by_a_dispute_also_where_its_learner_moved_to(school: School) -> None:
    contest(school)
    school.moves(1, to="B")
    failed = card(known(1), class_="B", total=Fraction(50), state=CardState.FAIL, criteria=())
    with school.store.writing() as transaction:
        enqueue(
            transaction,
            COURSE,
            [Graded(card=failed, standing=None)],
            now=school.clock.now(),
            reading=NOTHING_TO_WAIT_FOR,
        )
    assert school.row().held is Hold.DISPUTED
    assert school.publish() == Published()
