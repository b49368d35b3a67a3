"""Signers: what somebody may decide who is named as signing and was not seen, as commands have it.

Whoever guides the class in which the person is now, or has a role in the course, may sign, and an operator.
It is the same rule as for those who are signed in, but that of a platform's groups nothing is known here.
"""

from __future__ import annotations

from collections.abc import Sequence

from lms_scoring.domain.errors import CannotBeDecided, NotAllowed
from lms_scoring.domain.evidence import Membership
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.ports import ADMINISTRATOR, Transaction, Visitor
from lms_scoring.services.access.roles import nobody_with
from lms_scoring.services.access.seeing import View, sees_all, view_of
from lms_scoring.services.signing import OPERATOR

_AN_OPERATOR = nobody_with(ADMINISTRATOR)


def signed_places(transaction: Transaction, course: str, by: str, person: str) -> Sequence[Membership]:
    """About which of the person's places `by` decides. Raises CannotBeDecided where there is none."""
    view = signer_view(transaction, course, by, person=person)
    places = view.decidable(transaction.memberships(course, persons=[person]))
    if not places:
        raise not_entitled(course, by, person)
    return places


def signer_view(transaction: Transaction, course: str, by: str, *, person: str) -> View:
    """What `by` may see and decide who signs something about the person. Raises CannotBeDecided where that
    is nothing, or the course is closed."""
    try:
        visitor = _AN_OPERATOR if by.startswith(OPERATOR) else Visitor(person=by)
        view = view_of(transaction, course, visitor)
    except NotAllowed as error:
        raise not_entitled(course, by, person) from error
    check_corrects(transaction, course, by)
    return view


def check_corrects(transaction: Transaction, course: str, by: str) -> None:
    """Raises CannotBeDecided where the course is closed, for all but those who see all of it."""
    if transaction.closing(course) is None or by.startswith(OPERATOR):
        return
    if not sees_all(transaction.grants(by), course):
        raise CannotBeDecided(
            Obstacle.CLOSED, f"{course} is closed: its coordinators and administrators alone correct it"
        )


def not_entitled(course: str, by: str, person: str) -> CannotBeDecided:
    """Why that signature is none."""
    return CannotBeDecided(
        Obstacle.NOT_ENTITLED,
        f"{by!r} neither guides a class of {course} in which {person} is now nor has a role there; who "
        "decides is such a tutor's id as `lms-scoring board` shows it, somebody with a role (`lms-scoring "
        f"role grant`), or {OPERATOR}NAME",
    )
