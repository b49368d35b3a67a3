"""Measuring two ways of doing the same in turns, so that a noisy minute hits both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """The median of the pairwise ratios, with both medians in seconds."""

    ours: float
    theirs: float
    ratio: float


def in_turns(ours: Callable[[], object], theirs: Callable[[], object], *, rounds: int = 5) -> Ratio:
    """Runs both, one after the other, `rounds` times after a warm-up; `ratio` is ours / theirs."""
    ours(), theirs()
    pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(rounds)]
    return Ratio(
        ours=statistics.median(pair[0] for pair in pairs),
        theirs=statistics.median(pair[1] for pair in pairs),
        ratio=statistics.median(mine / other for mine, other in pairs),
    )


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
