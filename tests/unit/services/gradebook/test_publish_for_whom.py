"""Publishing for whom: those whom the platform named, in the courses that are theirs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.instants import HOUR, SECOND
from lms_scoring.domain.registration import Approval
from lms_scoring.ports import Passback
from lms_scoring.services.gradebook.enqueue import enqueue
from lms_scoring.services.gradebook.grade_steps import Graded
from lms_scoring.services.gradebook.publish import Published, publish
from tests.contract.story import COURSE, card, known
from tests.fakes.gradebook import FakeGradebook
from tests.fixtures.courses.publishing import NOW, PLACE, School
from tests.fixtures.courses.scripted import NOTHING_TO_WAIT_FOR


def graded(person: KnownPerson) -> Graded:
    return Graded(card=card(person, criteria=()), standing=None)


@pytest.fixture
def school() -> School:
    return School()


def test_who_was_never_named_is_counted_and_holds_up_nobody(school: School) -> None:
    school.change(platform=None)
    with school.store.writing() as transaction:
        transaction.keep_subject(1, "abc", "moodle-2", at=1)
    school.scores(u1=10, u2=20)
    assert school.publish() == Published(sent=1, unknown=1)
    assert [grade.subject for grade in school.book.told] == ["abc"]


@pytest.mark.parametrize("platform", ["moodle-2", "mood", "other", ""])
def test_a_person_of_another_platform_is_not_taken_for_one_of_this(school: School, platform: str) -> None:
    school.change(platform=platform)
    school.scores(u1=10)
    assert school.publish() == Published(unknown=1)


def test_a_person_whose_id_only_begins_like_the_platforms_is_not_one_of_it(school: School) -> None:
    """The platform could be called `moodle-2`."""
    with school.store.writing() as transaction:
        enqueue(
            transaction,
            COURSE,
            [graded(replace(known(1), id="moodle-2-5"))],
            now=NOW,
            reading=NOTHING_TO_WAIT_FOR,
        )
    assert school.publish() == Published(unknown=1)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"standing": Approval.DISABLED}, id="revoked"),
        pytest.param({"standing": Approval.PENDING}, id="not confirmed"),
        pytest.param({"deployments": {"2": Approval.DISABLED}}, id="a revoked deployment"),
        pytest.param({"deployments": {}}, id="an unknown deployment"),
    ],
)
def test_nothing_goes_to_a_platform_that_is_not_believed(school: School, changes: dict[str, object]) -> None:
    school.change(**changes)
    school.scores(u1=10)
    done = school.publish()
    assert (done, done.reached) == (Published(unknown=1), False)
    assert school.book.columns_made == 0


def two_platforms(school: School) -> dict[int, FakeGradebook]:
    """Somebody learns on a second one."""
    with school.store.writing() as transaction:
        other = replace(transaction.registration(1), id=0, client_id="second", platform=None)
        transaction.keep_registration(other, at=1)
        transaction.keep_platform_course(replace(PLACE, registration=2))
        transaction.keep_subject(2, "x", "lti2-x", at=1)
        enqueue(
            transaction,
            COURSE,
            [graded(replace(known(7), id="lti2-x"))],
            now=NOW,
            reading=NOTHING_TO_WAIT_FOR,
        )
    school.scores(u1=10)
    return {1: school.book, 2: FakeGradebook(school.clock)}


def publish_to(school: School, books: dict[int, FakeGradebook], *, after: int = 0) -> Published:
    school.clock.at += after
    return publish(
        COURSE,
        school.store,
        lambda place: books[place.registration],
        clock=school.clock,
        jitter=lambda: 0.0,
        label="",
        reading=NOTHING_TO_WAIT_FOR,
    )


def test_a_course_on_two_platforms_sends_each_learner_to_the_own_one(school: School) -> None:
    books = two_platforms(school)
    assert publish_to(school, books) == Published(sent=2)
    assert [[grade.subject for grade in book.told] for book in books.values()] == [["1"], ["x"]]


def test_one_of_two_platforms_that_is_left_alone_was_not_reached(school: School) -> None:
    books = two_platforms(school)
    books[2].down = True
    failed = publish_to(school, books)
    assert (failed.sent, len(failed.reasons), failed.reached) == (1, 1, False)
    school.scores(u1=11)
    meanwhile = publish_to(school, books, after=SECOND)
    assert (meanwhile.sent, meanwhile.reasons, meanwhile.reached) == (1, (), False)
    books[2].down = False
    later = publish_to(school, books, after=HOUR)
    assert (later.sent, later.reached) == (1, True)
    books[2].down = True
    assert not publish_to(school, books, after=HOUR).reached
    school.scores(u1=12)
    looked_at_no_more = publish_to(school, books, after=SECOND)
    assert (looked_at_no_more.sent, looked_at_no_more.reached) == (1, False)


def test_a_gradebook_in_which_all_stands_is_reached_when_it_was_looked_at(school: School) -> None:
    school.scores(u1=10)
    assert school.publish().reached
    school.book.down = True
    assert not school.publish(after=HOUR).reached
    school.book.down = False
    quiet = school.publish(after=SECOND)
    assert (quiet.reasons, quiet.reached) == ((), False)
    assert school.publish(after=HOUR).reached


def test_where_nothing_is_to_be_sent_nothing_is_reached(school: School) -> None:
    assert not school.publish().reached


def test_another_courses_grades_are_left_alone(school: School) -> None:
    with school.store.writing() as transaction:
        transaction.keep_passback("another", Passback.SCORE)
        enqueue(transaction, "another", [graded(known(1))], now=NOW, reading=NOTHING_TO_WAIT_FOR)
    assert school.publish() == Published()
