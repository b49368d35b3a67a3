"""Signing: who does something here and why, checked before anything is done."""

from __future__ import annotations

from dataclasses import dataclass

from lms_scoring.domain.errors import CannotBeDecided
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.ports import Closings, Visitor

OPERATOR = "operator:"
"""What the name of somebody begins with who decides and is nobody's learner or tutor."""

LONGEST_REASON = 2_000
"""Characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who, as a person's id or `operator:NAME`, and why."""

    by: str
    reason: str


def signature(by: str, reason: str) -> Signature:
    """Raises CannotBeDecided where the reason says nothing, or too much, or an operator has no name."""
    said = reason.strip()
    if by.startswith(OPERATOR) and not by.removeprefix(OPERATOR).strip():
        raise CannotBeDecided(
            Obstacle.NAMELESS, f"{OPERATOR} wants a name behind it, such as {OPERATOR}office"
        )
    if not said:
        raise CannotBeDecided(
            Obstacle.NO_REASON, "what is signed needs a reason that others can read later; give one"
        )
    if len(said) > LONGEST_REASON:
        raise CannotBeDecided(
            Obstacle.TOO_LONG, f"a reason has at most {LONGEST_REASON} characters; this one has {len(said)}"
        )
    return Signature(by=by, reason=said)


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
