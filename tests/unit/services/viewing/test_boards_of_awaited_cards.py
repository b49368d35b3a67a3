"""Boards while cards by adopted rules are awaited: lines have the points that are foretold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lms_scoring.domain.board import Shown
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.outlook import ToldState
from lms_scoring.domain.scorecard import CardState
from lms_scoring.ports import BoardAsk
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.services.viewing.open_board import OpenBoard
from tests import given
from tests.fixtures.courses.awaited import ADMINISTRATOR, OTHER, County, filled_county
from tests.fixtures.courses.scripted import CHEN, COURSE, LI, WANG, ZHAO, new_store

LEARNERS = {LI, ZHAO, CHEN}


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    """Nothing is foretold of zhao, whose homework came since."""
    county = filled_county(new_store(tmp_path))
    county.sync(given.homework("late", person=ZHAO))
    county.adopt()
    yield county
    county.store.close()


def test_lines_have_the_points_that_are_foretold_and_are_provisional(county: County) -> None:
    with Consultant(county.store, OTHER).open_board(ADMINISTRATOR) as board:
        found = {line.person: line for line in board.lines(BoardAsk()).lines}
        assert board.awaited == {CardState.FAIL: 2, None: 1}
    assert {person: line.total for person, line in found.items()} == {
        LI: Shown(400, 1_000),
        ZHAO: Shown(800, 8_000),
        CHEN: Shown(0, 1_000),
    }
    assert {line.told for line in found.values()} == {ToldState.FAIL_PROVISIONALLY}


def test_files_have_the_cards_before_as_provisional(county: County) -> None:
    with Consultant(county.store, OTHER).open_board(ADMINISTRATOR) as board:
        rows = board.cards(BoardAsk()).rows
    assert {row.card.person: row.card.total for row in rows} == {LI: 12, ZHAO: 8, CHEN: 0}
    assert {row.told for row in rows} == {ToldState.FAIL_PROVISIONALLY}


def test_what_is_made_is_told_as_ever_beside_what_is_awaited(county: County) -> None:
    with county.store.writing() as transaction:
        transaction.await_no_more(COURSE, [LI])
    with Consultant(county.store, OTHER).open_board(ADMINISTRATOR) as board:
        told = {line.person: line.told for line in board.lines(BoardAsk()).lines}
        of_rows = {row.card.person: row.told for row in board.cards(BoardAsk()).rows}
    assert told == of_rows
    assert told == {**dict.fromkeys(LEARNERS, ToldState.FAIL_PROVISIONALLY), LI: ToldState.FAIL}


def test_tutors_have_a_board_of_their_own(county: County) -> None:
    with Consultant(county.store, OTHER).open_board(ADMINISTRATOR, role=Role.TUTOR) as board:
        (line,) = board.lines(BoardAsk()).lines
        assert board.awaited == {None: 1}
    assert (line.person, line.told.is_provisional) == (WANG, line.state is not CardState.PENDING)


def test_awaited_cards_are_counted_where_that_is_said_alone(county: County) -> None:
    said: list[str] = []

    def heard(board: OpenBoard) -> OpenBoard:
        transaction: Any = board.transaction
        transaction.connection.connection.dbapi_connection.set_trace_callback(said.append)
        return board

    def are_counted() -> bool:
        found = any("count(" in one and "FROM foretold" in one for one in said)
        assert said != []
        said.clear()
        return found

    with Consultant(county.store, OTHER).open_board(ADMINISTRATOR) as board:
        heard(board).filed(BoardAsk())
        board.lines(BoardAsk())
        assert not are_counted()
        assert board.awaited
        assert are_counted()
    county.assess()
    with Consultant(county.store, OTHER).open_board(ADMINISTRATOR) as board:
        assert not heard(board).awaited
        assert not are_counted()
