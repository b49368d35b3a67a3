"""What the rows of a board were picked by, in words: a part of a list must not pass for the whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lms_scoring.web.scoreboard.board_query import BoardQuery
from lms_scoring.web.voice import Voice


def picked_by(query: BoardQuery, voice: Voice) -> str:
    """Class, progress, result and what was searched for; empty for everybody."""
    of_class = [_said("class", query.class_, voice)] if query.class_ is not None else []
    return _together([*of_class, *_within_classes(query, voice)], voice)


def picked_within_classes(query: BoardQuery, voice: Voice) -> str:
    """The same without the class, for what says of each class that it is one."""
    return _together(_within_classes(query, voice), voice)


def _within_classes(query: BoardQuery, voice: Voice) -> Iterator[str]:
    if query.chip is not None:
        yield _said("standing", voice.word(query.chip), voice)
    if query.state is not None:
        yield _said("state", voice.word(query.state), voice)
    if query.search:
        yield _said("search", query.search, voice)


def _said(what: str, which: str, voice: Voice) -> str:
    return voice.say("board.picked", what=voice.say(f"board.{what}"), which=which)


def _together(parts: Iterable[str], voice: Voice) -> str:
    return voice.say("board.and_picked").join(parts)
