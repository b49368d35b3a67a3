"""Rows of long lists, each read by itself, so that one odd row costs itself and not the list it came in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """The rows that could be read, and those that could not, as they came."""

    good: tuple[T, ...]
    bad: tuple[bytes, ...]


def rows_of(raws: Iterable[msgspec.Raw], shape: type[T]) -> Rows[T]:
    """Reads each row by itself."""
    decoder = msgspec.json.Decoder(shape, strict=False)
    good, bad = [], []
    for raw in raws:
        try:
            good.append(decoder.decode(raw))
        except (msgspec.DecodeError, UnicodeDecodeError):
            bad.append(bytes(raw))
    return Rows(tuple(good), tuple(bad))


class RowNumbers(msgspec.Struct):
    """What a row that could not be read as a whole may still tell of itself."""

    id: int | None = None
    userid: int | None = None
    attemptnumber: int | None = None


def numbers_of(row: bytes) -> RowNumbers:
    """As far as they can be read."""
    try:
        return msgspec.json.decode(row, type=RowNumbers, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return RowNumbers()


def owner_of(row: bytes) -> int | None:
    """Whose a row is that could not be read as a whole; None where it does not tell that either."""
    try:
        told = msgspec.json.decode(row, type=_Owned, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return told.author.id if told.userid is None else told.userid


class _Owner(msgspec.Struct):
    id: int | None = None


class _Owned(msgspec.Struct):
    """Rows name their owner; posts have an author."""

    userid: int | None = None
    author: _Owner = msgspec.field(default_factory=_Owner)
