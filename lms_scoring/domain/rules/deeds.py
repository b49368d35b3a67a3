"""Deeds: what somebody could still do under a rule, and why no more can be had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lms_scoring.domain.evidence import Grade


class DeedKind(StrEnum):
    """What is to be done; the unit of its amount stands beside it."""

    STUDY = "study"
    """Study: minutes, begun ones counted as whole."""
    HOMEWORK = "homework"
    """Hand in homework: pieces or attempts."""
    GET_MARKED = "get_marked"
    """Homework that lies handed in gets its mark from somebody else: pieces. Nothing to do but wait."""
    JOURNAL = "journal"
    """Hand in journals: pieces."""
    TOPICS = "topics"
    """Open topics in a forum: posts."""
    REPLIES = "replies"
    """Reply in a forum: posts."""
    BULLETINS = "bulletins"
    """A tutor's class bulletins: posts."""
    MARK = "mark"
    """A tutor marks homework of the class: pieces."""
    RECOMMEND = "recommend"
    """A tutor recommends works of the class: works."""


class Why(StrEnum):
    """Why a criterion can no longer reach its maximum."""

    WINDOW_CLOSED = "window_closed"
    """The days in which evidence counts are over."""
    DEADLINE_PASSED = "deadline_passed"
    """The person's own deadline of every piece of homework (or journal) is over."""
    TIME_TOO_SHORT = "time_too_short"
    """Less time is left than the minutes that are missing would take, day and night."""
    DECIDED = "decided"
    """A person has set the points of this criterion."""
    NOTHING_THERE = "nothing_there"
    """A tutor's class has handed in nothing to mark or recommend, and no longer can."""
    WITHDRAWN = "withdrawn"
    """The person left the class: nothing new is expected, only marks of what was handed in."""
    NEVER_MORE = "never_more"
    """The scheme's own numbers give no more, whatever is done."""


@dataclass(frozen=True, slots=True)
class Deed:
    """So much of one kind; study in milliseconds. `grade`: the lowest mark that will do (None: any)."""

    amount: int
    grade: Grade | None = None


Deeds = Mapping[DeedKind, Deed]
"""What is done in addition to the evidence that is there, by kind; what is not named is not done."""


GRADES = (Grade.FAIL, Grade.PASS, Grade.GOOD, Grade.EXCELLENT)
"""The grade words from the lowest."""


def rank(grade: Grade | None) -> int:
    """The place of a grade among the grades; no grade at all comes before the lowest."""
    return -1 if grade is None else GRADES.index(grade)
