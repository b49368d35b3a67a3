"""A mark in the place of what no font has, where somebody asked for that: it is printed and explained."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from lms_scoring.domain.errors import UnprintableText

MARK = "〓"
"""What printers of Chinese set where a character is missing."""
_MOST_TRIES = 5
"""Typst complains of all it cannot set at once, save of what it meets only when the rest is set."""


def marked(told: Any, characters: Collection[str]) -> Any:
    """What is printed, with the mark for each of the characters in every text."""
    match told:
        case str():
            return told.translate({ord(one): MARK for one in characters})
        case list() | tuple():
            return [marked(one, characters) for one in told]
        case dict():
            return {name: marked(one, characters) for name, one in told.items()}
        case _:
            return told


def with_marks(make: Callable[[tuple[str, ...]], bytes]) -> bytes:
    """The PDF that is made with marks for those characters that turn out to be in no font, and for no others.

    Raises UnprintableText where the mark itself is in none, and what `make` raises.
    """
    missing: tuple[str, ...] = ()
    for _ in range(_MOST_TRIES):
        try:
            return make(missing)
        except UnprintableText as error:
            if MARK in error.characters:
                raise
            missing = tuple(dict.fromkeys((*missing, *error.characters)))
    return make(missing)
