"""A scoreboard as its page shows it: one page of lines, with counts and medians."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lms_scoring.domain.board import TAKING_PART, TOTAL, Chip, Line, Median, by_criterion
from lms_scoring.domain.outlook import ToldState
from lms_scoring.services.viewing.open_board import OpenBoard
from lms_scoring.web.scoreboard.board_query import BoardQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """What the page shows. `counts` are of all these classes' people, whatever else is filtered away."""

    lines: Sequence[Line]
    counts: Mapping[Chip | ToldState, int]
    taking_part: int
    found: int
    query: BoardQuery
    medians: Mapping[str, Median]
    """Of who takes part in all these classes, whatever else is filtered away."""

    @property
    def pages(self) -> int:
        """How many there are."""
        return max(1, -(-self.found // self.query.size))

    @property
    def first(self) -> int:
        """The number of the first row, from 1 on."""
        return (self.query.page - 1) * self.query.size + 1

    @property
    def last(self) -> int:
        """The number of the last row."""
        return self.first + len(self.lines) - 1

    @property
    def near(self) -> Sequence[int]:
        """The pages to go to: the first, the last, and those around this one."""
        around = range(self.query.page - 2, self.query.page + 3)
        return sorted({1, self.pages, *(page for page in around if 1 <= page <= self.pages)})

    def median(self, column: str) -> Median | None:
        """That of a column; None where nobody has it."""
        return self.medians.get(TOTAL if column == TOTAL else by_criterion(column))


def board_page(board: OpenBoard, query: BoardQuery) -> BoardPage:
    """The page of a board for a query; a page beyond the last one is the last."""
    found = board.lines(query.asks())
    if not found.lines and found.found > 0:
        query = replace(query, page=-(-found.found // query.size))
        found = board.lines(query.asks())
    counts = board.counts
    return BoardPage(
        lines=found.lines,
        counts=counts,
        taking_part=sum(counts.get(chip, 0) for chip in (*TAKING_PART, ToldState.TO_BE_READ)),
        found=found.found,
        query=query,
        medians=board.medians(),
    )
