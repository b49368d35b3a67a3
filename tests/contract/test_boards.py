"""Contract: scoreboards follow cards, names and memberships; in every order, counted, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from lms_scoring.domain.board import (
    CLASS,
    NAME,
    STANDING,
    STATE,
    TOTAL,
    Chip,
    Median,
    by_criterion,
    line_of,
)
from lms_scoring.domain.evidence import Membership, MembershipStatus, Role
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.outlook import Standing
from lms_scoring.domain.packed_card import packed
from lms_scoring.domain.proceedings.dispute import Contested, raised
from lms_scoring.domain.proceedings.step import Outcome
from lms_scoring.domain.scorecard import CardState, Scorecard
from lms_scoring.ports import BoardAsk, BoardPart, Store, Transaction
from tests.contract.story import COURSE, MEMBERSHIPS, MOODLE, card, known, member
from tests.contract.test_cards import outlook

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


@pytest.fixture
def filled(store: Store) -> Store:
    with store.writing() as transaction:
        school(transaction)
    return store


def numbers(store: Store, part: BoardPart = LEARNERS, **asked: Any) -> list[int]:
    """The people of a board by their numbers, in its order."""
    with store.reading() as transaction:
        lines = transaction.board_lines(part, BoardAsk(**asked)).lines
        cards = transaction.board_cards(part, BoardAsk(**asked)).rows
    assert [row.card.person for row in cards] == [line.person for line in lines]
    return [int(line.person.rpartition("-")[2]) for line in lines]


def of_classes(*classes: str | None) -> BoardPart:
    return replace(LEARNERS, classes=frozenset(classes))


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
    totals = {n: Fraction(n * 7919 % 101, n % 13 + 1) for n in range(1, 120)}
    people = [known(number, f"P{number:03}") for number in totals]
    with store.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=1)
        transaction.keep_people(people)
        transaction.keep_records(COURSE, MOODLE, [member(number) for number in totals], run=run)
        for person, total in zip(people, totals.values(), strict=True):
            transaction.keep_scorecard(COURSE, packed(card(person, total=total)), at=1)
    by_total = sorted(totals, key=lambda number: (-totals[number], number))
    assert numbers(store, order=TOTAL) == by_total
    assert [n for first in range(0, 120, 25) for n in numbers(store, first=first, rows=25)] == by_total


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
    whole = numbers(filled)
    for first in range(7):
        for rows in range(4):
            assert numbers(filled, first=first, rows=rows) == whole[first : first + rows]
    with filled.reading() as transaction:
        for asked in (
            BoardAsk(first=2, rows=1),
            BoardAsk(first=99, rows=1),
            BoardAsk(search="c", first=9, rows=1),
        ):
            found = transaction.board_lines(LEARNERS, asked).found
            assert found == transaction.board_cards(LEARNERS, asked).found == (2 if asked.search else 6)


def test_results_pick_lines_too(filled: Store) -> None:
    assert numbers(filled, state=CardState.PASS) == [3, 1]
    assert numbers(filled, of_classes("2班"), state=CardState.FAIL, order=NAME) == [4]


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
    assert numbers(filled, search="moodle", chip=Chip.PASSED, state=CardState.FAIL) == []
    assert numbers(filled, replace(LEARNERS, role=Role.TUTOR), search="moodle") == []


# -- medians --------------------------------------------------------------------------------------------


def medians(store: Store, part: BoardPart = LEARNERS) -> dict[str, Median]:
    with store.reading() as transaction:
        return dict(transaction.board_medians(part))


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


# -- what boards follow -----------------------------------------------------------------------------------


def version(store: Store, part: BoardPart = LEARNERS) -> int:
    with store.reading() as transaction:
        return transaction.board_version(part)


def test_a_line_shows_what_its_card_and_its_outlook_say(filled: Store) -> None:
    with filled.reading() as transaction:
        (line,) = transaction.board_lines(LEARNERS, BoardAsk(search="周桂英")).lines
        (row,) = transaction.board_cards(LEARNERS, BoardAsk(search="周桂英")).rows
    assert row.standing is Standing.NOT_STARTED
    expected = line_of(
        scored(4), "周桂英", MembershipStatus.ACTIVE, standing=row.standing, missing=row.missing
    )
    assert line == expected


def test_a_card_without_an_outlook_has_a_chip_of_its_own(filled: Store) -> None:
    with filled.writing() as transaction:
        transaction.keep_scorecard(COURSE, packed(replace(scored(4), evidence="0" * 64)), at=2)
    assert numbers(filled, chip=Chip.NOT_KNOWN) == [4]
    assert 4 in numbers(filled)


def test_a_card_that_changes_moves_in_the_transaction_that_keeps_it(filled: Store) -> None:
    before = version(filled), version(filled, of_classes("2班")), version(filled, of_classes("10班"))
    with filled.writing() as transaction:
        keep(transaction, replace(scored(4), total=Fraction(99)))
        lines = transaction.board_lines(LEARNERS, BoardAsk(rows=2)).lines
        assert [line.name for line in lines] == ["Aygül Memet", "周桂英"]
    assert numbers(filled) == [3, 4, 1, 2, 5, 6]
    after = version(filled), version(filled, of_classes("2班")), version(filled, of_classes("10班"))
    assert [one != other for one, other in zip(before, after, strict=True)] == [True, True, False]


def test_a_change_that_shows_nothing_moves_nobody_and_is_no_other_version(filled: Store) -> None:
    before = version(filled)
    with filled.writing() as transaction:
        keep(transaction, scored(4, evidence="0" * 64))
        transaction.keep_people([known(4, "周桂英", "mbox:other@example.org")])
    assert version(filled) == before


def test_what_was_undone_shows_nowhere(filled: Store) -> None:
    before = numbers(filled), version(filled)
    with pytest.raises(RuntimeError), filled.writing() as transaction:
        keep(transaction, replace(scored(4), total=Fraction(99)))
        raise RuntimeError
    assert (numbers(filled), version(filled)) == before


def test_a_new_name_is_shown_ordered_and_found(filled: Store) -> None:
    before = version(filled)
    with filled.writing() as transaction:
        transaction.keep_people([replace(PEOPLE[3], name="安娜")])
    assert numbers(filled, order=NAME)[0] == 4
    assert (numbers(filled, search="an"), numbers(filled, search="zhou")) == ([4], [])
    assert version(filled) != before


def change(store: Store, *records: Membership) -> None:
    with store.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=2)
        transaction.keep_records(COURSE, MOODLE, records, run=run)


def test_who_withdraws_leaves_the_usual_view_and_comes_back(filled: Store) -> None:
    change(filled, membership(3, status=MembershipStatus.WITHDRAWN))
    assert numbers(filled) == [1, 2, 5, 6, 4]
    assert numbers(filled, chip=Chip.WITHDRAWN) == [3]
    assert numbers(filled, withdrawn=True) == [3, 1, 2, 5, 6, 4]
    with filled.reading() as transaction:
        (line,) = transaction.board_lines(LEARNERS, BoardAsk(chip=Chip.WITHDRAWN)).lines
        assert line.standing is Standing.PASSED
        assert transaction.board_counts(LEARNERS)[Chip.WITHDRAWN] == 1
    change(filled, membership(3))
    assert numbers(filled) == [3, 1, 2, 5, 6, 4]


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
    assert numbers(filled, chip=Chip.FAR) == [5, 6]
    assert numbers(filled, chip=Chip.FAR, backwards=True, rows=1) == [6]
    assert numbers(filled, chip=Chip.DISPUTED, state=CardState.FAIL) == [6]
    assert numbers(filled, chip=Chip.DISPUTED, search="liu") == [1]
    assert version(filled) != former
    with filled.writing() as transaction:
        assert transaction.board_counts(LEARNERS) == {**counts, Chip.DISPUTED: 2}
        assert transaction.board_medians(LEARNERS) == medians
        transaction.settle_boards(COURSE)
        assert transaction.board_medians(LEARNERS) == medians


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


def test_a_contested_card_is_that_of_its_class_or_of_where_its_owner_is_now(filled: Store) -> None:
    change(filled, replace(membership(3), id="another", class_="10班"))
    with filled.writing() as transaction:
        keep(transaction, replace(scored(3), class_="10班"))
    contest(filled, 3)
    assert disputed(filled, of_classes("2班")) == ([3], 1)
    assert disputed(filled, of_classes("10班")) == ([], 0)
    contest(filled, 2, class_="no longer there")
    assert disputed(filled, of_classes("10班")) == ([2], 1)


def test_a_membership_that_is_gone_is_withdrawn(filled: Store) -> None:
    with filled.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=2)
        transaction.keep_records(COURSE, MOODLE, [membership(n) for n in CLASSES if n != 3], run=run)
        transaction.mark_gone(COURSE, MOODLE, MEMBERSHIPS, run=run, at=3)
    assert numbers(filled, chip=Chip.WITHDRAWN) == [3]


def test_a_card_of_a_former_class_is_on_no_board(filled: Store) -> None:
    change(filled, replace(membership(3), class_="10班"))
    assert 3 not in numbers(filled, withdrawn=True)
    with filled.writing() as transaction:
        keep(transaction, replace(scored(3), class_="10班"))
    assert numbers(filled, of_classes("10班")) == [3, 2, 6]
    change(filled, membership(3))
    assert numbers(filled, of_classes("10班")) == [2, 6]
    assert numbers(filled, of_classes("2班")) == [3, 1, 4]


def test_who_is_in_two_classes_has_a_line_in_both(filled: Store) -> None:
    change(filled, replace(membership(3), id="another", class_="10班"))
    with filled.writing() as transaction:
        keep(transaction, replace(scored(3), class_="10班"))
    assert numbers(filled)[:2] == [3, 3]
    assert numbers(filled, search="aygul") == [3, 3]


def test_a_membership_that_was_nobodys_makes_a_line_once_it_is_somebodys(store: Store) -> None:
    late = KnownPerson(id="moodle-4", name="周桂英", accounts=("mbox:late@example.org",))
    with store.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=1)
        transaction.keep_records(COURSE, MOODLE, [membership(4)], run=run)
        transaction.keep_people([late])
        keep(transaction, scored(4))
    assert numbers(store) == []
    with store.writing() as transaction:
        transaction.keep_people([PEOPLE[3]])
    assert numbers(store) == [4]


def test_a_board_of_nobody_is_empty(store: Store) -> None:
    assert numbers(store) == []
    assert numbers(store, search="x") == []
    assert (version(store), medians(store)) == (0, {})
    with store.reading() as transaction:
        assert transaction.board_counts(LEARNERS) == {}
        assert list(transaction.board_classes(COURSE, Role.LEARNER)) == []


def test_a_line_is_the_same_however_it_came_about(filled: Store, new_store: Any) -> None:
    """In many small steps, and all at once."""
    change(filled, membership(3, status=MembershipStatus.WITHDRAWN))
    with filled.writing() as transaction:
        transaction.keep_people([replace(PEOPLE[0], name="安娜")])
    once: Store = new_store()
    with once.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=1)
        transaction.keep_people([replace(PEOPLE[0], name="安娜"), *PEOPLE[1:]])
        withdrawn = membership(3, status=MembershipStatus.WITHDRAWN)
        records = [withdrawn if n == 3 else membership(n) for n in CLASSES]
        transaction.keep_records(COURSE, MOODLE, records, run=run)
        keep(transaction, *map(scored, CLASSES))
    orders = (TOTAL, NAME, CLASS, STATE, STANDING, STUDY)
    assert [_lines(filled, order) for order in orders] == [_lines(once, order) for order in orders]


def _lines(store: Store, order: str) -> Sequence[object]:
    with store.reading() as transaction:
        return transaction.board_lines(LEARNERS, BoardAsk(order=order, withdrawn=True)).lines


def test_boards_of_institutions_and_courses_are_apart(filled: Store, new_store: Any) -> None:
    other: Store = new_store()
    with other.writing() as transaction:
        school(transaction)
        keep_other_course(transaction, map(scored, CLASSES))
    assert numbers(other) == numbers(filled)
    with other.writing() as transaction:
        transaction.keep_people([replace(PEOPLE[0], name="安娜")])
    assert numbers(filled, search="刘磊") == [1]


def keep_other_course(transaction: Transaction, cards: Iterable[Scorecard]) -> None:
    for one in cards:
        transaction.keep_scorecard("another course", packed(one), at=1)
