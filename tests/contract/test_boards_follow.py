"""Contract: a board follows cards, names and memberships in the transaction that changes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from lms_scoring.domain.board import CLASS, NAME, STANDING, STATE, TOTAL, Chip, line_of
from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.outlook import Standing
from lms_scoring.domain.packed_card import packed
from lms_scoring.domain.scorecard import Finding, Reason, Scorecard, Verdict
from lms_scoring.ports import BoardAsk, Store, Transaction
from tests.contract.six_learners import (
    CLASSES,
    LEARNERS,
    PEOPLE,
    STUDY,
    change,
    keep,
    medians,
    membership,
    numbers,
    of_classes,
    school,
    scored,
    version,
)
from tests.contract.story import COURSE, MEMBERSHIPS, MOODLE, known, outlook


def test_a_line_shows_what_its_card_and_its_outlook_say(filled: Store) -> None:
    with filled.reading() as transaction:
        (line,) = transaction.board_lines(LEARNERS, BoardAsk(search="周桂英")).lines
        (row,) = transaction.board_cards(LEARNERS, BoardAsk(search="周桂英")).rows
    assert row.standing is Standing.NOT_STARTED
    expected = line_of(
        scored(4),
        "周桂英",
        MembershipStatus.ACTIVE,
        standing=row.standing,
        missing=row.missing,
        disputed=False,
    )
    assert line == expected


def test_a_card_without_an_outlook_has_a_chip_of_its_own(filled: Store) -> None:
    with filled.writing() as transaction:
        transaction.keep_scorecard(COURSE, packed(replace(scored(4), evidence="0" * 64)), at=2)
    assert numbers(filled, chip=Chip.NOT_KNOWN) == [4]
    assert 4 in numbers(filled)


@pytest.mark.parametrize("what", [None, "draft", "unreadable"])
def test_a_line_without_points_tells_what_was_only_begun(filled: Store, what: str | None) -> None:
    plain = Finding(kind="submission", id="h", verdict=Verdict.REJECTED, reason=Reason.DRAFT)
    found = {
        None: (),
        "draft": (plain,),
        "unreadable": (replace(plain, kind="unknown", verdict=Verdict.UNKNOWN, reason=None),),
    }
    four = scored(4)
    whole = replace(four, criteria=(replace(four.criteria[0], findings=found[what]),))
    with filled.writing() as transaction:
        transaction.keep_scorecard(COURSE, packed(whole), at=2)
        transaction.keep_outlook(COURSE, whole, outlook(Standing.UNREACHABLE))
    with filled.reading() as transaction:
        (line,) = transaction.board_lines(LEARNERS, BoardAsk(search="周桂英")).lines
    assert (line.chip, line.only_begun) == (Chip.UNREACHABLE, what == "draft")


def test_a_card_that_changes_moves_in_the_transaction_that_keeps_it(filled: Store) -> None:
    before = version(filled), version(filled, of_classes("2班")), version(filled, of_classes("10班"))
    with filled.writing() as transaction:
        keep(transaction, replace(scored(4), total=Fraction(99)))
        lines = transaction.board_lines(LEARNERS, BoardAsk(rows=2)).lines
        assert [line.name for line in lines] == ["Aygül Memet", "周桂英"]
    assert numbers(filled) == [3, 4, 1, 2, 5, 6]
    after = version(filled), version(filled, of_classes("2班")), version(filled, of_classes("10班"))
    assert [one != other for one, other in zip(before, after, strict=True)] == [True, True, False]


def test_who_looked_before_a_change_sees_it_in_the_same_transaction(filled: Store) -> None:
    def seen(transaction: Transaction) -> tuple[object, ...]:
        lines = transaction.board_lines(LEARNERS, BoardAsk(rows=2)).lines
        medians_, counts = transaction.board_medians(LEARNERS), transaction.board_counts(LEARNERS)
        return lines, medians_, counts, transaction.board_version(LEARNERS)

    with filled.writing() as transaction:
        before = seen(transaction)
        transaction.keep_scorecard(COURSE, packed(replace(scored(4), total=Fraction(99))), at=2)
        changed = seen(transaction)
        transaction.settle_boards(COURSE)
        settled = seen(transaction)
    assert [one != other for one, other in zip(before, changed, strict=True)] == [True] * 4
    with filled.reading() as transaction:
        assert seen(transaction) == settled == changed


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


def test_a_membership_that_is_gone_is_withdrawn(filled: Store) -> None:
    with filled.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=2)
        transaction.keep_records(COURSE, MOODLE, [membership(n) for n in CLASSES if n != 3], run=run)
        transaction.mark_gone(COURSE, MOODLE, MEMBERSHIPS, run=run, at=3)
    assert numbers(filled, chip=Chip.WITHDRAWN) == [3]


def test_who_left_has_one_line_though_nobody_says_of_which_class(filled: Store) -> None:
    left = replace(membership(3), id="learner-3-0", class_=None, status=MembershipStatus.WITHDRAWN)
    with filled.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=2)
        others = [membership(n) for n in CLASSES if n != 3]
        transaction.keep_records(COURSE, MOODLE, [left, *others], run=run)
        transaction.mark_gone(COURSE, MOODLE, MEMBERSHIPS, run=run, at=3)
        keep(transaction, replace(scored(3), class_=None))
    assert numbers(filled, chip=Chip.WITHDRAWN) == [3]
    with filled.reading() as transaction:
        assert transaction.board_counts(LEARNERS)[Chip.WITHDRAWN] == 1
        (line,) = transaction.board_lines(LEARNERS, BoardAsk(chip=Chip.WITHDRAWN)).lines
    assert line.class_ == CLASSES[3]


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
