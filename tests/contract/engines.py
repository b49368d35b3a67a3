"""Jobs that note what they do, and a way to begin each engine: what the contract of engines is told in."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from lms_scoring.jobs.registry import Job
from lms_scoring.ports import Call, RingingStore
from lms_scoring.services.unattended.workshop import Workshop
from tests.waiting import LONG


@dataclass
class Notes:
    """What jobs did, in the order in which they began; and a gate that holds them where a test wants it."""

    begun: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    most_at_once: Counter[str] = field(default_factory=Counter)
    gate: threading.Event = field(default_factory=threading.Event)
    _now: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, key: str, word: str, *, waits: bool) -> None:
        """One run of a job."""
        with self._lock:
            self.begun.append(word)
            self._now[key] += 1
            self.most_at_once[key] = max(self.most_at_once[key], self._now[key])
        if waits:
            assert self.gate.wait(LONG)
        with self._lock:
            self._now[key] -= 1
            self.done.append(word)


def jobs_of(notes: Notes, *, every: int | None = None) -> Mapping[str, Job]:
    """`note` writes its word down, `wait` also waits at the gate, `fail` fails; `tick` comes by itself."""

    def note(shop: Workshop, key: str, word: str) -> None:
        notes.run(key, word, waits=False)

    def wait(shop: Workshop, key: str, word: str) -> None:
        notes.run(key, word, waits=True)

    def fail(shop: Workshop, key: str, word: str) -> None:
        notes.run(key, word, waits=False)
        raise ZeroDivisionError

    def tick(shop: Workshop) -> None:
        notes.run("tick", "tick", waits=False)

    return {
        job.name: job
        for job in (
            Job(name="note", work=note, key="{key}"),
            Job(name="wait", work=wait, key="{key}"),
            Job(name="fail", work=fail, key="{key}"),
            Job(name="tick", work=tick, key="tick", every=every),
        )
    }


def call(job: str, word: str, *, key: str = "a") -> Call:
    """A call of one of them."""
    return Call(job=job, arguments={"key": key, "word": word})


class Engine(Protocol):
    """An engine that is a store's bell."""

    def start(self) -> bool: ...
    def stop(self, *, grace: float = 10.0) -> bool: ...


class Begin(Protocol):
    """Runs these jobs, woken by the store's transactions, until it is left; `changes` are to the workshop."""

    def __call__(
        self, store: RingingStore, jobs: Mapping[str, Job], **changes: Any
    ) -> AbstractContextManager[Engine]: ...


def wake(store: RingingStore, *calls: Call) -> None:
    """In one transaction."""
    with store.writing() as transaction:
        for one in calls:
            transaction.wake(one)
