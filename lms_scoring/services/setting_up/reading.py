"""Reading a new course's sources for the first time: it may take minutes, so no browser waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from lms_scoring.ports import Batch

Job = Callable[["Watched"], None]
"""Reads the sources of a course, and tells what it is about."""
Start = Callable[[Callable[[], None]], None]
"""Sets something going; it may be over before this returns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a source was read, in its own units; `expected` None: it cannot tell."""

    source: str
    done: int = 0
    expected: int | None = None


Watched = Callable[[Progress], None]


class Readings:
    """The courses whose sources are being read just now, each once at a time."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._lock = threading.Lock()
        self._under_way: dict[str, Progress] = {}

    def begin(self, course: str, job: Job) -> bool:
        """Begins to read a course; False where somebody is reading it already."""
        with self._lock:
            if course in self._under_way:
                return False
            self._under_way[course] = Progress(source="")
        self._start(lambda: self._run(course, job))
        return True

    def of(self, course: str) -> Progress | None:
        """How far the reading is; None where nobody reads that course."""
        with self._lock:
            return self._under_way.get(course)

    def _run(self, course: str, job: Job) -> None:
        def watched(progress: Progress) -> None:
            with self._lock:
                self._under_way[course] = progress

        try:
            job(watched)
        finally:
            with self._lock:
                del self._under_way[course]


def told(watched: Watched, source: str, batch: Batch) -> None:
    """Tells what a batch says of how far its source is read."""
    watched(Progress(source=source, done=batch.done, expected=batch.expected))
