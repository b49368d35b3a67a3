"""The jobs that others are woken for, by name, and the calls that wake them with what they want to know."""

from __future__ import annotations

from lms_scoring.ports import Call, Transaction

PULL = "pull"
"""Reads the next of a source's courses."""
SCORE = "score"
"""Scores who was touched in a course."""
SEND = "send"
"""Sends a course's grades."""
TELL = "tell"
"""Tells what fails."""
RETAIN = "retain"
"""Removes what is kept for a while only."""


def to_pull(source: str) -> Call:
    """For the next course that wants the source."""
    return Call(job=PULL, arguments={"source": source})


def to_score(course: str) -> Call:
    """For whoever was touched."""
    return Call(job=SCORE, arguments={"course": course})


def to_send(course: str) -> Call:
    """For all grades that wait."""
    return Call(job=SEND, arguments={"course": course})


def wake_scorers(transaction: Transaction) -> None:
    """For every course in which somebody was touched: an account, or what a shared source tells, may concern
    people of several."""
    for course in transaction.courses():
        if transaction.touched(course.id):
            transaction.wake(to_score(course.id))
