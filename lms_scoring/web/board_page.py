"""A scoreboard as its page shows it: one page of rows, with counts and medians, in words made once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from urllib.parse import quote

from lms_scoring.domain.board import TAKING_PART, TOTAL, Chip, Line, Median, Shown, by_criterion
from lms_scoring.domain.figures import JUST_UNDER
from lms_scoring.domain.scheme import Criterion
from lms_scoring.domain.scorecard import CardState
from lms_scoring.services.open_board import OpenBoard
from lms_scoring.web.board_query import BoardQuery
from lms_scoring.web.voice import Voice


class Cell(NamedTuple):
    """Points as a cell shows them, its bar going to `bar` of `most`. `unread`: why there may be more."""

    text: str
    bar: int
    most: int
    pending: bool
    unread: str


class Row(NamedTuple):
    """One row, ready to be written down."""

    address: str
    name: str
    class_: str
    withdrawn: bool
    cells: Sequence[Cell | None]
    total: Cell
    state: str
    band: str
    chip: str
    missing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """What the page shows. `counts` are of all these classes' people, whatever else is filtered away."""

    rows: Sequence[Row]
    counts: Mapping[Chip, int]
    taking_part: int
    found: int
    query: BoardQuery
    medians: Mapping[str, Median]

    columns: Sequence[Criterion]
    """The criteria that are shown."""

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
        return self.first + len(self.rows) - 1

    @property
    def near(self) -> Sequence[int]:
        """The pages to go to: the first, the last, and those around this one."""
        around = range(self.query.page - 2, self.query.page + 3)
        return sorted({1, self.pages, *(page for page in around if 1 <= page <= self.pages)})

    def median(self, column: str) -> Median | None:
        """That of a column; None where nobody has it."""
        return self.medians.get(TOTAL if column == TOTAL else by_criterion(column))


def board_page(board: OpenBoard, query: BoardQuery, voice: Voice, *, people: str) -> BoardPage:
    """The page of a board for a query; a page beyond the last one is the last. `people` is what the addresses
    of people's pages begin with."""
    found = board.lines(query.asks())
    if not found.lines and found.found > 0:
        query = replace(query, page=-(-found.found // query.size))
        found = board.lines(query.asks())
    writer = _Writer(board, query, voice, people)
    counts = board.counts
    return BoardPage(
        rows=[writer.row(line) for line in found.lines],
        counts=counts,
        taking_part=sum(counts.get(chip, 0) for chip in TAKING_PART),
        found=found.found,
        query=query,
        medians=board.medians(),
        columns=[one for one in board.role_rules.criteria if query.shows(one.id)],
    )


class _Writer:
    """Writes rows; what all of them share is said once."""

    def __init__(self, board: OpenBoard, query: BoardQuery, voice: Voice, people: str) -> None:
        rules = board.role_rules
        self._voice = voice
        self._people = people
        self._criteria = [one.id for one in rules.criteria if query.shows(one.id)]
        results = {voice.word(state) for state in CardState}
        names = {band.id: voice.words(band.name) for band in rules.bands}
        self._bands = {id_: name for id_, name in names.items() if name not in results}
        self._under = JUST_UNDER[voice.language]
        self._unread: dict[int, str] = {}
        self._somewhere = voice.say("board.unread_somewhere")

    def row(self, line: Line) -> Row:
        """The line as a row."""
        criteria = line.criteria
        cells = [self._cell(criteria[id_]) if id_ in criteria else None for id_ in self._criteria]
        total = line.total
        return Row(
            address=self._people + quote(line.person),
            name=line.name or self._voice.name(""),
            class_=line.class_ or self._voice.class_(None),
            withdrawn=line.chip is Chip.WITHDRAWN,
            cells=cells,
            total=Cell(
                self._points(total),
                total.points - total.under,
                line.out_of,
                False,
                self._somewhere if total.unknowns else "",
            ),
            state=line.state.value,
            band=self._bands.get(line.band or "", ""),
            chip=(line.standing or Chip.NOT_KNOWN).value,
            missing=_decimals(line.missing) if line.missing else "",
        )

    def _cell(self, shown: Shown) -> Cell:
        unread = self._why(shown.unknowns) if shown.unknowns else ""
        return Cell(self._points(shown), shown.points - shown.under, shown.mark, shown.pending, unread)

    def _points(self, shown: Shown) -> str:
        text = _decimals(shown.points)
        return text + self._under if shown.under else text

    def _why(self, unknowns: int) -> str:
        if unknowns not in self._unread:
            told = self._voice.unread_records(unknowns)
            self._unread[unknowns] = self._voice.say("board.unread", unread=told)
        return self._unread[unknowns]


def _decimals(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d}"
