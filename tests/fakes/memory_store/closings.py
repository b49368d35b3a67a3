"""Closed programmes of the memory store."""

from __future__ import annotations

from collections.abc import Iterable

from lms_scoring.ports import Act, Frozen
from tests.fakes.memory_store.area import Area
from tests.fakes.memory_store.roll import closing_of


class Closings(Area):
    """What was frozen, and which closing holds."""

    def freeze(self, course: str, frozen: Iterable[Frozen]) -> None:
        self.state.frozen[len(self.state.acts) + 1] = {one.person: one for one in frozen}

    def closing(self, course: str) -> Act | None:
        return closing_of(self.state, course)
