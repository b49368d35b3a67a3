"""Likeness: a work that shares most of its passages with one that was there before. Exact, whole numbers.

What may be alike is found elsewhere, by marks that can miss; what is alike is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from lms_scoring.domain.doubts.doubt import Ground, GroundKind
from lms_scoring.domain.texts import PASSAGE, letters, passages

WHOLE = 10_000
"""All of it, in hundredths of a percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A hand-in to be compared: its name, its course, when it was handed in, and what is its author's own."""

    course: str
    name: str
    at: int
    own: frozenset[str]


def own_passages(text: str, *, task: str) -> frozenset[str]:
    """The passages of a text that its task does not have."""
    return passages(letters(text)) - _quoted(task)


def own_size(text: str, *, task: str) -> int:
    """How many letters of a text stand in passages that its task does not have."""
    written, quoted = letters(text), _quoted(task)
    starts = range(len(written) - PASSAGE + 1)
    own = [start for start in starts if written[start : start + PASSAGE] not in quoted]
    return len({place for start in own for place in range(start, start + PASSAGE)})


def resemblance(one: frozenset[str], other: frozenset[str]) -> Fraction:
    """The share of the passages of both that are in both (Jaccard); of nothing, nothing."""
    common = len(one & other)
    union = len(one) + len(other) - common
    return Fraction(common, union) if union else Fraction(0)


def alike(work: Work, others: Iterable[Work], *, share: Fraction) -> Ground | None:
    """The most similar of the others, the earliest of several, where it is similar enough.

    Of two that were handed in at the same moment nobody can say who was there before: either is doubted.
    """
    found = [
        (-resemblance(work.own, other.own), other.at, other.course, other.name)
        for other in set(others)
        if other.at <= work.at and (other.course, other.name) != (work.course, work.name)
    ]
    if not found or -min(found)[0] < share:
        return None
    likeness, _, course, name = min(found)
    return Ground(
        kind=GroundKind.SIMILAR,
        amount=-likeness * WHOLE // 1,
        limit=share * WHOLE // 1,
        other=name,
        other_course=None if course == work.course else course,
    )


@lru_cache(maxsize=8)
def _quoted(task: str) -> frozenset[str]:
    """The passages of a task: many works are held against the same one."""
    return passages(letters(task))
