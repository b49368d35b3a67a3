"""Signing: who does something here and why, checked before anything is done."""

from __future__ import annotations

from dataclasses import dataclass

from lms_scoring.domain.errors import CannotBeDecided
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.domain.proceedings.step import LONGEST_WORDS
from lms_scoring.ports import Closings, Visitor

OPERATOR = "operator:"
"""What the name of somebody begins with who decides and is nobody's learner or tutor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who, as a person's id or `operator:NAME`, and why.

    There is none that says nothing, or too much, or of an operator without a name: it raises CannotBeDecided.
    """

    by: str
    reason: str

    def __post_init__(self) -> None:
        if self.by.startswith(OPERATOR) and not self.by.removeprefix(OPERATOR).strip():
            raise CannotBeDecided(
                Obstacle.NAMELESS, f"{OPERATOR} wants a name behind it, such as {OPERATOR}office"
            )
        why = fault_of(self.reason)
        if why is not None:
            raise CannotBeDecided(why, _FAULTS[why].format(length=len(self.reason)))


def signature(by: str, reason: str) -> Signature:
    """With what was typed as the reason; forms send two characters for the end of a line.

    Raises CannotBeDecided.
    """
    return Signature(by=by, reason=reason.replace("\r\n", "\n").strip())


def fault_of(reason: str) -> Obstacle | None:
    """What is wrong with a reason, if anything is."""
    if not reason.strip():
        return Obstacle.NO_REASON
    return Obstacle.TOO_LONG if len(reason) > LONGEST_WORDS else None


_FAULTS = {
    Obstacle.NO_REASON: "what is signed needs a reason that others can read later; give one",
    Obstacle.TOO_LONG: f"a reason has at most {LONGEST_WORDS} characters; this one has {{length}}",
}


def check_open(transaction: Closings, course: str) -> None:
    """Raises CannotBeDecided where the course is closed."""
    if transaction.closing(course) is not None:
        raise CannotBeDecided(
            Obstacle.CLOSED,
            f"{course} is closed: only signed decisions about single records or criteria change its cards; "
            f"to change anything else, reopen it (`lms-scoring course reopen {course}`)",
        )


def author_of(visitor: Visitor) -> str:
    """How somebody who is signed in signs: as the person, or as the operator who had the link made."""
    return f"{OPERATOR}administrator" if visitor.person is None else visitor.person
