"""What the rows of a board were picked by, in words: a part of a list must not pass for the whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lms_scoring.domain.board import Chip, Line
from lms_scoring.domain.outlook import Standing, ToldState, chip_beside
from lms_scoring.ports import CardRow
from lms_scoring.web.scoreboard.board_query import BoardQuery
from lms_scoring.web.voice import Voice

Rows = Sequence[Line] | Sequence[CardRow]


def picked_by(query: BoardQuery, voice: Voice, rows: Rows = ()) -> str:
    """Class, progress, result and what was searched for; empty for everybody. Progress is said as the rows
    that were found say it."""
    of_class = [_said("class", query.class_, voice)] if query.class_ is not None else []
    return _together([*of_class, *_within_classes(query, voice, rows)], voice)


def picked_within_classes(query: BoardQuery, voice: Voice, rows: Rows = ()) -> str:
    """The same without the class, for what says of each class that it is one."""
    return _together(_within_classes(query, voice, rows), voice)


def _within_classes(query: BoardQuery, voice: Voice, rows: Rows) -> Iterator[str]:
    if query.chip is not None:
        chips = voice.say("status.comma").join(map(voice.word, _chips(query.chip, rows)))
        yield _said("standing", chips, voice)
    if query.state is not None:
        yield _said("state", voice.word(query.state), voice)
    if query.search:
        yield _said("search", query.search, voice)


def _chips(picked: Chip, rows: Rows) -> Iterator[Chip | ToldState]:
    """Who is out of reach by what was read is told as still to be read, as long as anything is."""
    shown = {chip_beside(row.standing, row.told) for row in rows} if picked is Chip.UNREACHABLE else set()
    is_early = ToldState.TO_BE_READ in shown
    if not is_early or Standing.UNREACHABLE in shown:
        yield picked
    if is_early:
        yield ToldState.TO_BE_READ


def _said(what: str, which: str, voice: Voice) -> str:
    return voice.say("board.picked", what=voice.say(f"board.{what}"), which=which)


def _together(parts: Iterable[str], voice: Voice) -> str:
    return voice.say("board.and_picked").join(parts)
