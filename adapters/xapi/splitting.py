"""Splits a page that no JSON reader takes as a whole into its statements, so that only the bad one is lost.

Some LRSs print what was stored as it was: NaN, half a surrogate pair, a thousand brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lms_scoring.domain.errors import MalformedEvidence

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_KEY_BEFORE = re.compile(rb'"statements"\s*:\s*\Z')


def split_statements(body: bytes) -> tuple[list[bytes], bytes]:
    """The elements of the page's `statements` as they stand, and the page with that list emptied.

    Raises MalformedEvidence when there is no such list, or it does not end.
    """
    found: list[bytes] = []
    depth = 0
    listed_from: int | None = None
    element_from = 0
    for at, token in _brackets(body):
        if token in b"[{":
            depth += 1
            if depth == 2 and listed_from is None and token == b"[" and _KEY_BEFORE.search(body[:at][-64:]):
                listed_from = at
            elif depth == 3:
                element_from = at
            continue
        depth -= 1
        if listed_from is not None and depth == 2:
            found.append(body[element_from : at + 1])
        elif listed_from is not None and depth == 1:
            return found, body[:listed_from] + b"[]" + body[at + 1 :]
    raise MalformedEvidence("no list of statements that ends")


def _brackets(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Brackets outside of texts, with their places."""
    for match in _TOKEN.finditer(body):
        if body[match.start()] != 0x22:
            yield match.start(), match.group()
