"""Signed acts of the memory store."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from lms_scoring.ports import Act, ActKind
from tests.fakes.memory_store.area import Area
from tests.fakes.memory_store.met import latest_run


class Acts(Area):
    """What people signed."""

    def keep_act(self, act: Act) -> Act:
        kept = replace(
            act,
            number=len(self.state.acts) + 1,
            run=latest_run(
                self.state,
            ),
        )
        self.state.acts.append(kept)
        return kept

    def acts(self, *, course: str | None = None, kinds: Collection[ActKind] = ()) -> Sequence[Act]:
        return [
            act
            for act in self.state.acts
            if course in (None, act.course) and (not kinds or act.kind in kinds)
        ]
