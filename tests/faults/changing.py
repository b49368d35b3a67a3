"""What a platform changes of its course in the middle: people, topics, hand-ins, marks, statements."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from tests.faults.scene import Scene

FIRST, SECOND, THIRD, FOURTH = 3, 4, 5, 6
"""The learners' user ids at the Moodle."""
FORUM, HOMEWORK = 1, 1
AT_A_TIME = ("add_topic", "hand_in", "grade")
Change = Callable[[Scene], object]


def change(name: str, **arguments: Any) -> Change:
    """One of the platform's, made now: what is older than the last sync, a Moodle does not tell."""

    def make(course: Scene) -> object:
        now = {"at": int(time.time())} if name in AT_A_TIME else {}
        return course.platform.moodle.change(name, **arguments, **now)

    make.__name__ = name
    return make


def topic_of(course: Scene, number: int) -> int:
    """The first post of a topic, the oldest topic first."""
    topics = course.platform.moodle.server.model.forums[FORUM].discussions
    return int(topics[sorted(topics)[number]].row["id"])


def delete_topics(count: int) -> Change:
    def make(course: Scene) -> None:
        for _ in range(count):
            course.platform.moodle.change("delete_post", post=topic_of(course, 0))

    make.__name__ = f"delete_{count}_topics"
    return make


def tell(course: Scene, *ids: str) -> None:
    """Somebody watched a video: the statements of another session, stored now."""
    model = course.platform.lrs.model
    line = json.loads(model.raw(0))
    kept = []
    for id_ in ids:
        line = {**line, "id": id_}
        kept.append((id_, json.dumps(line).encode()))
    model.keep(kept)
