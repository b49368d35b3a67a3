"""The overview counts people by what they did, and puts nobody above the pass mark who is below it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.board import Chip
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.packed_card import packed
from lms_scoring.domain.proceedings.dispute import Contested, raised
from lms_scoring.domain.scorecard import CardState
from lms_scoring.ports import BoardPart, Grant, Visitor
from lms_scoring.services.viewing.overview import CourseOverview, overview_of
from tests import given
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    LI,
    WANG,
    ZHAO,
    adopt_course,
    members,
    roster,
    rules,
    scored,
    told,
)

OFFICE = Visitor(person=None, roles=(Grant(person="", role="coordinator", course=COURSE),))


def school(*more: ev.Record) -> MemoryStore:
    """The window is over; of three learners one wrote something."""
    store = MemoryStore()
    adopt_course(store)
    scored(store, roster(LI, ZHAO, WANG, CHEN), told(*members(), *given.topics(2), *more))
    return store


def overview(store: MemoryStore) -> CourseOverview:
    return overview_of(rules(), store, OFFICE, now=given.AFTER)


def test_nobody_has_begun_who_did_nothing_though_the_pass_mark_is_out_of_reach() -> None:
    store = school()
    with store.reading() as transaction:
        counts = transaction.board_counts(BoardPart(course=COURSE, role=Role.LEARNER))
    assert counts == {Chip.UNREACHABLE: 3}
    assert (overview(store).whole.enrolled, overview(store).whole.begun) == (3, 1)


def test_who_has_a_draft_alone_has_begun_though_the_pass_mark_is_out_of_reach() -> None:
    draft = given.homework(person=ZHAO, at=None, state=ev.SubmissionState.DRAFT)
    store = school(draft)
    assert (overview(store).whole.enrolled, overview(store).whole.begun) == (3, 2)


def test_nobody_has_begun_who_did_nothing_and_objects_to_that() -> None:
    store = school()
    about = Contested(role=Role.LEARNER, class_=given.CLASS, criterion="posts")
    objection = raised(about, person=ZHAO, words="?", at=given.AFTER, until=given.AFTER)
    with store.writing() as transaction:
        transaction.keep_dispute(COURSE, objection)
        counts = transaction.board_counts(BoardPart(course=COURSE, role=Role.LEARNER))
    assert counts[Chip.TO_CHECK] == 1
    assert overview(store).whole.begun == 1


def test_a_total_just_under_the_pass_mark_is_drawn_below_it() -> None:
    store = school()
    with store.writing() as transaction:
        card = transaction.scorecard(COURSE, LI, role=Role.LEARNER, class_=given.CLASS)
        assert card is not None
        near = replace(card, total=Fraction(79_997, 1000), state=CardState.FAIL)
        transaction.keep_scorecard(COURSE, packed(near), at=given.AFTER + 1)
    assert max(overview(store).totals) == 7_999
