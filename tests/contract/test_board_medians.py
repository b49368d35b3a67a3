"""Contract: the medians of a board are exact, and those of who takes part in it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from lms_scoring.domain.board import NAME, TOTAL, Median, by_criterion
from lms_scoring.domain.evidence import MembershipStatus
from lms_scoring.ports import Store
from tests.contract.six_learners import (
    CLASSES,
    LEARNERS,
    STUDY,
    TOTALS,
    keep,
    medians,
    membership,
    numbers,
    of_classes,
    scored,
)
from tests.contract.story import COURSE, MOODLE


def median(points: Fraction | int, of: int, *, is_at_least: bool = False) -> Median:
    return Median(points=Fraction(points), of=of, is_at_least=is_at_least)


def test_medians_are_exact_and_those_of_the_part(filled: Store) -> None:
    total = (Fraction(TOTALS[2]) + Fraction(1, 3)) / 2
    assert medians(filled) == {TOTAL: median(total, 6), STUDY: median(total / 10, 6)}
    assert medians(filled, of_classes("2班"))[TOTAL] == median(80, 3)
    assert medians(filled, of_classes("2班", None))[TOTAL] == median((80 + Fraction(1, 3)) / 2, 4)
    assert medians(filled, of_classes("no such class")) == {}


def test_medians_are_the_same_once_they_are_settled_and_follow_later_changes(filled: Store) -> None:
    parts = (LEARNERS, of_classes("2班"), of_classes("10班"), of_classes(None), of_classes("2班", "10班"))
    before = [medians(filled, part) for part in parts]
    with filled.writing() as transaction:
        transaction.settle_boards(COURSE)
        transaction.settle_boards("another course")
    assert [medians(filled, part) for part in parts] == before
    with filled.writing() as transaction:
        keep(transaction, replace(scored(1), total=Fraction(60)))
    assert medians(filled, of_classes("2班"))[TOTAL] == median(60, 3)
    assert medians(filled, of_classes("10班")) == before[2]


def test_a_median_counts_who_takes_part_and_has_the_criterion(filled: Store) -> None:
    with filled.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=2)
        left = membership(3, status=MembershipStatus.WITHDRAWN)
        transaction.keep_records(COURSE, MOODLE, [left], run=run)
        keep(transaction, replace(scored(1), criteria=()))
    for settled in (False, True):
        if settled:
            with filled.writing() as transaction:
                transaction.settle_boards(COURSE)
        found = medians(filled, of_classes("2班"))
        assert found == {TOTAL: median(40, 2), STUDY: median(0, 1)}


def test_a_median_is_at_least_so_much_where_somebodys_records_could_not_be_read(filled: Store) -> None:
    with filled.writing() as transaction:
        unread = replace(scored(4).criteria[0], unknowns=2)
        keep(transaction, replace(scored(4), criteria=(unread,)))
        transaction.settle_boards(COURSE)
    assert medians(filled, of_classes("2班")) == {
        TOTAL: median(80, 3, is_at_least=True),
        STUDY: median(8, 3, is_at_least=True),
    }
    assert not medians(filled, of_classes("10班"))[TOTAL].is_at_least


def test_a_criterion_that_no_card_has_any_more_has_no_median(filled: Store) -> None:
    with filled.writing() as transaction:
        cards = [scored(number) for number in CLASSES]
        keep(transaction, *(replace(one, criteria=(replace(one.criteria[0], id="posts"),)) for one in cards))
        transaction.settle_boards(COURSE)
    assert medians(filled).keys() == {TOTAL, by_criterion("posts")}
    assert numbers(filled, order=STUDY) == numbers(filled, order=NAME)
