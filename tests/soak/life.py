"""What goes on at the platform while it is synced: people write, hand in, watch, and are marked."""

from __future__ import annotations

import random
import threading
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.soak.people import DISCUSSIONS, HOMEWORK, JOURNAL, Learner, actor_of
from tests.soak.platform import Platform

EVERY = 2.0
"""Seconds between two changes, on the average."""
_SCOES = (2, 4, 6, 8, 10, 11)
_VIDEO = "https://w3id.org/xapi/video"
_MARKS = (1, 2, 3, 4)


@dataclass(slots=True)
class Life:
    """One thing after another, by chance, until it is stopped."""

    platform: Platform
    learners: Sequence[Learner]
    chance: random.Random
    done: Counter[str] = field(default_factory=Counter)
    _numbers: int = 0

    def go_on(self, stopped: threading.Event) -> None:
        """Until that is set."""
        kinds = [self.writes, self.writes, self.watches, self.watches, self.hands_in, self.is_marked]
        while not stopped.wait(self.chance.expovariate(1 / EVERY)):
            kind = self.chance.choice([*kinds, self.learns])
            kind(self.chance.choice(self.learners))
            self.done[kind.__name__] += 1

    def writes(self, one: Learner) -> None:
        """A topic."""
        self._numbers += 1
        words = f"{one.username} 又想起一件事，第 {self._numbers} 件：把问题留给学生自己说完。"
        self._change("add_topic", one, forum=DISCUSSIONS, subject=f"补充 {self._numbers}", message=words)

    def hands_in(self, one: Learner) -> None:
        """Homework or journal, once more."""
        self._numbers += 1
        text = f"{one.username} 改过的作业，第 {self._numbers} 稿：把第二个问题换成了学生自己的问题。" * 20
        self._change("hand_in", one, assignment=self.chance.choice((HOMEWORK, JOURNAL)), text=text)

    def is_marked(self, one: Learner) -> None:
        """The homework, with another grade perhaps."""
        self._change("grade", one, assignment=HOMEWORK, grade=self.chance.choice(_MARKS))

    def learns(self, one: Learner) -> None:
        """A few minutes in a SCORM package."""
        self._change(
            "add_scorm_time", one, sco=self.chance.choice(_SCOES), seconds=self.chance.randint(60, 600)
        )

    def watches(self, one: Learner) -> None:
        """A few minutes of a video, without a pause."""
        seconds = self.chance.randint(30, 600)
        self.platform.watch(list(_statements(one, self.platform.moodle, seconds, self.chance.choice(_SCOES))))

    def _change(self, name: str, one: Learner, **arguments: Any) -> None:
        self.platform.change(name, user=one.user, **arguments)


@contextmanager
def going_on(life: Life) -> Iterator[None]:
    """Goes on beside the block; whatever went wrong is raised at its end."""
    stopped, faults = threading.Event(), list[BaseException]()

    def run() -> None:
        try:
            life.go_on(stopped)
        except BaseException as error:  # noqa: BLE001 - raised below
            faults.append(error)

    thread = threading.Thread(target=run, name="life")
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()
    if faults:
        raise faults[0]


def _statements(one: Learner, home: str, seconds: int, number: int) -> Iterator[dict[str, Any]]:
    """Played until now."""
    until = datetime.now(UTC)
    session, registration = str(uuid.uuid4()), str(uuid.uuid4())
    segment = {
        "time": float(seconds),
        "progress": round(seconds / 1200, 3),
        "played-segments": f"0.000[.]{seconds:.3f}",
    }
    for verb, at, told in (
        ("played", until - timedelta(seconds=seconds), {"time": 0.0}),
        ("paused", until, segment),
    ):
        yield {
            "id": str(uuid.uuid4()),
            "actor": actor_of(one.username, home),
            "verb": {"id": f"{_VIDEO}/verbs/{verb}"},
            "object": {
                "id": f"https://video.example.edu/v/{1000 + number}",
                "objectType": "Activity",
                "definition": {"type": f"{_VIDEO}/activity-type/video"},
            },
            "context": {
                "registration": registration,
                "contextActivities": {"category": [{"id": _VIDEO}]},
                "extensions": {
                    f"{_VIDEO}/extensions/session-id": session,
                    f"{_VIDEO}/extensions/length": 1200.0,
                },
            },
            "timestamp": at.isoformat(timespec="milliseconds"),
            "result": {"extensions": {f"{_VIDEO}/extensions/{name}": value for name, value in told.items()}},
        }
