"""Exact numbers as the text in which they are kept: `40`, `1/3`."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

MOST_KNOWN = 1_024
"""Numbers that are not read again: those of many cards. Nearly all others are of one, and eight times as many
made no page faster, but a process grow for hours."""


@lru_cache(maxsize=MOST_KNOWN)
def rational(text: str) -> Fraction:
    """What `str` made of one; the reader of Fraction knows every spelling, and takes twice as long."""
    numerator, _, denominator = text.partition("/")
    return Fraction(int(numerator), int(denominator or 1))
