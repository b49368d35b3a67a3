"""Which hand-ins a rule may count at all: handed in, in the window, in time by the person's own deadline."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from lms_scoring.domain.dossier import Dossier
from lms_scoring.domain.evidence import Submission, SubmissionState, Task
from lms_scoring.domain.instants import SECOND
from lms_scoring.domain.intervals import Span
from lms_scoring.domain.scorecard import Reason


class Late(StrEnum):
    """What a hand-in after its deadline is worth."""

    ACCEPT = "accept"
    """As much as any other: the deadline does not matter, only the window does."""
    REJECT = "reject"
    """Nothing."""
    FORFEIT_ON_TIME = "forfeit_on_time"
    """Its grade, without the points for being in time."""


def objection(submission: Submission, dossier: Dossier, *, window: Span) -> Reason | None:
    """Why a submission was not handed in as far as any rule is concerned; None if it was."""
    refused = dossier.decisions.objection(submission)
    if refused is not None:
        return refused
    if submission.state is SubmissionState.DRAFT or submission.submitted_at is None:
        return Reason.DRAFT
    return None if window.holds(submission.submitted_at) else Reason.OUTSIDE_WINDOW


def untimely(submission: Submission) -> Reason | None:
    """Too early or late by the person's own dates; at the very second of the deadline is in time.

    Platforms' deadlines are whole seconds, so whatever lies within that second is in time.
    """
    at, opens, due = submission.submitted_at, submission.opens_at, submission.due_at
    if at is None:
        return None
    if opens is not None and at < opens:
        return Reason.TOO_EARLY
    if due is not None and at // SECOND > due // SECOND:
        return Reason.LATE
    return None


Work = tuple[str, Task | None, str | None, str]
"""What is one work, however often it was handed in: a person's of one task, source and activity."""


def work_of(submission: Submission) -> Work:
    """The work of which the submission is an attempt; two sources may call their activities the same."""
    return (submission.person, submission.task, submission.source, submission.activity)


class Pieces:
    """Which hand-ins of one person are pieces of their own, and which are attempts at one met before.

    Attempts at one piece differ in their numbers. Of hand-ins to one activity that have the same number, as
    entries of a database and posts of a blog have, each is another piece.
    """

    def __init__(self) -> None:
        self._met: Counter[tuple[str | None, str, int]] = Counter()
        self._begun: Counter[tuple[str | None, str]] = Counter()

    def begins_one(self, submission: Submission) -> bool:
        """Whether this hand-in, met after the others, is the first at its piece."""
        activity = (submission.source, submission.activity)
        number = (*activity, submission.attempt)
        self._met[number] += 1
        is_first = self._met[number] > self._begun[activity]
        self._begun[activity] += is_first
        return is_first


def class_works(dossier: Dossier, *, window: Span) -> dict[Work, Submission]:
    """Every homework and journal that the class handed in, by its latest attempt that was, in that order."""
    found: dict[Work, Submission] = {}
    for submission in sorted(dossier.class_submissions, key=order):
        if submission.task is not None and objection(submission, dossier, window=window) is None:
            found.pop(work_of(submission), None)
            found[work_of(submission)] = submission
    return found


def order(submission: Submission) -> tuple[int, int, str]:
    """Hand-ins in the order of time; ties by attempt, then id."""
    at = -1 if submission.submitted_at is None else submission.submitted_at
    return (at, submission.attempt, submission.id)
