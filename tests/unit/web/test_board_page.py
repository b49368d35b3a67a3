"""Which rows a board shows, in which order, and what it counts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.scorecard import CardState
from lms_scoring.ports import CardRow, KeptCourse
from lms_scoring.services.consult import Board
from lms_scoring.web.board_page import BoardPage, board_page
from lms_scoring.web.board_query import BoardQuery, columns_of, read_query
from tests import given

RULES = given.main_scheme().roles[Role.LEARNER]


def row(name: str, points: int | Fraction, *, person: str = "", status: str = "active") -> CardRow:
    """A row whose study time earned these points and the rest nothing."""
    card = given.card([given.membership(person or name)])
    study_time, *others = card.criteria
    criteria = (replace(study_time, points=Fraction(points)), *others)
    state = CardState.PASS if points >= 30 else CardState.FAIL
    card = replace(card, criteria=criteria, total=Fraction(points), state=state)
    return CardRow(name=name, status=status, card=card, version=1, scored_at=given.AFTER)


def shown(rows: list[CardRow], **query: object) -> BoardPage:
    board = Board(
        course=KeptCourse(id="c", title="C", scheme="", settings=""),
        scheme=given.main_scheme(),
        role=Role.LEARNER,
        rules=RULES,
        class_=None,
        classes=[given.CLASS],
        rows=rows,
        synced_at=None,
    )
    return board_page(board, BoardQuery(**query))  # type: ignore[arg-type] # the tests' own words


def names(page: BoardPage) -> list[str]:
    return [line.row.name for line in page.lines]


def test_points_that_differ_by_a_hair_are_in_their_exact_order() -> None:
    rows = [row("b", Fraction(79_999, 1000)), row("a", Fraction(80)), row("c", Fraction(79_998, 1000))]
    assert names(shown(rows)) == ["a", "b", "c"]


def test_equal_totals_are_in_the_order_of_names() -> None:
    rows = [row("周", 7), row("陈", 7), row("李", 7)]
    assert names(shown(rows, descending=True)) == ["陈", "李", "周"]


def test_the_nameless_come_last_by_name() -> None:
    assert names(shown([row("", 1, person="x"), row("z", 2)], sort="name", descending=False)) == ["z", ""]


def test_results_sort_as_they_rank() -> None:
    assert names(shown([row("no", 0), row("yes", 40)], sort="state", descending=False)) == ["yes", "no"]


def test_who_lacks_a_criterion_comes_after_who_has_nothing_in_it() -> None:
    older = row("older", 5)
    older = replace(older, card=replace(older.card, criteria=older.card.criteria[1:]))
    assert names(shown([older, row("none", 0)], sort="study_time")) == ["none", "older"]


def test_a_part_of_the_name_or_of_the_id_finds_a_person() -> None:
    rows = [row("Aygül Memet", 1, person="moodle-8"), row("刘磊", 2, person="moodle-3")]
    assert names(shown(rows, search="AYG")) == ["Aygül Memet"]
    assert names(shown(rows, search="磊")) == ["刘磊"]
    assert names(shown(rows, search="oodle-3")) == ["刘磊"]
    assert names(shown(rows, search="none")) == []


def test_averages_are_exact_and_without_those_who_withdrew() -> None:
    rows = [row("a", 10), row("b", Fraction(5)), row("w", 100, status="withdrawn")]
    for withdrawn in (False, True):
        average = shown(rows, withdrawn=withdrawn).average
        assert average is not None
        assert (average.of, average.total) == (2, Fraction(15, 2))
        assert average.criteria["study_time"] == Fraction(15, 2)
        assert average.criteria["homework"] == 0


def test_an_average_is_at_least_so_much_where_somebodys_records_could_not_be_read() -> None:
    read, unread, withdrawn = row("a", 10), row("b", 10), row("w", 10, status="withdrawn")
    (first, second, *rest) = unread.card.criteria
    unread = replace(unread, card=replace(unread.card, criteria=(first, replace(second, unknowns=1), *rest)))
    average = shown([read, unread]).average
    assert average is not None
    assert average.unread == {"homework"}
    average = shown([read, replace(unread, status="withdrawn"), withdrawn], withdrawn=True).average
    assert average is not None
    assert average.unread == frozenset()


def test_an_average_of_nobody_is_none() -> None:
    assert shown([]).average is None
    assert shown([row("w", 1, status="withdrawn")], withdrawn=True).average is None


def test_results_are_counted_whatever_is_filtered() -> None:
    rows = [row("a", 40), row("b", 40), row("c", 0), row("w", 0, status="withdrawn")]
    page = shown(rows, state=CardState.PASS, search="a")
    assert names(page) == ["a"]
    assert page.states == {CardState.PASS: 2, CardState.FAIL: 1}
    assert page.withdrawn == 1


def test_a_query_survives_its_own_address() -> None:
    for query in (
        BoardQuery(),
        BoardQuery(class_="一班", state=CardState.PENDING, withdrawn=True, sort="posts", descending=False),
        BoardQuery(sort="name"),
        BoardQuery(sort="total", descending=False),
    ):
        assert read_query(query.address(), Role.LEARNER, RULES) == query


def test_a_name_searched_for_stands_in_no_address() -> None:
    assert BoardQuery(search="刘磊").address() == {}


def test_a_click_on_a_head_sorts_words_upwards_and_numbers_downwards_first() -> None:
    query = BoardQuery(sort="journal")
    assert query.sorting("name") == "name"
    assert query.sorting("posts") == "-posts"
    assert query.sorting("journal") == "journal"
    assert (query.direction("journal"), query.direction("posts")) == ("descending", "none")


def test_a_board_sorts_by_every_criterion_of_its_scheme() -> None:
    assert set(columns_of(RULES)) >= {"study_time", "homework", "journal", "posts", "total"}
