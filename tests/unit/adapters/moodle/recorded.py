"""Recorded answers of a Moodle, and what its records need besides: a platform, an assignment, its scale."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from adapters.moodle.evidence.hand_ins import Dates, Mark, mark_of
from adapters.moodle.evidence.site import Site
from adapters.moodle.payloads.hand_ins import AssignmentRow, GradeRow
from adapters.moodle.payloads.people import User
from adapters.moodle.roster import Roster
from adapters.moodle.source import GRADE_WORDS, ROLES

FOLDER = Path(__file__).parents[3] / "fixtures" / "moodle"
SITE = Site(name="campus", home="https://moodle.example/")
HOMEWORK = AssignmentRow(id=1, cmid=17, grade=-3, duedate=1_733_068_740)
WORDS = {1: "不合格", 2: "合格", 3: "良好", 4: "优秀"}
DATES = Dates(opens_at=1_729_814_400_000, due_at=1_733_068_740_000)

T = TypeVar("T")


def raw(name: str, shape: type[T]) -> T:
    return msgspec.json.decode((FOLDER / "raw" / f"{name}.json").read_bytes(), type=shape, strict=False)


def marked(grade: GradeRow | None, assignment: AssignmentRow = HOMEWORK) -> Mark | None:
    if grade is None:
        return None
    return mark_of(SITE, grade, assignment=assignment, words=WORDS, grade_words=GRADE_WORDS)


def roster(name: str) -> Roster:
    users = {user.id: user for user in raw(name, list[User])}
    return Roster(users=users, withdrawn=frozenset({54}), roles=ROLES)
