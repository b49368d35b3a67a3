"""Signed acts of the memory store."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from lms_scoring.ports import Act, ActKind
from tests.fakes.memory_store.runs import Runs


class Acts(Runs):
    """What people signed."""

    def keep_act(self, act: Act) -> Act:
        kept = replace(act, number=len(self.state.acts) + 1, run=self.latest_run())
        self.state.acts.append(kept)
        return kept

    def acts(self, *, course: str | None = None, kinds: Collection[ActKind] = ()) -> Sequence[Act]:
        return [
            act
            for act in self.state.acts
            if course in (None, act.course) and (not kinds or act.kind in kinds)
        ]
