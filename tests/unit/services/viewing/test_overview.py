"""The overview counts people by what they did, and puts nobody above the pass mark who is below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.board import Chip, Median
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


def keeps(store: MemoryStore, class_: str, **changes: Any) -> None:
    """Li's card of that class says something else."""
    with store.writing() as transaction:
        card = transaction.scorecard(COURSE, LI, role=Role.LEARNER, class_=class_)
        assert card is not None
        transaction.keep_scorecard(COURSE, packed(replace(card, **changes)), at=given.AFTER + 1)


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


@pytest.mark.parametrize(
    ("others", "enrolled", "median"),
    [((), 3, Fraction(7, 3)), ((given.membership(WANG),), 4, Fraction(7, 6))],
)
def test_who_learns_in_two_classes_is_counted_once_among_everybody(
    others: Sequence[ev.Record], enrolled: int, median: Fraction
) -> None:
    """Zhao has 16 points in both, Li 7/3, and the others none."""
    both = (given.membership(ZHAO, class_="class 2"), given.homework(grade=ev.Grade.PASS, person=ZHAO))
    store = school(*both, *others)
    keeps(store, given.CLASS, total=Fraction(7, 3))
    found = overview(store)
    assert sum(one.enrolled for one in found.classes) == enrolled + 1
    assert (found.whole.enrolled, found.whole.begun, len(found.totals)) == (enrolled, 2, enrolled)
    assert found.whole.median == Median(points=median, of=enrolled, is_at_least=False)
    assert found.whole.missing is not None
    assert found.whole.missing.people == enrolled


@pytest.mark.parametrize("contested", [given.CLASS, "class 2"])
def test_a_pass_that_is_contested_in_one_of_two_classes_is_provisional_among_everybody(
    contested: str,
) -> None:
    store = school(given.membership(LI, class_="class 2"))
    for class_ in (given.CLASS, "class 2"):
        keeps(store, class_, total=Fraction(90), state=CardState.PASS)
    assert (overview(store).whole.passed, overview(store).whole.provisional) == (1, 0)
    about = Contested(role=Role.LEARNER, class_=contested, criterion="posts")
    with store.writing() as transaction:
        objection = raised(about, person=LI, words="?", at=given.AFTER, until=given.AFTER)
        transaction.keep_dispute(COURSE, objection)
    assert (overview(store).whole.passed, overview(store).whole.provisional) == (0, 1)


def test_a_total_just_under_the_pass_mark_is_drawn_below_it() -> None:
    store = school()
    keeps(store, given.CLASS, total=Fraction(79_997, 1000), state=CardState.FAIL)
    assert max(overview(store).totals) == 7_999
