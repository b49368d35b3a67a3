"""Side by side: which stretches of two texts are the same, letter by letter, as the comparison counts them.

Greedy and simple on purpose: from the beginning of one text, the longest stretch that the other has too. A
stretch has at least a passage's length; what both may quote from their task is marked apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from lms_scoring.domain.texts import PASSAGE, letters, passages

_TRIED = 16
"""Places of the other text that are tried; of a text that repeats itself one is as good as another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a text. `same` is the number of the stretch that both have (None: only this text);
    `quoted`: it is the task's."""

    text: str
    same: int | None = None
    quoted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """Two texts in pieces; put together they are the texts again."""

    one: tuple[Piece, ...]
    other: tuple[Piece, ...]


def side_by_side(one: str, other: str, *, task: str = "") -> SideBySide:
    """What they share."""
    quoted = passages(letters(task))
    left, right = _Text(one, quoted), _Text(other, quoted)
    _mark(left, right)
    return SideBySide(one=tuple(left.pieces()), other=tuple(right.pieces()))


class _Text:
    """A text with its letters, where in the text each stands, and what is known of each: two stretches with
    the same number stay two."""

    def __init__(self, text: str, quoted: frozenset[str]) -> None:
        self.text = text
        told = [(letter, place) for place, character in enumerate(text) for letter in letters(character)]
        self.letters = "".join(letter for letter, _ in told)
        self.places = [place for _, place in told]
        self.starts = range(len(self.letters) - PASSAGE + 1)
        self.is_quoted = [False] * len(self.letters)
        for start in self.starts:
            if self.passage(start) in quoted:
                self.is_quoted[start : start + PASSAGE] = [True] * PASSAGE
        self.same: list[int | None] = [None] * len(self.letters)
        self.stretch = [0] * len(self.letters)

    def passage(self, start: int) -> str:
        """The passage that begins there."""
        return self.letters[start : start + PASSAGE]

    def marked(self, start: int, length: int, number: int) -> list[int | None]:
        """The numbers of a stretch: this one, except where it has another one already."""
        for place in range(start, start + length):
            if self.same[place] is None:
                self.same[place] = number
        return self.same[start : start + length]

    def pieces(self) -> Iterator[Piece]:
        """What stands between two letters of a stretch belongs to it; at its ends it does not."""
        known: list[tuple[int | None, bool, int]] = [(None, False, 0)] * len(self.text)
        last = -1
        for letter, place in enumerate(self.places):
            known[place] = (self.same[letter], self.is_quoted[letter], self.stretch[letter])
            if 0 <= last < place and known[last] == known[place]:
                known[last:place] = [known[place]] * (place - last)
            last = place
        for (same, quoted, _), run in groupby(range(len(self.text)), key=known.__getitem__):
            places = list(run)
            yield Piece(text=self.text[places[0] : places[-1] + 1], same=same, quoted=quoted)


def _mark(left: _Text, right: _Text) -> None:
    found: dict[str, list[int]] = {}
    for start in right.starts:
        if not right.is_quoted[start]:
            found.setdefault(right.passage(start), []).append(start)
    number, start = 0, 0
    while start < len(left.starts):
        tried = [] if left.is_quoted[start] else found.get(left.passage(start), [])[:_TRIED]
        if not tried:
            start += 1
            continue
        length, place = max((_length(left, start, right, place), -place) for place in tried)
        left.same[start : start + length] = right.marked(-place, length, number + 1)
        left.stretch[start : start + length] = [start + 1] * length
        number = max(number, *filter(None, left.same[start : start + length]))
        start += length


def _length(left: _Text, start: int, right: _Text, place: int) -> int:
    """How far both go on alike."""
    length, most = PASSAGE, min(len(left.letters) - start, len(right.letters) - place)
    while length < most and left.letters[start + length] == right.letters[place + length]:
        length += 1
    return length
