"""What every area of the memory store's transaction works on."""

from __future__ import annotations

from tests.fakes.memory_store.state import State


class Area:
    """One area; it knows no other. What several ask of the same rows are functions that take the state."""

    def __init__(self, state: State) -> None:
        self.state = state
