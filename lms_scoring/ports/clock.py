"""The time of day, which services ask for instead of reading it."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """The time of day, as an instant (ms UTC)."""

    def now(self) -> int: ...
