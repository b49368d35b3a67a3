"""Publishing into columns: deleted ones, others like ours, and several places for one course."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain.instants import HOUR, SECOND
from lms_scoring.domain.registration import Approval
from lms_scoring.ports import Gradebook, PlatformCourse
from lms_scoring.services.gradebook.publish import Published, publish
from tests.contract.story import COURSE
from tests.fakes.gradebook import FakeGradebook
from tests.fixtures.courses.publishing import NOW, PLACE, School
from tests.fixtures.courses.scripted import NOTHING_TO_WAIT_FOR


@pytest.fixture
def school() -> School:
    return School()


def test_a_deleted_column_is_made_again_with_everybody_in_it(school: School) -> None:
    school.scores(u1=10, u2=20, u3=30)
    school.book.strangers = {"3"}
    school.publish()
    school.book.write("2", 99, NOW // SECOND + 1)
    school.book.column = None
    school.scores(u1=11)
    assert school.publish(after=HOUR) == Published(sent=2, refused=1)
    assert school.book.columns_made == 2
    assert {user: school.book.score_of(user) for user in "123"} == {"1": 11, "2": 20, "3": None}
    with school.store.reading() as transaction:
        place = transaction.platform_course(1, "3")
    assert place is not None
    assert place.line_item == school.book.column


def test_a_column_that_only_changed_its_address_keeps_what_teachers_wrote(school: School) -> None:
    school.scores(u1=10, u2=20)
    school.publish()
    school.book.write("2", 99, NOW // SECOND + 1)
    told = len(school.book.told)
    school.book.column = "https://moodle.example/items/1?type_id=9"
    school.scores(u1=11)
    assert school.publish(after=HOUR) == Published(sent=1, overridden=1)
    assert len(school.book.told) == told + 1
    assert school.book.score_of("2") == 99


def test_remembering_a_column_forgets_nothing_that_a_launch_told_meanwhile(school: School) -> None:
    def opens(place: PlatformCourse) -> Gradebook:
        with school.store.writing() as transaction:
            transaction.keep_platform_course(replace(PLACE, line_items="new items", seen_at=9))
        return school.book

    school.scores(u1=10)
    publish(
        COURSE,
        school.store,
        opens,
        clock=school.clock,
        jitter=lambda: 0.0,
        label="",
        reading=NOTHING_TO_WAIT_FOR,
    )
    with school.store.reading() as transaction:
        place = transaction.platform_course(1, "3")
    assert place is not None
    assert (place.line_items, place.line_item, place.seen_at) == ("new items", school.book.column, 9)


def test_columns_that_look_like_ours_are_told(school: School) -> None:
    school.scores(u1=10)
    school.book.twins = ("https://moodle.example/items/9",)
    published = school.publish()
    assert (published.sent, published.needs_somebody) == (1, False)
    assert "one more column looks like ours" in published.notices[0]


def another_place(school: School, *, seen_at: int = 9) -> dict[int, FakeGradebook]:
    """The tool was registered anew in the same Moodle, whose course has a second column of ours then."""
    with school.store.writing() as transaction:
        again = replace(transaction.registration(1), id=0, client_id="registered anew")
        transaction.keep_registration(again, at=1)
        transaction.keep_platform_course(replace(PLACE, registration=2, seen_at=seen_at))
    book = FakeGradebook(school.clock)
    book.column, book.columns_made = "https://moodle.example/items/77", 1
    return {1: school.book, 2: book}


def publish_to(school: School, books: dict[int, FakeGradebook], *, after: int = HOUR) -> Published:
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


def test_after_the_tool_was_registered_anew_everybody_gets_a_grade_in_the_new_column(school: School) -> None:
    """Nobody took a grade away: it stands in the column of before."""
    school.scores(u1=10, u2=20)
    school.publish()
    books = another_place(school)
    school.change(standing=Approval.DISABLED)
    assert publish_to(school, books) == Published(sent=2)
    assert [books[2].score_of(user) for user in "12"] == [10, 20]
    assert school.row().line_item == books[2].column


@pytest.mark.parametrize("seen_at", [0, 9])
def test_while_both_are_open_a_grade_stays_in_its_column(school: School, seen_at: int) -> None:
    school.scores(u1=10)
    school.publish()
    books = another_place(school, seen_at=seen_at)
    school.scores(u1=11)
    assert publish_to(school, books) == Published(sent=1)
    assert books[1].score_of("1") == 11
    assert books[2].told == []


def test_a_new_learner_s_grade_goes_where_the_course_was_launched_last(school: School) -> None:
    books = another_place(school)
    school.scores(u1=10)
    assert publish_to(school, books) == Published(sent=1)
    assert books[2].score_of("1") == 10
    assert books[1].told == []


def test_who_is_in_one_of_two_courses_of_a_platform_gets_the_grade_there(school: School) -> None:
    """A Moodle refuses the grade of who is not enrolled; both courses are one of ours."""
    books = another_place(school)
    books[2].strangers = {"1"}
    school.scores(u1=10, u2=20)
    assert publish_to(school, books) == Published(sent=2)
    assert [book.score_of(user) for book, user in ((books[1], "1"), (books[2], "2"))] == [10, 20]
    school.scores(u1=11)
    assert publish_to(school, books) == Published(sent=1)
    assert [grade.subject for grade in books[2].told] == ["1", "2"]


def test_who_is_refused_everywhere_is_counted_once(school: School) -> None:
    books = another_place(school)
    books[1].strangers = books[2].strangers = {"1"}
    school.scores(u1=10)
    assert publish_to(school, books) == Published(refused=1)
    assert publish_to(school, books) == Published()
