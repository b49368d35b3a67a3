"""Contract: scoreboards in every order, of parts and chips, searched, counted and page by page."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest

from lms_scoring.domain.board import CLASS, NAME, STANDING, STATE, TOTAL, Chip, by_criterion
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.outlook import ToldState, tellings
from lms_scoring.domain.packed_card import packed
from lms_scoring.domain.scorecard import CardState
from lms_scoring.ports import BoardAsk, Store
from tests.contract.six_learners import CLASSES, LEARNERS, STUDY, keep, numbers, of_classes, scored
from tests.contract.story import COURSE, MOODLE, card, known, member

# -- order ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "first_to_last"),
    [
        (TOTAL, [3, 1, 2, 5, 6, 4]),
        (STUDY, [3, 1, 2, 5, 6, 4]),
        (NAME, [3, 5, 6, 2, 1, 4]),
        (CLASS, [3, 1, 4, 6, 2, 5]),
        (STATE, [3, 1, 2, 5, 6, 4]),
        (STANDING, [3, 1, 2, 5, 6, 4]),
        ("no such order", [3, 5, 6, 2, 1, 4]),
    ],
)
def test_lines_come_in_every_order_and_exactly_backwards(
    filled: Store, order: str, first_to_last: list[int]
) -> None:
    assert numbers(filled, order=order) == first_to_last
    assert numbers(filled, order=order, backwards=True) == first_to_last[::-1]
    assert numbers(filled, of_classes("2班"), order=order) == [
        n for n in first_to_last if CLASSES[n] == "2班"
    ]


def test_who_lacks_a_criterion_comes_after_who_has_nothing_in_it(filled: Store) -> None:
    with filled.writing() as transaction:
        renamed = replace(scored(1).criteria[0], id="posts")
        keep(transaction, replace(scored(1), criteria=(renamed,)))
    assert numbers(filled, order=STUDY) == [3, 2, 5, 6, 4, 1]
    assert numbers(filled, order=by_criterion("posts")) == [1, 3, 5, 6, 2, 4]
    assert numbers(filled, of_classes("2班"), order=by_criterion("posts")) == [1, 3, 4]


def test_many_totals_are_in_the_order_of_the_exact_numbers(store: Store) -> None:
    totals = {n: Fraction(n * 7919 % 101, n % 13 + 1) for n in range(1, 60)}
    people = [known(number, f"P{number:03}") for number in totals]
    with store.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=1)
        transaction.keep_people(people)
        transaction.keep_records(COURSE, MOODLE, [member(number) for number in totals], run=run)
        for person, total in zip(people, totals.values(), strict=True):
            transaction.keep_scorecard(COURSE, packed(card(person, total=total)), at=1)
    by_total = sorted(totals, key=lambda number: (-totals[number], number))
    assert numbers(store, order=TOTAL) == by_total
    assert [n for first in range(0, 60, 13) for n in numbers(store, first=first, rows=13)] == by_total


# -- parts, chips and pages -----------------------------------------------------------------------------


def test_a_part_is_everybody_or_some_classes(filled: Store) -> None:
    assert numbers(filled, of_classes("2班", None)) == [3, 1, 5, 4]
    assert numbers(filled, of_classes(None)) == [5]
    assert numbers(filled, of_classes("no such class")) == []
    assert numbers(filled, of_classes()) == []
    assert numbers(filled, replace(LEARNERS, role=Role.TUTOR)) == []
    assert numbers(filled, replace(LEARNERS, course="another")) == []
    with filled.reading() as transaction:
        assert list(transaction.board_classes(COURSE, Role.LEARNER)) == ["2班", "10班", None]
        assert list(transaction.board_classes(COURSE, Role.TUTOR)) == []


def test_lines_are_picked_by_their_chip_and_counted_by_it(filled: Store) -> None:
    assert numbers(filled, chip=Chip.FAR) == [5, 6]
    assert numbers(filled, of_classes("10班"), chip=Chip.FAR) == [6]
    assert numbers(filled, chip=Chip.UNREACHABLE) == []
    with filled.reading() as transaction:
        counts = transaction.board_counts(LEARNERS)
        assert list(counts.items()) == [
            (Chip.PASSED, 2),
            (Chip.ONE_ITEM_SHORT, 1),
            (Chip.FAR, 2),
            (Chip.NOT_STARTED, 1),
        ]
        assert transaction.board_counts(of_classes("2班", None)) == {
            Chip.PASSED: 2,
            Chip.FAR: 1,
            Chip.NOT_STARTED: 1,
        }
        assert transaction.board_counts(of_classes("no such class")) == {}


def test_a_page_is_a_stretch_of_the_whole(filled: Store) -> None:
    for backwards in (False, True):
        whole = numbers(filled, backwards=backwards)
        for first, rows in product(range(7), range(4)):
            part = numbers(filled, backwards=backwards, first=first, rows=rows)
            assert part == whole[first : first + rows]
    with filled.reading() as transaction:
        for asked in (
            BoardAsk(first=2, rows=1),
            BoardAsk(first=99, rows=1),
            BoardAsk(search="c", first=9, rows=1),
        ):
            found = transaction.board_lines(LEARNERS, asked).found
            assert found == transaction.board_cards(LEARNERS, asked).found == (2 if asked.search else 6)


def test_results_pick_lines_too(filled: Store) -> None:
    assert numbers(filled, told=frozenset({ToldState.PASS})) == [3, 1]
    assert numbers(filled, of_classes("2班"), told=tellings(CardState.FAIL), order=NAME) == [4]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("陈", [5, 6]),
        ("明", [5, 6]),
        ("chenming", [5, 6]),
        ("CM", [5, 6]),
        ("aygul m", [3]),
        ("memet", [3]),
        ("moodle-4", [4]),
        ("4", [4]),
        ("moodle", [3, 1, 2, 5, 6, 4]),
        ("nobody", []),
        ("%", []),
        ("\0", []),
    ],
)
def test_people_are_found_by_name_pinyin_initials_and_id(
    filled: Store, search: str, found: list[int]
) -> None:
    assert numbers(filled, search=search) == found
    assert numbers(filled, search=search, backwards=True) == found[::-1]
    assert numbers(filled, search=search, first=1, rows=2) == found[1:3]


def test_a_search_finds_nobody_of_another_part_or_chip(filled: Store) -> None:
    assert numbers(filled, of_classes("10班"), search="陈") == [6]
    assert numbers(filled, search="moodle", chip=Chip.PASSED) == [3, 1]
    assert numbers(filled, search="moodle", chip=Chip.PASSED, told=tellings(CardState.FAIL)) == []
    assert numbers(filled, replace(LEARNERS, role=Role.TUTOR), search="moodle") == []
