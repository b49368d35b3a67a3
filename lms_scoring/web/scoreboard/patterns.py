"""Pieces of pages that are written hundreds of times: rendered once with gaps, and filled for each.

A template that writes a number or a name asks each time whether it is HTML already, and makes a new text of
it; of a scoreboard's page that was a third. A pattern asks the same of whatever fills a gap, so it is
as safe as a template: all but numbers and HTML is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

Fill = Markup | int | str
_GAP = re.compile("\0([a-z_0-9]+)\0")
_html = str.__new__
"""`Markup` of what is HTML: its own constructor takes three times as long, for every row of a board."""


def gap(name: str) -> Markup:
    """What a template writes where something is to be filled in. No text that is kept has a NUL."""
    return Markup("\0{}\0").format(name)


class Pattern:
    """A piece with gaps. `names` are those of all that will be given to fill them, in its order; a piece need
    not have a gap for each. Raises KeyError for a gap that nothing would fill."""

    def __init__(self, piece: Markup, names: Sequence[str]) -> None:
        places = {name: place for place, name in enumerate(names)}
        self._texts = [str(text) for text in _GAP.split(piece)]
        self._places = [places[name] for name in self._texts[1::2]]

    def filled(self, fills: Sequence[Fill]) -> Markup:
        """The piece with these in its gaps."""
        texts = self._texts.copy()
        texts[1::2] = [
            one if one.__class__ is Markup else str(one) if one.__class__ is int else escape(one)
            for one in map(fills.__getitem__, self._places)
        ]
        return _html(Markup, "".join(texts))


def joined(pieces: Iterable[Markup]) -> Markup:
    """One after the other."""
    return _html(Markup, "".join(pieces))
