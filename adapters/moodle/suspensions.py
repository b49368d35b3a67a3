"""Who of a course is suspended, by enrolment or account, and of whom no list tells that can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import msgspec

from adapters.moodle.client import Reply
from adapters.moodle.payloads.people import GradableUsers, User
from adapters.moodle.payloads.rows import numbers_of, rows_of
from adapters.moodle.problems import bad_rows, refused
from lms_scoring.domain.errors import PlatformError
from lms_scoring.ports import Problem

_STAYS = "Whoever was suspended stays so until then; who is met for the first time is taken for active"


@dataclass(slots=True)
class Suspensions:
    """`suspended` are all of whom a list tells it. Unless `all_known`, others may be too; of `unsure` alone a
    row tells that nobody can read. `gradable` are the learners of the second list, None: it could not be
    read."""

    suspended: set[int] = field(default_factory=set)
    unsure: set[int] = field(default_factory=set)
    all_known: bool = True
    gradable: frozenset[int] | None = None

    def unread(self, rows: Sequence[bytes]) -> None:
        """One that does not tell whom it is about may be about anybody."""
        told = [numbers_of(row).id for row in rows]
        self.unsure |= {user for user in told if user is not None}
        self.all_known &= None not in told


def suspensions(
    enrolments: Reply[list[msgspec.Raw]], gradable: Reply[GradableUsers], problems: list[Problem]
) -> Suspensions:
    """What both lists tell, the suspended enrolments and the learners with their accounts; adds to the
    problems."""
    told = Suspensions()
    try:
        rows = rows_of(enrolments.value, User)
        told.suspended |= {user.id for user in rows.good}
        told.unread(rows.bad)
        problems += _rows_set_aside(rows.bad)
    except PlatformError as error:
        told.all_known = False
        problems.append(_unread("Whose enrolment is suspended", error))
    try:
        told.suspended |= {user.id for user in gradable.value.users if user.suspended}
        told.gradable = frozenset(user.id for user in gradable.value.users)
    except PlatformError as error:
        told.all_known = False
        problems.append(_unread("Whose account is suspended", error))
    return told


def _rows_set_aside(rows: Sequence[bytes]) -> list[Problem]:
    """They wait under nobody's id: a good row of the same person among the enrolled settles none of them."""
    what = "the people whose enrolment is suspended"
    problems = bad_rows(what, rows, subject="suspended people", named=lambda _: None)
    return [replace(problem, text=f"{problem.text}. {_STAYS}") for problem in problems]


def _unread(what: str, error: PlatformError) -> Problem:
    problem = refused(what, error, subject="people")
    return replace(problem, text=f"{problem.text}. {_STAYS}")
