"""The points of a scoreboard's rows as HTML: most cells of a page say what one said before, and are kept."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Protocol

from markupsafe import Markup

from lms_scoring.domain.board import Shown
from lms_scoring.domain.figures import JUST_UNDER
from lms_scoring.web.scoreboard.patterns import Measure, joined
from lms_scoring.web.voice import Voice

NOTHING = Markup("")
_CELLS = 10_000
"""Cells that are kept in each language: a few hundred bytes each, and nothing of whose they are."""


class CellPieces(Protocol):
    """The macros that cells are made of."""

    def cell(self) -> Markup:
        """Points, with a bar."""

    def pending(self) -> Markup:
        """That marking could raise the points."""

    def unread(self, why: str) -> Markup:
        """That there may be more points, and why."""


class Cells:
    """Writes points, in one language; what a cell says depends on its points alone."""

    def __init__(self, pieces: CellPieces, voice: Voice) -> None:
        self._measure = Measure(pieces.cell())
        self._pending, self._unread = pieces.pending(), cache(pieces.unread)
        self._voice, self._under = voice, JUST_UNDER[voice.language]
        self._somewhere = voice.say("board.unread_somewhere")
        self.criterion = lru_cache(maxsize=_CELLS)(self._criterion)
        """The points of a criterion; None: it is not on the card."""
        self.total = lru_cache(maxsize=_CELLS)(self._total)
        """The total, out of so many hundredths."""

    def _total(self, total: Shown, out_of: int) -> Markup:
        said = self._points(total)
        if total.unknowns:
            said = joined((self._unread(self._somewhere), said))
        return self._measure.filled(said, out_of, total.points - total.under)

    def _criterion(self, shown: Shown | None) -> Markup:
        if shown is None:
            return NOTHING
        said = self._points(shown)
        if shown.unknowns:
            said = joined((self._unread(self._why(shown.unknowns)), said))
        if shown.pending:
            said = joined((self._pending, said))
        return self._measure.filled(said, shown.mark, shown.points - shown.under)

    def _points(self, shown: Shown) -> Markup:
        points = decimals(shown.points)
        return points + self._under if shown.under else points

    def _why(self, unknowns: int) -> str:
        return self._voice.say("board.unread", unread=self._voice.unread_records(unknowns))


def decimals(hundredths: int) -> Markup:
    """Hundredths of a point as they are written."""
    return Markup(f"{hundredths // 100}.{hundredths % 100:02d}")  # noqa: S704 # digits
