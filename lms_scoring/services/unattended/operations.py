"""How the whole installation goes on, for its administrators: what waits, fails and was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms_scoring.ports import Clock, Run, Store
from lms_scoring.services.unattended.work_state import WorkState, work_state

LATEST = 30
"""So many runs are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operations:
    """As of one moment; the latest runs first. `titles` are those of the courses that are set up, by id."""

    state: WorkState
    runs: Sequence[Run]
    titles: Mapping[str, str]


def operations(store: Store, *, clock: Clock) -> Operations:
    """Of all courses."""
    state = work_state(store, clock=clock)
    with store.reading() as transaction:
        return Operations(
            state=state,
            runs=transaction.runs(None, limit=LATEST),
            titles={one.id: one.title for one in transaction.courses()},
        )
