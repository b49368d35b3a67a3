"""The boards of six learners in two classes and none, and what tests ask of them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from lms_scoring.domain.board import Median, by_criterion
from lms_scoring.domain.evidence import Membership, Role
from lms_scoring.domain.outlook import Standing
from lms_scoring.domain.packed_card import packed
from lms_scoring.domain.scorecard import CardState, Scorecard
from lms_scoring.ports import BoardAsk, BoardPart, Store, Transaction
from tests.contract.story import COURSE, MOODLE, card, known, member, outlook

LEARNERS = BoardPart(course=COURSE, role=Role.LEARNER)
STUDY = by_criterion("study_time")
PEOPLE = (
    known(1, "刘磊"),
    known(2, "黄涛"),
    known(3, "Aygül Memet"),
    known(4, "周桂英"),
    known(5, "陈明"),
    known(6, "陈明"),
)
CLASSES = {1: "2班", 2: "10班", 3: "2班", 4: "2班", 5: None, 6: "10班"}
TOTALS: dict[int, Fraction | int] = {
    1: 80,
    2: Fraction(80) - Fraction(1, 10**30),
    3: 100,
    4: 0,
    5: Fraction(1, 3),
    6: Fraction(1, 3),
}
STANDINGS = {
    1: Standing.PASSED,
    2: Standing.ONE_ITEM_SHORT,
    3: Standing.PASSED,
    4: Standing.NOT_STARTED,
    5: Standing.FAR,
    6: Standing.FAR,
}


def scored(number: int, **changes: Any) -> Scorecard:
    """A card whose only criterion earned a tenth of the total."""
    total = Fraction(TOTALS[number])
    plain = card(PEOPLE[number - 1], class_=CLASSES[number])
    criteria = (replace(plain.criteria[0], points=total / 10),)
    state = CardState.PASS if total >= 80 else CardState.FAIL
    return replace(plain, total=total, state=state, criteria=criteria, **changes)


def membership(number: int, **changes: Any) -> Membership:
    return member(number, class_=CLASSES[number], **changes)


def keep(transaction: Transaction, *cards: Scorecard) -> None:
    for one in cards:
        transaction.keep_scorecard(COURSE, packed(one), at=1)
        number = int(one.person.rpartition("-")[2])
        transaction.keep_outlook(COURSE, one, outlook(STANDINGS[number]))


def school(transaction: Transaction) -> int:
    """Six learners in two classes and none, with their cards; the running run."""
    run = transaction.begin_run(COURSE, MOODLE, at=1)
    transaction.keep_people(PEOPLE)
    transaction.keep_records(COURSE, MOODLE, [membership(number) for number in CLASSES], run=run)
    keep(transaction, *map(scored, CLASSES))
    return run


def numbers(store: Store, part: BoardPart = LEARNERS, **asked: Any) -> list[int]:
    """The people of a board by their numbers, in its order."""
    with store.reading() as transaction:
        lines = transaction.board_lines(part, BoardAsk(**asked)).lines
        cards = transaction.board_cards(part, BoardAsk(**asked)).rows
    assert [row.card.person for row in cards] == [line.person for line in lines]
    return [int(line.person.rpartition("-")[2]) for line in lines]


def of_classes(*classes: str | None) -> BoardPart:
    return replace(LEARNERS, classes=frozenset(classes))


def medians(store: Store, part: BoardPart = LEARNERS) -> dict[str, Median]:
    with store.reading() as transaction:
        return dict(transaction.board_medians(part))


def version(store: Store, part: BoardPart = LEARNERS) -> int:
    with store.reading() as transaction:
        return transaction.board_version(part)


def change(store: Store, *records: Membership) -> None:
    with store.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=2)
        transaction.keep_records(COURSE, MOODLE, records, run=run)
