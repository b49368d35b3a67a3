"""Closed programmes of the memory store."""

from __future__ import annotations

from collections.abc import Iterable

from lms_scoring.ports import Act, ActKind, Frozen
from tests.fakes.memory_store.acts import Acts


class Closings(Acts):
    """What was frozen, and which closing holds."""

    def freeze(self, course: str, frozen: Iterable[Frozen]) -> None:
        self.state.frozen[len(self.state.acts) + 1] = {one.person: one for one in frozen}

    def closing(self, course: str) -> Act | None:
        signed = self.acts(course=course, kinds=(ActKind.CLOSED, ActKind.REOPENED))
        return signed[-1] if signed and signed[-1].kind is ActKind.CLOSED else None
