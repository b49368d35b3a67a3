"""Pieces of pages that are written hundreds of times: rendered once with gaps, and filled for each.

A template that writes a number or a name asks each time whether it is HTML already, and makes a new text of
it; of a scoreboard's page that was a third. A pattern asks the same of whatever fills a gap, so it is
as safe as a template: all but numbers and HTML is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any

from markupsafe import Markup, escape

Fill = Markup | int | str
_GAP = re.compile("\0([a-z_0-9]+)\0")
_digits = int.__repr__
"""Of whole numbers; whatever else comes raises TypeError."""
_html = str.__new__
"""`Markup` of what is HTML: its own constructor takes three times as long, for every row of a board."""
_ALL_HTML = frozenset({Markup}).issuperset
"""Of the types of what fills a pattern: most rows are filled with HTML alone, which one look tells."""


def gap(name: str) -> Markup:
    """What a template writes where something is to be filled in. No text that is kept has a NUL."""
    return _html(Markup, f"\0{escape(name)}\0")


class Pattern:
    """A piece with gaps. `names` are those of all that will be given to fill them, in its order; a piece need
    not have a gap for each. Raises KeyError for a gap that nothing would fill."""

    def __init__(self, piece: Markup, names: Sequence[str]) -> None:
        places = {name: place for place, name in enumerate(names)}
        self._texts = [str(text) for text in _GAP.split(piece)]
        self._choose = _choosing([places[name] for name in self._texts[1::2]])

    def filled(self, fills: Sequence[Fill]) -> Markup:
        """The piece with these in its gaps."""
        texts = self._texts.copy()
        chosen: Iterable[Any] = self._choose(fills)
        if not _ALL_HTML(map(type, chosen)):
            chosen = [
                one if one.__class__ is Markup else str(one) if one.__class__ is int else escape(one)
                for one in chosen
            ]
        texts[1::2] = chosen
        return _html(Markup, "".join(texts))


class Measure:
    """A pattern for the commonest piece, something said beside a bar: it takes half of the time of the other.

    The piece has the gaps `said`, `most` and `bar`, in this order, and in the latter two nothing but a whole
    number is written. Raises KeyError for other gaps.
    """

    def __init__(self, piece: Markup) -> None:
        texts = _GAP.split(piece)
        if texts[1::2] != ["said", "most", "bar"]:
            raise KeyError(*texts[1::2])
        self._texts = [str(text) for text in texts[::2]]

    def filled(self, said: Fill, most: int, bar: int) -> Markup:
        """The piece with these in its gaps. Raises TypeError for what is no whole number and should be."""
        html = said if said.__class__ is Markup else escape(said)
        before, between, within, after = self._texts
        return _html(Markup, "".join((before, html, between, _digits(most), within, _digits(bar), after)))


def as_it_is(text: str) -> Markup:
    """A text in which somebody has seen nothing that HTML would write otherwise."""
    return _html(Markup, text)


def joined(pieces: Iterable[Markup]) -> Markup:
    """One after the other."""
    return _html(Markup, "".join(pieces))


def _choosing(places: Sequence[int]) -> Callable[[Sequence[Fill]], Iterable[Fill]]:
    """Takes what stands at these places."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda fills: [fills[place] for place in places]
