"""What the samples of a run say: quantiles, and whether something grew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed; of none, 0."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def averages(samples: Sequence[tuple[float, float]], *, every: float) -> list[float]:
    """Of (when, how much) the mean of each interval of so many seconds; a shorter rest goes with the last."""
    begun = min(at for at, _ in samples)
    most = max(1, round((max(at for at, _ in samples) - begun) / every))
    by_interval: dict[int, list[float]] = {}
    for at, value in samples:
        by_interval.setdefault(min(int((at - begun) / every), most - 1), []).append(value)
    return [sum(values) / len(values) for _, values in sorted(by_interval.items())]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A straight line through the samples of the later three quarters of the time."""

    mean: float
    growth: float
    """What it rises from the line's begin to its end."""

    @property
    def share(self) -> float:
        """Of the mean."""
        return self.growth / self.mean if self.mean else 0.0


def trend(samples: Sequence[tuple[float, float]]) -> Trend | None:
    """Of (when, how much); None where there are too few to tell."""
    later = [one for one in samples if one[0] >= samples[0][0] + (samples[-1][0] - samples[0][0]) / 4]
    if len(later) < 3:
        return None
    mean_at = sum(at for at, _ in later) / len(later)
    mean = sum(value for _, value in later) / len(later)
    spread = sum((at - mean_at) ** 2 for at, _ in later)
    slope = sum((at - mean_at) * (value - mean) for at, value in later) / spread
    return Trend(mean=mean, growth=slope * (later[-1][0] - later[0][0]))
