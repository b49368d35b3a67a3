"""What an address or a form asks of a board, and which pages there are to go to."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from lms_scoring.domain.board import Chip
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.outlook import ToldState
from lms_scoring.web.scoreboard.board_page import BoardPage
from lms_scoring.web.scoreboard.board_query import BoardQuery, Links, columns_of, hideable, read_query
from lms_scoring.web.scoreboard.picked import picked_within_classes
from lms_scoring.web.voice import Voice
from lms_scoring.web.wording import read_wording
from tests import given

RULES = given.main_scheme().roles[Role.LEARNER]


def test_a_query_survives_its_own_address() -> None:
    for query in (
        BoardQuery(),
        BoardQuery(class_="一班", state=ToldState.PENDING, withdrawn=True, sort="posts", descending=False),
        BoardQuery(state=ToldState.PASS_PROVISIONALLY),
        BoardQuery(chip=ToldState.TO_BE_READ),
        BoardQuery(sort="name"),
        BoardQuery(sort="total", descending=False),
        BoardQuery(chip=Chip.FAR, page=3, size=50, hidden=frozenset({"posts", "class"})),
    ):
        assert read_query(query.address(), Role.LEARNER, RULES) == query


def test_a_name_searched_for_stands_in_no_address_and_in_forms() -> None:
    query = BoardQuery(search="刘磊", chip=Chip.FAR, page=2)
    assert query.address() == {"standing": "far", "page": "2"}
    assert query.fields() == {"standing": "far", "search": "刘磊"}


@pytest.mark.parametrize(
    ("query", "is_part"),
    [
        (BoardQuery(class_="一班", withdrawn=True, sort="posts", hidden=frozenset({"class"})), False),
        (BoardQuery(chip=Chip.FAR), True),
        (BoardQuery(state=ToldState.FAIL), True),
        (BoardQuery(search="刘"), True),
    ],
)
def test_who_asks_for_a_part_of_a_list_is_told_of_which(query: BoardQuery, is_part: bool) -> None:
    assert query.is_part is is_part
    assert (picked_within_classes(query, Voice(read_wording(), "zh")) != "") is is_part


def test_a_click_on_a_head_sorts_words_upwards_and_numbers_downwards_first() -> None:
    query = BoardQuery(sort="journal")
    assert query.sorting("name") == "name"
    assert query.sorting("posts") == "-posts"
    assert query.sorting("journal") == "journal"
    assert (query.direction("journal"), query.direction("posts")) == ("descending", "none")


def test_a_board_sorts_by_every_criterion_of_its_scheme() -> None:
    assert set(columns_of(RULES)) >= {"study_time", "homework", "journal", "posts", "total"}


def test_whatever_changes_begins_at_the_first_page() -> None:
    query = BoardQuery(page=4, size=50)
    assert query.address() == {"page": "4", "rows": "50"}
    assert query.address(sort="name") == {"sort": "name", "rows": "50"}
    assert query.address(page="5") == {"page": "5", "rows": "50"}


@pytest.mark.parametrize("given_page", ["", "0", "-1", "x", "1.5", "٣", "99999999999999999999"])
def test_a_page_that_is_none_is_the_first(given_page: str) -> None:
    assert read_query({"page": given_page}, Role.LEARNER, RULES).page == 1


def test_name_and_total_cannot_be_hidden() -> None:
    assert not {"name", "total"} & set(hideable(RULES))
    asked = read_query({"hide": "name.total.posts.nonsense"}, Role.LEARNER, RULES)
    assert asked.hidden == {"posts"}


def test_the_store_is_asked_for_a_page_or_for_the_whole_filter() -> None:
    query = BoardQuery(page=3, size=50, chip=Chip.FAR, search="刘")
    asked = query.asks()
    assert (asked.first, asked.rows, asked.chip, asked.search) == (100, 50, Chip.FAR, "刘")
    whole = query.asks(whole=True)
    assert (whole.first, whole.rows, whole.chip, whole.search) == (0, None, Chip.FAR, "刘")


@pytest.mark.parametrize(
    ("found", "page", "near"),
    [
        (0, 1, [1]),
        (100, 1, [1]),
        (101, 1, [1, 2]),
        (2100, 9, [1, 7, 8, 9, 10, 11, 21]),
        (2100, 21, [1, 19, 20, 21]),
    ],
)
def test_pages_to_go_to_are_the_first_the_last_and_those_around(
    found: int, page: int, near: list[int]
) -> None:
    shown = BoardPage(
        lines=(), counts={}, taking_part=0, found=found, query=BoardQuery(page=page), medians={}
    )
    assert shown.near == near


@pytest.mark.parametrize("asked", [{}, {"class": "1 班&", "sort": "-name", "standing": "far", "page": "3"}])
def test_links_lead_where_the_view_with_one_thing_changed_is(asked: dict[str, str]) -> None:
    query = read_query(asked, Role.LEARNER, RULES)
    links = Links(query)
    for name, value in (("sort", "class"), ("standing", ""), ("standing", "passed"), ("page", "2")):
        behind = links.to(name, value).removeprefix("?")
        assert dict(parse_qsl(behind)) == query.address(**{name: value})
    assert Links(BoardQuery()).to("standing", "") == ""
