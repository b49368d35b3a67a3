"""Canonical JSON: the one form of a value over which fingerprints are taken."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

Json: TypeAlias = Any


def canonical(value: Json) -> bytes:
    """JSON with sorted keys and no spaces: the form over which fingerprints are taken."""
    return _CANONICAL.encode(value).encode()


def canonical_pieces(value: Json, *, levels: int) -> Iterator[bytes]:
    """The same bytes one after another, taken apart down to that many levels.

    What thousands of findings are encoded from takes fifty times as much memory as what they become.
    """
    if levels == 0 or not isinstance(value, dict | list) or not value:
        yield canonical(value)
        return
    named = isinstance(value, dict)
    yield b"{" if named else b"["
    for number, one in enumerate(sorted(value) if named else value):
        if number:
            yield b","
        if named:
            yield canonical(one) + b":"
        yield from canonical_pieces(value[one] if named else one, levels=levels - 1)
    yield b"}" if named else b"]"


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
