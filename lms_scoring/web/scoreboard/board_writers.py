"""Who writes a scoreboard's page: makes the writers of its rows and of its frame, and keeps them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple, Protocol

from lms_scoring.domain.scheme import RoleScheme
from lms_scoring.web.scoreboard.board_cells import Cells
from lms_scoring.web.scoreboard.board_frame import FramePieces, FrameWriter
from lms_scoring.web.scoreboard.board_look import Look, look_of
from lms_scoring.web.scoreboard.board_query import BoardQuery
from lms_scoring.web.scoreboard.board_rows import RowPieces, RowWriter
from lms_scoring.web.voice import Voice

_LOOKS = 16
"""Looks whose writers are kept; most tutors never choose columns."""


class Pieces(Protocol):
    """The macros for a language without the columns that are hidden; nothing of a request is in them."""

    def rows(self, language: str, hidden: frozenset[str]) -> RowPieces:
        """Those of rows."""

    def frame(self, language: str, hidden: frozenset[str]) -> FramePieces:
        """Those of the frame."""


class Writers(NamedTuple):
    """Those of one look."""

    rows: RowWriter
    frame: FrameWriter


class BoardWriters:
    """Makes writers, and keeps them."""

    def __init__(self, pieces: Pieces, voice: Callable[[str], Voice]) -> None:
        self._pieces, self._voice = pieces, voice
        self._cells = cache(self._cells_in)
        self._of_look = lru_cache(maxsize=_LOOKS)(self._made)

    def of(self, rules: RoleScheme, query: BoardQuery, language: str) -> Writers:
        """Who writes the page of a board of this role."""
        return self._of_look(look_of(rules, query, self._voice(language)))

    def _made(self, look: Look) -> Writers:
        voice = self._voice(look.language)
        return Writers(
            RowWriter(self._pieces.rows(look.language, look.hidden), look, voice, self._cells(look.language)),
            FrameWriter(self._pieces.frame(look.language, look.hidden), look, voice),
        )

    def _cells_in(self, language: str) -> Cells:
        """Cells look the same whatever columns there are."""
        return Cells(self._pieces.rows(language, frozenset()), self._voice(language))
