"""Contract: what a course sends, and every grade on its way, exact."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from lms_scoring.domain.gradebook import LONGEST_WAIT
from lms_scoring.ports import (
    GradebookReading,
    GradeStep,
    GradeStepKind,
    HeldGrades,
    Hold,
    OutgoingGrade,
    Passback,
    RefusedGrades,
    SendState,
    Store,
    WaitingGrades,
)
from tests.contract.story import COURSE

GRADE = OutgoingGrade(course=COURSE, person="p1", given=Fraction(7995, 100), comment="合格", at=50)
FULL = replace(
    GRADE,
    given=Fraction(10**30 + 1, 3 * 10**30),
    state=SendState.REFUSED,
    tries=3,
    try_at=70_000,
    tried=Fraction(-1, 3),
    sent=Fraction(0),
    sent_at=60_000,
    reason="没有此人",
    forced=True,
    line_item="https://moodle.example/items/1?type_id=2",
    found=Fraction(50),
    held=Hold.DISPUTED,
)


def test_a_course_sends_what_was_set_last(store: Store) -> None:
    with store.writing() as transaction:
        assert transaction.passback(COURSE) is None
        for passback in (Passback.SCORE, Passback.VERDICT, None, None, Passback.SCORE):
            transaction.keep_passback(COURSE, passback)
            assert transaction.passback(COURSE) is passback
        transaction.keep_passback("another", Passback.VERDICT)
    with store.reading() as transaction:
        assert transaction.passback(COURSE) is Passback.SCORE


@pytest.mark.parametrize("grade", [GRADE, FULL], ids=["fresh", "sent before"])
def test_a_grade_is_kept_exactly(store: Store, grade: OutgoingGrade) -> None:
    with store.writing() as transaction:
        transaction.keep_outgoing(grade)
    with store.reading() as transaction:
        assert list(transaction.outgoing(COURSE)) == [grade]


def test_a_new_grade_takes_the_place_of_the_one_before(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_outgoing(FULL)
        transaction.keep_outgoing(GRADE)
        assert list(transaction.outgoing(COURSE)) == [GRADE]


def test_grades_are_read_by_person_all_or_some_of_a_course(store: Store) -> None:
    people = [replace(GRADE, person=f"p{n}") for n in range(4)]
    with store.writing() as transaction:
        for grade in (*people[::-1], replace(GRADE, course="another")):
            transaction.keep_outgoing(grade)
    with store.reading() as transaction:
        assert list(transaction.outgoing(COURSE)) == people
        assert list(transaction.outgoing(COURSE, persons=["p2", "p0", "nobody"])) == [people[0], people[2]]
        assert list(transaction.outgoing(COURSE, persons=[])) == []


def test_how_far_a_grade_got_is_kept_while_it_is_still_the_latest(store: Store) -> None:
    sent = replace(GRADE, state=SendState.SENT, sent=GRADE.given, at=51)
    with store.writing() as transaction:
        transaction.keep_outgoing(GRADE)
        assert transaction.keep_sending(sent, instead_of=GRADE)
        assert list(transaction.outgoing(COURSE)) == [sent]
        assert not transaction.keep_sending(FULL, instead_of=GRADE)
        assert list(transaction.outgoing(COURSE)) == [sent]


@pytest.mark.parametrize(
    "meanwhile",
    [
        *({"tried": Fraction(1)}, {"sent": Fraction(1)}, {"at": 51}, {"given": Fraction(1)}),
        *({"comment": "other"}, {"held": Hold.TO_CHECK}),
    ],
)
def test_how_far_a_grade_got_is_not_kept_where_it_is_another_or_another_sender_got_further(
    store: Store, meanwhile: dict[str, Any]
) -> None:
    theirs = replace(GRADE, **meanwhile)
    with store.writing() as transaction:
        transaction.keep_outgoing(theirs)
        assert not transaction.keep_sending(replace(GRADE, state=SendState.OVERRIDDEN), instead_of=GRADE)
        assert list(transaction.outgoing(COURSE)) == [theirs]
        assert transaction.keep_sending(replace(theirs, state=SendState.SENT), instead_of=theirs)


def test_of_a_grade_that_is_not_there_nothing_is_kept(store: Store) -> None:
    with store.writing() as transaction:
        assert not transaction.keep_sending(GRADE, instead_of=GRADE)
        assert list(transaction.outgoing(COURSE)) == []


def test_a_forgotten_grade_is_gone_and_others_stay(store: Store) -> None:
    with store.writing() as transaction:
        for grade in (GRADE, replace(GRADE, person="p2"), replace(GRADE, course="another")):
            transaction.keep_outgoing(grade)
        transaction.forget_outgoing(COURSE, "p1")
        transaction.forget_outgoing(COURSE, "nobody")
        assert [grade.person for grade in transaction.outgoing(COURSE)] == ["p2"]
        assert len(transaction.outgoing("another")) == 1


def test_due_are_those_that_wait_and_may_be_tried_the_oldest_first(store: Store) -> None:
    with store.writing() as transaction:
        for person, state, at, try_at in (
            ("later", SendState.WAITING, 9, 100),
            ("first", SendState.WAITING, 10, 99),
            ("not yet", SendState.WAITING, 8, 101),
            ("b", SendState.WAITING, 20, 0),
            ("a", SendState.WAITING, 20, 0),
            ("sent", SendState.SENT, 1, 0),
            ("overridden", SendState.OVERRIDDEN, 1, 0),
            ("refused", SendState.REFUSED, 1, 0),
        ):
            transaction.keep_outgoing(replace(GRADE, person=person, state=state, at=at, try_at=try_at))
        transaction.keep_outgoing(replace(GRADE, course="a course before", person="z", at=20))
        transaction.keep_outgoing(replace(GRADE, person="held back", held=Hold.DISPUTED))
    with store.reading() as transaction:
        due = [(grade.course, grade.person) for grade in transaction.outgoing_due(at=100)]
    assert due == [
        (COURSE, "later"),
        (COURSE, "first"),
        ("a course before", "z"),
        (COURSE, "a"),
        (COURSE, "b"),
    ]


def test_due_are_those_too_that_wait_for_a_time_further_ahead_than_anybody_asks_for(store: Store) -> None:
    with store.writing() as transaction:
        for person, ahead in (("asked for", LONGEST_WAIT), ("of a wrong clock", LONGEST_WAIT + 1)):
            transaction.keep_outgoing(replace(GRADE, person=person, try_at=100 + ahead))
    with store.reading() as transaction:
        assert [grade.person for grade in transaction.outgoing_due(at=100)] == ["of a wrong clock"]


def test_the_steps_of_a_grade_are_kept_in_their_order(store: Store) -> None:
    steps = [
        GradeStep(at=70, kind=GradeStepKind.SENT, value=Fraction(1, 3)),
        GradeStep(at=60, kind=GradeStepKind.FOUND, value=None),
        GradeStep(at=60, kind=GradeStepKind.CONFIRMED, value=Fraction(1, 3), by="p9"),
    ]
    with store.writing() as transaction:
        for step in steps:
            transaction.keep_grade_step(COURSE, "p1", step)
        transaction.keep_grade_step(COURSE, "p2", steps[0])
        transaction.keep_grade_step("another", "p1", steps[0])
    with store.reading() as transaction:
        assert list(transaction.grade_steps(COURSE, "p1")) == steps
        assert list(transaction.grade_steps(COURSE, "nobody")) == []


def test_when_a_gradebook_was_read_is_known_of_each(store: Store) -> None:
    read = GradebookReading(registration=1, context="3", read_at=60_000)
    with store.writing() as transaction:
        transaction.keep_gradebook_reading(replace(read, read_at=None, try_at=90_000))
        transaction.keep_gradebook_reading(read)
        transaction.keep_gradebook_reading(replace(read, context="4", read_at=1))
    with store.reading() as transaction:
        assert transaction.gradebook_reading(1, "3") == read
        assert transaction.gradebook_reading(2, "3") == GradebookReading(registration=2, context="3")


def test_one_sender_at_a_time_has_the_grades_of_a_course(store: Store) -> None:
    with store.writing() as transaction:
        assert transaction.begin_sending(COURSE, "one", at=100, until=200)
        assert not transaction.begin_sending(COURSE, "two", at=199, until=299)
        assert transaction.begin_sending("another", "two", at=199, until=299)
        assert transaction.begin_sending(COURSE, "one", at=150, until=250), "for longer"
        assert not transaction.begin_sending(COURSE, "two", at=249, until=349)
        transaction.end_sending(COURSE, "two")
        assert not transaction.begin_sending(COURSE, "two", at=249, until=349)
        transaction.end_sending(COURSE, "one")
        assert transaction.begin_sending(COURSE, "two", at=249, until=349)


def test_a_sender_that_was_killed_holds_nobody_up_for_long(store: Store) -> None:
    with store.writing() as transaction:
        assert transaction.begin_sending(COURSE, "one", at=100, until=200)
        assert transaction.begin_sending(COURSE, "two", at=200, until=300)
        assert not transaction.begin_sending(COURSE, "one", at=250, until=350)


def test_nor_does_one_whose_clock_was_ahead(store: Store) -> None:
    with store.writing() as transaction:
        assert transaction.begin_sending(COURSE, "one", at=9_100, until=9_200)
        assert transaction.begin_sending(COURSE, "two", at=100, until=200)


def test_what_waits_is_counted_by_course_with_the_oldest(store: Store) -> None:
    with store.writing() as transaction:
        assert transaction.waiting_grades() == []
        for person, at, state in (
            ("p1", 50, SendState.WAITING),
            ("p2", 40, SendState.WAITING),
            ("p3", 30, SendState.SENT),
        ):
            transaction.keep_outgoing(replace(GRADE, person=person, at=at, state=state, try_at=10**15))
        transaction.keep_outgoing(replace(GRADE, course="another", at=70))
        transaction.keep_outgoing(replace(GRADE, course="quiet", state=SendState.OVERRIDDEN))
        transaction.keep_outgoing(replace(GRADE, person="p4", at=1, held=Hold.TO_CHECK))
    with store.reading() as transaction:
        assert transaction.waiting_grades() == [
            WaitingGrades(course="another", count=1, since=70_000),
            WaitingGrades(course=COURSE, count=2, since=40_000),
        ]


def test_what_is_held_back_is_counted_by_course_and_reason(store: Store) -> None:
    with store.writing() as transaction:
        assert transaction.held_grades() == []
        for person, held, state in (
            ("p1", Hold.TO_CHECK, SendState.WAITING),
            ("p2", Hold.DISPUTED, SendState.WAITING),
            ("p3", Hold.TO_CHECK, SendState.WAITING),
            ("p4", Hold.TO_CHECK, SendState.SENT),
            ("p5", None, SendState.WAITING),
        ):
            at = 50 - int(person[1])
            transaction.keep_outgoing(replace(GRADE, person=person, at=at, held=held, state=state))
        transaction.keep_outgoing(replace(GRADE, course="another", at=7, held=Hold.WITHDRAWN))
    with store.reading() as transaction:
        assert transaction.held_grades() == [
            HeldGrades(course="another", why=Hold.WITHDRAWN, count=1, since=7_000),
            HeldGrades(course=COURSE, why=Hold.DISPUTED, count=1, since=48_000),
            HeldGrades(course=COURSE, why=Hold.TO_CHECK, count=2, since=47_000),
        ]
        assert transaction.held_for(COURSE, Hold.TO_CHECK) == ["p1", "p3", "p4"], "however far they got"
        assert transaction.held_for(COURSE, Hold.WITHDRAWN) == []
        assert transaction.is_held_for(COURSE, Hold.TO_CHECK)
        assert transaction.is_held_for(COURSE, Hold.TO_CHECK, but=["p1", "p4"])
        assert not transaction.is_held_for(COURSE, Hold.TO_CHECK, but=["p1", "p3", "p4"])
        assert not transaction.is_held_for(COURSE, Hold.WITHDRAWN)


def test_whose_words_begin_so_is_known(store: Store) -> None:
    words = {
        "p1": "待同步 · still to be read · 1 / 100",
        "p2": "待同步 · Still to be read · 1 / 100",
        "p3": "待同步 · still to be read_· 1 / 100",
        "p4": "不合格 · not passed · 待同步 · still to be read ",
        "p5": "待同步",
        "p6": "待同步 · still to be read · 2 / 100",
    }
    with store.writing() as transaction:
        for person, comment in words.items():
            state = SendState.SENT if person == "p6" else SendState.WAITING
            transaction.keep_outgoing(replace(GRADE, person=person, comment=comment, state=state))
        transaction.keep_outgoing(replace(GRADE, course="another", person="p7", comment=words["p1"]))
    with store.reading() as transaction:
        assert transaction.worded(COURSE, "待同步 · still to be read ") == ["p1", "p6"], (
            "however far they got"
        )
        assert transaction.worded(COURSE, "%") == []


def test_what_was_refused_is_counted_by_course_with_the_oldest(store: Store) -> None:
    with store.writing() as transaction:
        assert transaction.refused_grades() == []
        for person, at, state, held in (
            ("p1", 50, SendState.REFUSED, None),
            ("p2", 40, SendState.REFUSED, None),
            ("p3", 30, SendState.REFUSED, Hold.WITHDRAWN),
            ("p4", 20, SendState.WAITING, None),
        ):
            transaction.keep_outgoing(replace(GRADE, person=person, at=at, state=state, held=held))
        transaction.keep_outgoing(replace(GRADE, course="another", at=70, state=SendState.REFUSED))
    with store.reading() as transaction:
        assert transaction.refused_grades() == [
            RefusedGrades(course="another", count=1, since=70_000),
            RefusedGrades(course=COURSE, count=2, since=40_000),
        ]
