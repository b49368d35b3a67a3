"""Marks: a few passages of a work, chosen by chance but always the same, by which its likes are found.

The smallest hashes (a bottom-k MinHash): of two works that share a part J of their passages, each of the
least marks of both together is common with probability J. Works that share 30 % have none in common once in
ninety thousand pairs, those that share half once in four thousand million. What is alike is decided exactly,
in `likeness.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

MARKS = 32
"""Of a work; one with fewer passages has a mark for each."""


def marks_of(own: Iterable[str]) -> list[int]:
    """The marks of distinct passages, as whole numbers of 64 bits."""
    hashed = sorted(blake2b(passage.encode(), digest_size=8).digest() for passage in own)
    return [int.from_bytes(digest, signed=True) for digest in hashed[:MARKS]]
