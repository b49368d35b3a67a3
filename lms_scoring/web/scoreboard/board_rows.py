"""The rows of a scoreboard as HTML: a form that rows have is rendered once, and filled for each line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple, Protocol
from urllib.parse import quote

from markupsafe import Markup, escape

from lms_scoring.domain.board import Chip, Line
from lms_scoring.domain.outlook import Standing, ToldState, chip_beside, repeats, told_state
from lms_scoring.domain.scorecard import CardState
from lms_scoring.web.scoreboard.board_cells import NOTHING, CellPieces, Cells, decimals
from lms_scoring.web.scoreboard.board_look import Look
from lms_scoring.web.scoreboard.patterns import Pattern, as_it_is, joined
from lms_scoring.web.voice import Voice

_TOLD = 4_096
"""What rows say beside their points, of each look."""
_SAME = Markup("same")
_PLAIN = re.compile(r"[\w.~-]*", re.ASCII).fullmatch
"""Finds ids that stand in an address as they are, in a quarter of the time that `quote` takes to find it."""


class RowPieces(CellPieces, Protocol):
    """The macros of `board_rows.html`."""

    def row(self, withdrawn: bool, labels: Sequence[str], on_card: Sequence[bool]) -> Markup:
        """A row of somebody who takes part, or withdrew, and has some of the criteria on the card."""

    def band(self, name: str) -> Markup:
        """The band that was reached."""

    def missing(self) -> Markup:
        """How many points are missing."""

    def state(self, one: ToldState) -> Markup:
        """A result, with its icon."""

    def standing(self, one: Standing | Chip | ToldState) -> Markup:
        """How somebody stands, with an icon."""


class _Told(NamedTuple):
    """What a row says besides whose it is and its points."""

    state: Markup
    result: Markup
    band: Markup
    same: Markup
    """That the standing says no more than the result."""
    standing: Markup
    missing: Markup


class RowWriter:
    """Writes lines as rows. Threads share it, and it knows nothing of who asks."""

    def __init__(self, pieces: RowPieces, look: Look, voice: Voice, cells: Cells) -> None:
        self._criteria = [column.id for column in look.shown]
        self._labels = [column.name for column in look.shown]
        self._pieces, self._form, self._cells = pieces, cache(self._form_of), cells
        self._whole = (True,) * len(self._criteria)
        """That a card has all criteria, as nearly all have."""
        self._missing = Pattern(pieces.missing(), ("points",))
        self._bands = {id_: pieces.band(name) for id_, name in look.bands}
        self._nobody, self._classless = voice.name(""), voice.class_(None)
        self._told = lru_cache(maxsize=_TOLD)(self._told_of)
        self._class = lru_cache(maxsize=_TOLD)(escape)

    def written(self, lines: Iterable[Line], *, people: str) -> Markup:
        """The lines as rows; `people` is what the addresses of people's pages begin with."""
        before = escape(people)
        return joined([self._written(line, before) for line in lines])

    def _written(self, line: Line, people: Markup) -> Markup:
        criteria = [*map(line.criteria.get, self._criteria)]
        on_card = tuple([one is not None for one in criteria]) if None in criteria else self._whole
        form = self._form(line.chip is Chip.WITHDRAWN, on_card)
        return form.filled(
            [
                joined((people, _address(line.person))),
                escape(line.name or self._nobody),
                self._class(line.class_ or self._classless),
                *self._told(
                    line.state, line.band, line.standing or Chip.NOT_KNOWN, line.missing, line.is_read
                ),
                self._cells.total(line.total, line.out_of),
                *map(self._cells.criterion, criteria),
            ]
        )

    def _form_of(self, withdrawn: bool, on_card: tuple[bool, ...]) -> Pattern:
        cells = [f"cell_{place}" for place in range(len(on_card) + 1)]
        names = ["address", "name", "class", *_Told._fields, *cells]
        return Pattern(self._pieces.row(withdrawn, self._labels, on_card), names)

    def _told_of(
        self,
        state: CardState,
        band: str | None,
        standing: Standing | Chip,
        missing: int | None,
        is_read: bool,
    ) -> _Told:
        known = standing if isinstance(standing, Standing) else None
        told = told_state(state, known, is_read=is_read)
        return _Told(
            state=escape(told),
            result=self._pieces.state(told),
            band=self._bands.get(band or "", NOTHING),
            same=_SAME if repeats(known, told) else NOTHING,
            standing=self._pieces.standing(chip_beside(known, told) or standing),
            missing=self._missing.filled((decimals(missing),)) if missing else NOTHING,
        )


def _address(person: str) -> Markup:
    """The end of the address of somebody's page."""
    return as_it_is(person) if _PLAIN(person) else escape(quote(person))
