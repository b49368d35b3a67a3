"""The people whom the switch of the course page offers, and how names are written here."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from lms_scoring.demonstration.lti.accounts import (
    ADMINISTRATOR,
    MANAGER,
    Account,
    account_of,
    may_sign_in,
    members_of,
    teaches,
)
from lms_scoring.demonstration.lti.state import Course
from lms_scoring.demonstration.moodle_model import MoodleModel

USUAL_LEARNER = 24
TUTOR = 63
LEARNER_AND_TUTOR = 62


@dataclass(frozen=True)
class Part:
    """A part in the course and who plays it."""

    title: str
    account: Account


def parts(model: MoodleModel, course: Course) -> Iterator[Part]:
    """One person for each way of seeing the course, as far as they are there."""
    learner = usual_learner(model, course)
    cast = (
        ("学员", None if learner is None else learner.id),
        ("辅导教师", TUTOR),
        ("管理员", MANAGER.id),
        ("学员兼辅导教师", LEARNER_AND_TUTOR),
        ("系统管理员", ADMINISTRATOR.id),
    )
    for title, user in cast:
        account = None if user is None else account_of(model, user)
        if account is not None and may_sign_in(model, account.id):
            yield Part(title, account)


def usual_learner(model: MoodleModel, course: Course) -> Account | None:
    """Somebody without peculiarities; another learner where that one is not there."""
    learners = list(learners_of(model, course))
    return next((each for each in learners if each.id == USUAL_LEARNER), learners[0] if learners else None)


def learners_of(model: MoodleModel, course: Course) -> Iterator[Account]:
    """Who can sign in and is nothing but a learner."""
    for each in members_of(model, course.id, course):
        if may_sign_in(model, each.id) and not teaches(model, each.id):
            yield each


def written(account: Account) -> str:
    """Han names family name first and together, others given name first."""
    family = "" if account.family.strip() in ("", "-") else account.family.strip()
    given = account.given.strip()
    han = all(unicodedata.name(sign, "").startswith("CJK") for sign in family + given)
    return f"{family}{given}" if han else f"{given} {family}".strip()
