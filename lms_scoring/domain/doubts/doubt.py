"""A doubt and its grounds, as values: whole numbers beside the limits that they are held against."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """What kind of doubt; of one kind there is one case about a record at a time."""

    FLOODING = "flooding"
    """灌水: posting without substance."""
    LIKENESS = "likeness"
    """雷同: a work like another one that was there before."""


class GroundKind(StrEnum):
    """Why a text is doubted."""

    TOO_SHORT = "too_short"
    """It has `amount` letters and digits, fewer than `limit`."""
    REPEATED = "repeated"
    """The author had posted the same `amount` times before; first as `other`."""
    BURST = "burst"
    """It is the `amount`th post of its author within so many seconds (`within`); from the `limit`th on each
    is doubted."""
    SIMILAR = "similar"
    """So much of the passages of both works is in both: `amount` hundredths of a percent, cut; `limit` or
    more is doubted. `other` is the work that was there before, in the course `other_course`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One reason for a doubt. Records are named as cards name them; `other_course` None: the same course."""

    kind: GroundKind
    amount: int
    limit: int
    within: int | None = None
    other: str | None = None
    other_course: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What is doubted of one record, and of which text of it (`digest`)."""

    family: Family
    kind: str
    name: str
    digest: bytes
    grounds: tuple[Ground, ...]
