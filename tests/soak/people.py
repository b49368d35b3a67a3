"""More people in the recorded course: each learner does what one of the recorded learners did."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from lms_scoring.demonstration.recordings import recorded_statements
from tests.soak.platform import Platform

RECORDED_CLASSES = (1, 2)
"""Moodle's groups."""
HOMEWORK, JOURNAL = 1, 3
"""Moodle's assignments."""
DISCUSSIONS = 1
"""Moodle's forum."""
_HANDED_IN_AT = 1_731_000_000
"""In the recorded course's time, before its deadlines."""
_TOPICS = 6
_SESSION = "https://w3id.org/xapi/video/extensions/session-id"
Statement = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Learner:
    """Somebody who learns at the platform, by Moodle's id and username."""

    user: int
    username: str


RECORDED = [Learner(user, f"tea{user - 2:03}") for user in range(3, 58)]
"""Those of the recorded course with whom nothing odd is; of the others one is deleted, say."""


def enrol_tutors(platform: Platform, number: int) -> list[int]:
    """So many tutors, each of a class of their own; the classes."""
    classes = []
    for place in range(number):
        classes.append(int(platform.change("add_group", called=f"{place + 3}班")["group"]))
        _enrol(platform, f"guide{place:02}", "teacher", classes[-1])
    return classes


def enrol_learners(platform: Platform, number: int, classes: Sequence[int]) -> list[Learner]:
    """So many more, in these classes in turn, who have handed in, written and watched."""
    found = []
    watched = list(_watched(platform.moodle).values()) if number else []
    for place, class_ in zip(range(number), cycle(classes or RECORDED_CLASSES)):
        username = f"added{place:03}"
        user = _enrol(platform, username, "student", class_)
        _work(platform, user, username, place)
        platform.watch(list(_as(username, platform.moodle, watched[place % len(watched)])))
        found.append(Learner(user, username))
    return found


def _enrol(platform: Platform, username: str, role: str, class_: int) -> int:
    name = {"username": username, "firstname": "学", "lastname": username}
    return int(platform.change("enrol", **name, group=class_, role=role)["user"])


def _work(platform: Platform, user: int, username: str, place: int) -> None:
    """Homework that is marked for four in five, a journal, and topics."""
    at = _HANDED_IN_AT + 100 * place
    for assignment in (HOMEWORK, JOURNAL):
        text = f"{username} 的第 {assignment} 份作业：课前想好三个问题，课上只问了一个。" * 20
        platform.change("hand_in", assignment=assignment, user=user, text=text, at=at)
    if place % 5:
        platform.change("grade", assignment=HOMEWORK, user=user, grade=1 + place % 3)
    for number in range(_TOPICS):
        platform.change(
            "add_topic",
            forum=DISCUSSIONS,
            user=user,
            subject=f"{username} {number}",
            message=f"{username} 谈第 {number} 个问题：我在课堂上这样试过，学生的反应和我想的不一样。",
            at=at + number,
        )


def _watched(home: str) -> Mapping[str, Sequence[Statement]]:
    """What was told of the watching of each recorded learner, however their players named them."""
    found: dict[str, dict[str, Statement]] = {}
    for line in recorded_statements(home):  # some of them twice
        if b"/xapi/video/" in line:
            statement = json.loads(line)
            theirs = found.setdefault(json.dumps(statement["actor"], sort_keys=True), {})
            theirs[statement["id"]] = statement
    return {actor: list(theirs.values()) for actor, theirs in found.items()}


def _as(username: str, home: str, statements: Sequence[Statement]) -> Iterator[Statement]:
    """The same watching by somebody else, in sessions of their own."""

    def own(name: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{username} {name}"))

    actor = actor_of(username, home)
    for statement in statements:
        context = statement["context"]
        extensions = {**context["extensions"], _SESSION: own(context["extensions"][_SESSION])}
        changed = {**context, "registration": own(context["registration"]), "extensions": extensions}
        yield {**statement, "id": own(statement["id"]), "actor": actor, "context": changed}


def actor_of(username: str, home: str) -> Statement:
    """How players name somebody whom that Moodle knows by this username."""
    return {"objectType": "Agent", "account": {"homePage": home, "name": username}, "name": username}
