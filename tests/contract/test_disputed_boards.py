"""Contract: whose card is contested has a chip of its own on the board, beside the others."""

from __future__ import annotations

from dataclasses import replace

from lms_scoring.domain.board import Chip
from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.outlook import ToldState, tellings
from lms_scoring.domain.proceedings.dispute import Contested, raised
from lms_scoring.domain.proceedings.step import Outcome
from lms_scoring.domain.scorecard import CardState
from lms_scoring.ports import BoardAsk, BoardPart, Store
from tests.contract.six_learners import (
    CLASSES,
    LEARNERS,
    PEOPLE,
    change,
    keep,
    membership,
    numbers,
    of_classes,
    scored,
    version,
)
from tests.contract.story import COURSE

PASS, PASS_PROVISIONALLY = frozenset({ToldState.PASS}), frozenset({ToldState.PASS_PROVISIONALLY})


def contest(store: Store, number: int, class_: str | None = None, *, answer: bool = False) -> None:
    """Somebody contests the own card of a class (None: of the own), and may be answered."""
    about = Contested(role=Role.LEARNER, class_=class_ or CLASSES[number], criterion="study_time")
    with store.writing() as transaction:
        person = PEOPLE[number - 1].id
        one = transaction.keep_dispute(COURSE, raised(about, person=person, words="?", at=1, until=9))
        if answer:
            done = one.answered(Outcome.KEPT, by="tutor", words="!", at=2, until=9)
            transaction.keep_dispute(COURSE, done)


def disputed(store: Store, part: BoardPart = LEARNERS) -> tuple[list[int], int]:
    """Who has the chip, and how many are counted by it."""
    with store.reading() as transaction:
        return numbers(store, part, chip=Chip.DISPUTED), transaction.board_counts(part).get(Chip.DISPUTED, 0)


def test_whose_card_is_contested_has_a_chip_beside_the_other(filled: Store) -> None:
    with filled.reading() as transaction:
        counts, medians = transaction.board_counts(LEARNERS), transaction.board_medians(LEARNERS)
    former = version(filled)
    for number in (1, 6, 6):
        contest(filled, number)
    contest(filled, 3, answer=True)
    assert disputed(filled) == ([1, 6], 2)
    with filled.writing() as transaction:
        keep(transaction, *(scored(number, evidence="0" * 64) for number in CLASSES))
    assert disputed(filled) == ([1, 6], 2)
    assert disputed(filled, of_classes("10班")) == ([6], 1)
    assert disputed(filled, of_classes(None)) == ([], 0)
    assert numbers(filled) == [3, 1, 2, 5, 6, 4]
    assert numbers(filled, chip=Chip.FAR) == [5]
    assert numbers(filled, chip=Chip.TO_CHECK) == [1, 6]
    assert numbers(filled, chip=Chip.TO_CHECK, backwards=True, rows=1) == [6]
    assert numbers(filled, chip=Chip.DISPUTED, told=tellings(CardState.FAIL)) == [6]
    assert numbers(filled, chip=Chip.DISPUTED, search="liu") == [1]
    assert version(filled) != former
    with filled.writing() as transaction:
        moved = {Chip.PASSED: 1, Chip.FAR: 1, Chip.TO_CHECK: 2, Chip.DISPUTED: 2}
        assert transaction.board_counts(LEARNERS) == {**counts, **moved}
        assert transaction.board_medians(LEARNERS) == medians
        transaction.settle_boards(COURSE)
        assert transaction.board_medians(LEARNERS) == medians


def test_results_that_are_contested_are_told_as_provisional(filled: Store) -> None:
    """On lines and on cards, until there is an answer; so the rows of a chip have the result that it says."""
    contest(filled, 1)
    with filled.reading() as transaction:
        for asked in (BoardAsk(), BoardAsk(chip=Chip.TO_CHECK), BoardAsk(search="liu")):
            lines = {one.person: one.told for one in transaction.board_lines(LEARNERS, asked).lines}
            rows = {one.card.person: one.told for one in transaction.board_cards(LEARNERS, asked).rows}
            assert lines[PEOPLE[0].id] is rows[PEOPLE[0].id] is ToldState.PASS_PROVISIONALLY
        sure = transaction.board_lines(LEARNERS, BoardAsk(chip=Chip.PASSED)).lines
        assert [(one.person, one.told) for one in sure] == [(PEOPLE[2].id, ToldState.PASS)]
    assert numbers(filled, told=PASS) == [3]
    assert numbers(filled, told=PASS_PROVISIONALLY) == [1]
    assert numbers(filled, told=tellings(CardState.PASS)) == [3, 1]
    contest(filled, 3, answer=True)
    assert numbers(filled, chip=Chip.PASSED) == [3]
    change(filled, membership(1, status=MembershipStatus.WITHDRAWN))
    assert numbers(filled, told=PASS_PROVISIONALLY) == []
    assert numbers(filled, told=PASS_PROVISIONALLY, withdrawn=True) == [1], "a row that says so too"


def test_the_chip_goes_when_nobody_waits_for_an_answer(filled: Store) -> None:
    contest(filled, 1)
    before = version(filled)
    with filled.writing() as transaction:
        (one,) = transaction.disputes(COURSE)
        transaction.keep_dispute(COURSE, one.withdrawn(by=one.person, at=2))
        assert transaction.board_counts(LEARNERS).get(Chip.DISPUTED) is None
    assert disputed(filled) == ([], 0)
    assert version(filled) != before
    contest(filled, 2)
    with filled.writing() as transaction:
        transaction.forget_proceedings(PEOPLE[1].id)
    assert disputed(filled) == ([], 0)


def test_who_withdrew_may_be_disputed_all_the_same(filled: Store) -> None:
    contest(filled, 3)
    change(filled, membership(3, status=MembershipStatus.WITHDRAWN))
    assert disputed(filled) == ([3], 1)
    assert 3 not in numbers(filled)
    assert numbers(filled, chip=Chip.WITHDRAWN) == [3]


def test_who_contests_the_card_of_one_of_two_classes_has_the_chip_in_both(filled: Store) -> None:
    """They say the same, and an answer changes both."""
    change(filled, replace(membership(3), id="another", class_="10班"))
    with filled.writing() as transaction:
        keep(transaction, replace(scored(3), class_="10班"))
    contest(filled, 3)
    for class_ in ("2班", "10班"):
        assert disputed(filled, of_classes(class_)) == ([3], 1)
        assert numbers(filled, of_classes(class_), told=PASS_PROVISIONALLY) == [3]
    change(filled, replace(membership(3, status=MembershipStatus.WITHDRAWN), id="another", class_="10班"))
    assert disputed(filled, of_classes("2班")) == ([3], 1)
    assert disputed(filled, of_classes("10班")) == ([], 0)


def test_a_contested_card_of_a_class_that_is_no_more_is_that_of_where_its_owner_is_now(filled: Store) -> None:
    contest(filled, 2, class_="no longer there")
    assert disputed(filled, of_classes("10班")) == ([2], 1)


def test_a_dispute_goes_along_with_a_learner_who_moves_to_another_class(filled: Store) -> None:
    contest(filled, 3)
    left = replace(membership(3), status=MembershipStatus.WITHDRAWN)
    change(filled, left, replace(membership(3), id="another", class_="10班"))
    with filled.writing() as transaction:
        keep(transaction, replace(scored(3), class_="10班"))
    assert disputed(filled, of_classes("10班")) == ([3], 1)
    assert disputed(filled, of_classes("2班"))[1] == 1, "the card that was contested stays so"
    assert numbers(filled, of_classes("10班"), told=PASS_PROVISIONALLY) == [3]
