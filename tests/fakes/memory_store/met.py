"""Which sources and courses met in the memory store, and the runs by which they did."""

from __future__ import annotations

from lms_scoring.domain.errors import StoreError
from lms_scoring.ports import Run
from tests.fakes.memory_store.state import State


def runs_of(state: State, course: str, source: str) -> list[Run]:
    return [run for run in state.runs.values() if (run.course, run.source) == (course, source)]


def latest_run(state: State) -> int:
    return max(state.runs, default=0)


def sources_of(state: State, course: str) -> list[str]:
    return sorted({run.source for run in state.runs.values() if run.course == course})


def courses_of(state: State, source: str) -> set[str]:
    return {run.course for run in state.runs.values() if run.source == source}


def check_latest(state: State, course: str, source: str, run: int) -> None:
    """Raises StoreError where another run of the source has begun since."""
    if run != max((kept.id for kept in runs_of(state, course, source)), default=None):
        raise StoreError(f"run {run} was overtaken")
