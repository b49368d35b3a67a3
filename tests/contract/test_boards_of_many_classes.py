"""Contract: the board of somebody who sees very many classes is that of few, only longer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.domain.board import NAME, TOTAL, Median
from lms_scoring.domain.evidence import Membership
from lms_scoring.domain.packed_card import packed
from lms_scoring.domain.scorecard import CardState, Scorecard
from lms_scoring.ports import BoardAsk, BoardPart, Store
from tests.contract.six_learners import LEARNERS
from tests.contract.story import COURSE, MOODLE, card, known, member

CLASSES = 260
"""With two numbers of lines each, more than SQLite merges in one question."""
PART = replace(LEARNERS, classes=frozenset(f"{number}班" for number in range(CLASSES)))
RESULTS = (CardState.PASS, CardState.FAIL)


@pytest.fixture
def county(store: Store) -> Iterator[Store]:
    """Of each class two learners: one who passed with 80 points and more, one who failed."""
    numbers = range(2 * CLASSES)
    with store.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=1)
        transaction.keep_people([known(number, f"学员{number:03}") for number in numbers])
        transaction.keep_records(COURSE, MOODLE, [_place(number) for number in numbers], run=run)
        for number in numbers:
            transaction.keep_scorecard(COURSE, packed(_card(number)), at=1)
    yield store


def _class(number: int) -> str:
    return f"{number // 2}班"


def _place(number: int) -> Membership:
    return member(number, class_=_class(number))


def _card(number: int) -> Scorecard:
    plain = card(known(number, f"学员{number:03}"), class_=_class(number))
    total = Fraction(number, 100) + (80 if number % 2 == 0 else 10)
    return replace(plain, total=total, state=RESULTS[number % 2])


def _people(store: Store, part: BoardPart, **asked: object) -> tuple[list[int], int]:
    with store.reading() as transaction:
        found = transaction.board_lines(part, BoardAsk(**asked))  # type: ignore[arg-type] # as the test says
    return [int(line.person.rpartition("-")[2]) for line in found.lines], found.found


def test_its_pages_are_those_of_the_whole_course(county: Store) -> None:
    for order in (NAME, TOTAL):
        for first in (0, 255, 519, 520):
            shown = _people(county, PART, order=order, first=first, rows=3)
            assert shown == _people(county, LEARNERS, order=order, first=first, rows=3)
    assert _people(county, PART, rows=2) == ([518, 516], 2 * CLASSES)


def test_it_is_picked_by_result_and_searched_like_every_other(county: Store) -> None:
    for asked in ({"search": "学员00"}, {"search": "xy", "first": 7, "rows": 2}):
        assert _people(county, PART, **asked) == _people(county, LEARNERS, **asked)
    assert _people(county, replace(PART, classes=frozenset({"0班", "1班"})), search="学员00") == (
        [2, 0, 3, 1],
        4,
    )


def test_its_medians_are_those_of_the_whole_course_before_and_after_a_change(county: Store) -> None:
    with county.writing() as transaction:
        found = transaction.board_medians(PART)
        assert found == transaction.board_medians(LEARNERS)
        between = (Fraction("15.19") + 80) / 2
        assert found[TOTAL] == Median(points=between, of=2 * CLASSES, is_at_least=False)
    with county.writing() as transaction:
        transaction.keep_scorecard(COURSE, packed(replace(_card(0), total=Fraction(0))), at=2)
    with county.reading() as transaction:
        found = transaction.board_medians(PART)
        assert found == transaction.board_medians(LEARNERS)
        assert found[TOTAL] == Median(points=Fraction("15.18"), of=2 * CLASSES, is_at_least=False)
