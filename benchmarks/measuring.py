"""Measuring ways of doing the same in turns, so that a noisy minute hits all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """The median of the pairwise ratios, with both medians in seconds."""

    ours: float
    theirs: float
    ratio: float


def in_turns(ours: Callable[[], object], theirs: Callable[[], object], *, rounds: int = 5) -> Ratio:
    """Runs both, one after the other, `rounds` times after a warm-up; `ratio` is ours / theirs."""
    mine, others = seconds_in_turns([lambda: seconds_of(ours), lambda: seconds_of(theirs)], rounds=rounds)
    return ratio_of(mine, others)


def seconds_in_turns(works: Sequence[Callable[[], float]], *, rounds: int) -> list[tuple[float, ...]]:
    """The seconds of each work, round by round, after a warm-up. A work measures itself: what it prepares
    is left out."""
    for work in works:
        work()
    turns = [[work() for work in works] for _ in range(rounds)]
    return list(zip(*turns, strict=True))


def ratio_of(ours: Sequence[float], theirs: Sequence[float]) -> Ratio:
    """What the rounds of two works say."""
    return Ratio(
        ours=statistics.median(ours),
        theirs=statistics.median(theirs),
        ratio=statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True)),
    )


def seconds_of(work: Callable[[], object]) -> float:
    """How long it takes, on the wall clock."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
