"""Exact numbers as bytes that sort as the numbers do, so that a database can order rationals of any size.

A rational is its continued fraction: 79 + 71/75 is [79; 1, 17, 1, 3]. Of two, the first term that differs
decides, and at every second place the other way round; so each term is written with its length first, and at
every second place with its bits turned over. A fraction that ends goes on with infinity.
"""

from __future__ import annotations

from fractions import Fraction

_INFINITY = 0xFF
_TURNED = bytes(0xFF - byte for byte in range(0x100))


def sorting_bytes(number: Fraction) -> bytes:
    """Bytes that compare as the numbers do; no two numbers' begin with one another.

    Raises OverflowError for a negative number, and for terms of more than 254 bytes.
    """
    written, place = b"", 0
    numerator, denominator = number.numerator, number.denominator
    while denominator > 0:
        term, rest = divmod(numerator, denominator)
        written += _at(place, _term(term))
        numerator, denominator, place = denominator, rest, place + 1
    return written + _at(place, bytes([_INFINITY]))


def number_of(written: bytes) -> Fraction:
    """The number that bytes begin with which `sorting_bytes` wrote."""
    terms: list[int] = []
    at = 0
    while (length := _at(len(terms), written[at : at + 1])[0]) != _INFINITY:
        end = at + 1 + length
        terms.append(int.from_bytes(_at(len(terms), written[at + 1 : end]), "big"))
        at = end
    numerator, denominator = 1, 0
    for term in reversed(terms):
        numerator, denominator = term * numerator + denominator, numerator
    return Fraction(numerator, denominator)


def turned(written: bytes) -> bytes:
    """The same bytes for the opposite order."""
    return written.translate(_TURNED)


def _term(term: int) -> bytes:
    length = (term.bit_length() + 7) // 8
    if term < 0 or length >= _INFINITY:
        raise OverflowError("a number that is negative, or larger than anything scored, cannot be ordered")
    return bytes([length]) + term.to_bytes(length, "big")


def _at(place: int, written: bytes) -> bytes:
    return turned(written) if place % 2 else written
