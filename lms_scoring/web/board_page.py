"""A scoreboard as its page shows it: the rows asked for, in order, with their counts and averages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from lms_scoring.domain.evidence import MembershipStatus
from lms_scoring.domain.scorecard import CardState, CriterionResult
from lms_scoring.ports import CardRow
from lms_scoring.services.consult import Board
from lms_scoring.web import board_query
from lms_scoring.web.board_query import BoardQuery

_STATES = tuple(CardState)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row: the card, and its criteria by id."""

    row: CardRow
    results: Mapping[str, CriterionResult]

    @property
    def is_active(self) -> bool:
        """Whether the person still takes part."""
        return self.row.status == MembershipStatus.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Average:
    """The means over those who take part; of a criterion, over those who have it on their card.

    `unread` names the criteria of which somebody's records could not be read: their means are at least so
    much, and so is that of the total.
    """

    of: int
    total: Fraction
    criteria: Mapping[str, Fraction]
    unread: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """What the page shows. `states` counts who is in the class, whatever else is filtered away."""

    lines: Sequence[Line]
    states: Mapping[CardState, int]
    withdrawn: int
    average: Average | None


def board_page(board: Board, query: BoardQuery) -> BoardPage:
    """The page of a board for a query."""
    everybody = [_line(row) for row in board.rows]
    present = [line for line in everybody if line.is_active or query.withdrawn]
    shown = lines_asked(board, query)
    counted = Counter(line.row.card.state for line in present)
    return BoardPage(
        lines=shown,
        states={state: counted[state] for state in _STATES if counted[state] > 0},
        withdrawn=sum(not line.is_active for line in everybody),
        average=_average([line for line in shown if line.is_active]),
    )


def lines_asked(board: Board, query: BoardQuery) -> list[Line]:
    """The rows that a query asks for, in its order: of a page, and of every file of the same filter."""
    present = [line for line in map(_line, board.rows) if line.is_active or query.withdrawn]
    return _sorted([line for line in present if _is_asked_for(line, query)], query)


def _line(row: CardRow) -> Line:
    return Line(row=row, results={result.id: result for result in row.card.criteria})


def _is_asked_for(line: Line, query: BoardQuery) -> bool:
    if query.state is not None and line.row.card.state is not query.state:
        return False
    wanted = query.search.casefold()
    return wanted in line.row.name.casefold() or wanted in line.row.card.person.casefold()


def _sorted(lines: Sequence[Line], query: BoardQuery) -> list[Line]:
    by_name = sorted(lines, key=lambda line: (_spelt(line.row.name), line.row.card.person))
    return sorted(by_name, key=_sort_key(query.sort), reverse=query.descending)


def _sort_key(column: str) -> Callable[[Line], Any]:
    match column:
        case board_query.NAME:
            return lambda line: _spelt(line.row.name)
        case board_query.CLASS:
            return lambda line: _spelt(line.row.card.class_ or "")
        case board_query.TOTAL:
            return lambda line: line.row.card.total
        case board_query.STATE:
            return lambda line: _STATES.index(line.row.card.state)
        case _:
            return lambda line: _points(line, column)


def _points(line: Line, criterion: str) -> Fraction:
    """A card of an older scheme may not have the criterion: it comes after those that have nothing in it."""
    result = line.results.get(criterion)
    return Fraction(-1) if result is None else result.points


def _spelt(name: str) -> tuple[bool, bytes]:
    """By the code of GB 18030, whose common characters stand in the order of pinyin; no name comes last."""
    return (name == "", name.casefold().encode("gb18030", errors="replace"))


def _average(lines: Sequence[Line]) -> Average | None:
    if not lines:
        return None
    ids = {id_: None for line in lines for id_ in line.results}
    return Average(
        of=len(lines),
        total=_mean([line.row.card.total for line in lines]),
        criteria={
            id_: _mean([line.results[id_].points for line in lines if id_ in line.results]) for id_ in ids
        },
        unread=frozenset(id_ for line in lines for id_, one in line.results.items() if one.is_at_least),
    )


def _mean(numbers: Sequence[Fraction]) -> Fraction:
    return sum(numbers, Fraction(0)) / len(numbers)
