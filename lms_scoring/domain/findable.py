"""Which texts a database can keep and find again, and what is told of those that it cannot."""

from __future__ import annotations

from collections.abc import Collection

LONGEST_KEY = 2_000
"""Bytes of the longest id, account or activity that is taken in: a longer one would spoil its whole batch."""
LONGEST_NAME = 500
"""Bytes of the longest person's id, or name of a class: keys have both, or one of them beside a record's."""
_WIDEST = 4
"""Bytes of a character."""


def writable(text: str) -> bool:
    """Whether the text can be written down and looked up again: no database keeps a NUL in one."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def findable(text: str, longest: int = LONGEST_KEY) -> bool:
    """Whether the text can stand in a key, of which PostgreSQL takes 2,704 bytes with all that is in it."""
    return writable(text) and len(text.encode()) <= longest


def all_findable(texts: Collection[str]) -> bool:
    """Of many at once, of which hardly ever one is not."""
    if writable("".join(texts)) and max(map(len, texts), default=0) <= LONGEST_KEY // _WIDEST:
        return True
    return all(map(findable, texts))


def made_writable(text: str) -> str:
    """What is told of a record may hold what made it useless; it must not fail for the same reason."""
    return text.encode(errors="replace").decode().replace("\0", "?")
