"""What stands around a scoreboard's rows and leads to other views of it: forms that are rendered once, and
filled for each page, as its rows are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from typing import NamedTuple, Protocol

from markupsafe import Markup

from lms_scoring.domain.board import CLASS, NAME, STANDING, STATE, TOTAL, Chip, Median
from lms_scoring.domain.outlook import ToldState
from lms_scoring.web.scoreboard.board_look import Look
from lms_scoring.web.scoreboard.board_page import BoardPage
from lms_scoring.web.scoreboard.board_query import BoardQuery, Links
from lms_scoring.web.scoreboard.patterns import Fill, Pattern
from lms_scoring.web.voice import Voice

_NOTHING = Markup("")
_NUMBER = "number"
"""How columns of numbers look."""


class Head(NamedTuple):
    """The head of a column; `remark` says what its points are out of."""

    column: str
    words: str
    remark: str = ""
    look: str = ""


class FramePieces(Protocol):
    """The macros of `board_frame.html`."""

    def link(self, current: bool) -> Markup:
        """What leads to another view by its address."""

    def button(self, current: bool) -> Markup:
        """The same as a button of the form, which says what must not stand in an address."""

    def heads(self, heads: Sequence[Head]) -> Markup:
        """The heads of the columns."""

    def everybody(self) -> Markup:
        """How many take part."""

    def chip(self, one: Chip | ToldState) -> Markup:
        """How many stand so."""

    def medians(self, labels: Sequence[str]) -> Markup:
        """The last row, of the columns with these labels."""

    def median(self) -> Markup:
        """Points in it."""

    def unread(self) -> Markup:
        """That there may be more."""

    def choices(self, criteria: Sequence[tuple[str, str]]) -> Markup:
        """A box for each column that can be hidden."""


class Clicks:
    """Writes what changes one thing of a view: a link, or while a name is searched for a button of the form,
    because a name must not stand in an address.
    """

    def __init__(self, form: Callable[[bool, bool], Pattern], query: BoardQuery, here: str) -> None:
        """`form` is the one that is a button or none, and current or not; `here` is the board's address."""
        self._form, self._searches, self._here = form, bool(query.search), here
        self._links = Links(query)

    def to(self, words: Fill, name: str, value: str, look: str = "", current: bool = False) -> Markup:
        """What sets the parameter to the value."""
        if self._searches:
            return self._form(True, current).filled((words, look, name, value))
        return self._form(False, current).filled((words, look, self._here + self._links.to(name, value)))

    @property
    def behind(self) -> str:
        """This view's address from the question mark on, from its first page."""
        return self._links.to("page", "")


class FrameWriter:
    """Writes the frames of pages that look alike. Threads share it, and it knows nothing of who asks."""

    def __init__(self, pieces: FramePieces, look: Look, voice: Voice) -> None:
        shown = look.shown
        self._heads = [one for one in _heads(look, voice) if one.column not in look.hidden]
        self._head_row = Pattern(
            pieces.heads(self._heads),
            [f"{gap}_{place}" for place in range(len(self._heads)) for gap in ("direction", "click")],
        )
        self._medians = [*((column.id, column.max) for column in shown), (TOTAL, look.pass_mark)]
        self._median_row = Pattern(
            pieces.medians([*(column.name for column in shown), voice.say("board.total")]),
            ["of", *(f"median_{place}" for place in range(len(self._medians)))],
        )
        self._median = Pattern(pieces.median(), ("unread", "points"))
        self._unread, self._voice = pieces.unread(), voice
        self._everybody = Pattern(pieces.everybody(), ("n",))
        self._pieces, self._chip, self._click = pieces, cache(self._chip_of), cache(self._click_of)
        self.choices = pieces.choices([(column.id, column.name) for column in look.columns])
        """A box for each column that can be hidden."""

    def clicks(self, query: BoardQuery, here: str) -> Clicks:
        """What leads from a view of the board at that address to others."""
        return Clicks(self._click, query, here)

    def heads(self, query: BoardQuery, clicks: Clicks) -> Markup:
        """The heads of the columns, which say what the rows are sorted by, and sort them otherwise."""
        fills: list[Fill] = []
        for head in self._heads:
            to = clicks.to(head.words, "sort", query.sorting(head.column))
            fills += (query.direction(head.column), to)
        return self._head_row.filled(fills)

    def chips(self, page: BoardPage, clicks: Clicks) -> Sequence[Markup]:
        """How many stand how, each leading to those, of whatever result."""
        chosen, all_chosen = page.query.chip, page.query.chip is None and page.query.state is None
        everybody = self._everybody.filled((page.taking_part,))
        return [
            clicks.to(everybody, "standing", "", "chip", all_chosen),
            *(
                clicks.to(self._chip(one).filled((n,)), "standing", one.value, f"chip {one}", chosen is one)
                for one, n in page.counts.items()
            ),
        ]

    def medians(self, page: BoardPage) -> Markup:
        """The last row."""
        said = self._voice.say("board.median", n=page.taking_part)
        return self._median_row.filled(
            [said, *(self._points(page.median(one), mark) for one, mark in self._medians)]
        )

    def _chip_of(self, one: Chip | ToldState) -> Pattern:
        return Pattern(self._pieces.chip(one), ("n",))

    def _click_of(self, is_button: bool, current: bool) -> Pattern:
        if is_button:
            return Pattern(self._pieces.button(current), ("words", "look", "name", "value"))
        return Pattern(self._pieces.link(current), ("words", "look", "address"))

    def _points(self, median: Median | None, mark: Fraction) -> Markup:
        """A median that is less than the mark and rounded to it says so, as a row does."""
        if median is None:
            return _NOTHING
        unread = self._unread if median.is_at_least else _NOTHING
        return self._median.filled((unread, self._voice.points(median.points, mark)))


def _heads(look: Look, voice: Voice) -> Sequence[Head]:
    return [
        Head(NAME, voice.say("board.name")),
        Head(CLASS, voice.say("board.class")),
        *(Head(one.id, one.name, voice.say("board.of", max=one.most), _NUMBER) for one in look.columns),
        Head(TOTAL, voice.say("board.total"), voice.say("board.of", max=look.out_of), _NUMBER),
        Head(STATE, voice.say("board.state")),
        Head(STANDING, voice.say("board.standing")),
    ]
