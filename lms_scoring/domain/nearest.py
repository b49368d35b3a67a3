"""The nearest of the words there are to a word that is none of them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 80
"""Whoever writes more than this has not mistyped a word."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The word that was probably meant, in whatever case it is written; None: no word is near."""
    forms = {one.casefold(): one for one in known}
    near = get_close_matches(word.casefold(), forms, n=1) if len(word) <= _LONGEST else []
    return forms[near[0]] if near else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question to put behind a message; nothing where no word is near."""
    near = nearest(word, known)
    return "" if near is None else f"; did you mean {near!r}?"
