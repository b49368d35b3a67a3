"""What is done while all other writers wait asks no more of many than of a few, and finds the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from lms_scoring.domain.board import TAKING_PART, TOTAL
from lms_scoring.domain.packed_card import packed
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.ports import Transaction
from lms_scoring.store import SqlStore, tables
from lms_scoring.store.boards.line_numbers import picked
from lms_scoring.store.boards.middles import median_of_all, median_of_each
from lms_scoring.store.boards.parts import counts_in
from lms_scoring.store.sql_transaction import SqlTransaction
from tests.contract.six_learners import STUDY, school
from tests.contract.story import LRS, MOODLE, card, known, member, outlook
from tests.fixtures.databases import empty_database

FEW, MANY = 2, 40


@pytest.fixture
def on_file(tmp_path: Path) -> Iterator[SqlStore]:
    """A store whose every statement can be listened to, as none that is sent to a server can."""
    store = SqlStore(empty_database(tmp_path / "store.db"))
    yield store
    store.close()


@contextmanager
def asked(transaction: Transaction) -> Iterator[list[str]]:
    """Every question inside, and every change that is told by one."""
    assert isinstance(transaction, SqlTransaction)
    driver = transaction.connection.connection.driver_connection
    assert driver is not None
    told: list[str] = []
    driver.set_trace_callback(told.append)
    yield told
    driver.set_trace_callback(None)
    told[:] = [one for one in told if one.startswith(("SELECT", "UPDATE", "DELETE"))]


def cards_of(size: int) -> list[Scorecard]:
    """Each in a class of its own."""
    return [replace(card(known(number)), class_=f"{number}班") for number in range(size)]


def enrol(transaction: Transaction, course: str, size: int) -> None:
    run = transaction.begin_run(course, MOODLE, at=1)
    transaction.keep_people([known(number) for number in range(size)])
    places = [member(number, class_=f"{number}班") for number in range(size)]
    transaction.keep_records(course, MOODLE, places, run=run)


def test_settling_the_boards_of_many_classes_asks_no_more_than_of_a_few(on_file: SqlStore) -> None:
    questions = []
    for size in (FEW, MANY):
        course = f"of {size}"
        with on_file.writing() as transaction:
            enrol(transaction, course, size)
            for one in cards_of(size):
                transaction.keep_scorecard(course, packed(one), at=1)
        with on_file.writing() as transaction, asked(transaction) as told:
            transaction.settle_boards(course)
        questions.append(len(told))
    assert 0 < questions[0] == questions[1]


def test_keeping_many_cards_asks_no_more_than_keeping_a_few(on_file: SqlStore) -> None:
    questions = []
    for size in (FEW, MANY):
        with on_file.writing() as transaction, asked(transaction) as told:
            kept = [(packed(one), outlook()) for one in cards_of(size)]
            assert transaction.keep_cards(f"of {size}", kept, at=1) == size
        questions.append(len(told))
    assert 0 < questions[0] == questions[1]


def test_that_nobody_is_touched_is_asked_at_once_of_any_number_of_sources(on_file: SqlStore) -> None:
    """Each page asks it once the window was read."""
    with on_file.writing() as transaction:
        for number in range(MANY):
            transaction.begin_run("of many", f"source {number}", at=1)
    with on_file.reading() as transaction, asked(transaction) as told:
        assert transaction.touched("of many") == []
    assert len(told) == 1


def test_what_was_voided_and_concerns_nobody_is_looked_for_until_somebody_scores(on_file: SqlStore) -> None:
    """Its statement never came, or was told of somebody in no course: each page passed over all that a record
    store ever told to see that."""
    with on_file.writing() as transaction:
        transaction.begin_run("course", LRS, at=1)
        transaction.keep_voided(LRS, ["never heard of"])
        transaction.forget_strangers("course")
    with on_file.reading() as transaction, asked(transaction) as told:
        assert transaction.touched("course") == []
    assert len(told) == 1


def test_the_medians_of_many_lists_at_once_are_those_of_each(store: SqlStore) -> None:
    """However long they are: short ones are looked through, of long ones half is read."""
    with store.writing() as transaction:
        school(transaction)
    table = tables.board_list
    with store.reading() as transaction:
        assert isinstance(transaction, SqlTransaction)
        rows = transaction.connection.execute(
            select(table.c.id, table.c.scope).where(table.c.sorting.in_([TOTAL, STUDY]))
        ).all()
        chips = picked(counts_in(transaction, sorted({row.scope for row in rows})), TAKING_PART)
        lists = [row.id for row in rows]
        each = {number: median_of_all(transaction, [number], chips) for number in lists}
        assert len(each) == 8
        assert None not in each.values()
        for few in (0, 2, 3, 1_000):
            assert median_of_each(transaction, lists, chips, few=few) == each
