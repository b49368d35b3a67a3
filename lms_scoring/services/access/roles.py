"""Roles that only we know: given and taken back by administrators, and every time signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lms_scoring.domain.errors import CannotBeDecided, NotAllowed, UnknownPerson
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.ports import (
    ADMINISTRATOR,
    COORDINATOR,
    Access,
    Act,
    ActKind,
    Clock,
    Grant,
    Store,
    Transaction,
    Visitor,
)
from lms_scoring.services.signing import Signature

ROLES = (COORDINATOR, ADMINISTRATOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """A role somebody has, and the act that gave it (None: it came with a course, or is older than acts)."""

    grant: Grant
    name: str
    act: Act | None
    by: str | None
    """The name of who gave it, where it was somebody known here."""


def nobody_with(role: str, *, course: str | None = None) -> Visitor:
    """Somebody with that role in one course (None: in all) who is nobody known here: an operator, a key."""
    return Visitor(person=None, roles=(Grant(person="", role=role, course=course),))


def roles_of(access: Access, visitor: Visitor) -> list[Grant]:
    """What the visitor was granted, and came with."""
    return [*visitor.roles, *(access.grants(visitor.person) if visitor.person is not None else ())]


def administers(access: Access, visitor: Visitor) -> bool:
    """Whether the visitor is administrator of everything here, and did not come by a launch."""
    return visitor.launched is None and administers_by(roles_of(access, visitor), visitor)


def administers_by(roles: Iterable[Grant], visitor: Visitor) -> bool:
    """The same, of whose roles are known."""
    if visitor.launched is not None:
        return False
    return any(grant.role == ADMINISTRATOR and grant.course is None for grant in roles)


def check_administers(store: Store, visitor: Visitor) -> None:
    """Raises NotAllowed for anyone else."""
    with store.reading() as transaction:
        if not administers(transaction, visitor):
            raise NotAllowed("this is for administrators of the whole installation")


def granted(store: Store) -> list[Granted]:
    """Everybody's roles, by person, role and course."""
    with store.reading() as transaction:
        grants = transaction.all_grants()
        acts = {_key(act): act for act in transaction.acts(kinds=[ActKind.GRANTED])}
        names = transaction.names({*(grant.person for grant in grants), *(act.by for act in acts.values())})
    return [
        Granted(
            grant=grant,
            name=names.get(grant.person, ""),
            act=act,
            by=None if act is None else names.get(act.by),
        )
        for grant in grants
        for act in [acts.get((grant.person, grant.role, grant.course))]
    ]


def grant_role(grant: Grant, signed: Signature, store: Store, *, clock: Clock) -> bool:
    """Gives the role; False where the person has it already. Raises UnknownPerson, UnknownCourse."""
    with store.writing() as transaction:
        if grant in transaction.grants(grant.person):
            return False
        _check(transaction, grant)
        transaction.keep_grant(grant)
        transaction.keep_act(_act(ActKind.GRANTED, grant, signed, at=clock.now()))
        return True


def revoke_role(grant: Grant, signed: Signature, store: Store, *, clock: Clock) -> bool:
    """Takes the role back; False where there is none. It holds from the next page on.

    Raises CannotBeDecided for the own role: one slip, and nobody could give it back here.
    """
    if signed.by == grant.person and grant.role == ADMINISTRATOR:
        raise CannotBeDecided(
            Obstacle.OWN_ROLE, "nobody takes the own role of administrator back; another administrator can"
        )
    with store.writing() as transaction:
        if not transaction.take_grant(grant):
            return False
        transaction.keep_act(_act(ActKind.REVOKED, grant, signed, at=clock.now()))
        return True


def _check(transaction: Transaction, grant: Grant) -> None:
    if grant.course is not None:
        transaction.course(grant.course)
    if not transaction.names([grant.person]):
        raise UnknownPerson("nobody of that id is known here; a role is given to somebody of a synced course")


def _act(kind: ActKind, grant: Grant, signed: Signature, *, at: int) -> Act:
    return Act(
        at=at,
        kind=kind,
        by=signed.by,
        reason=signed.reason,
        course=grant.course,
        person=grant.person,
        subject=grant.role,
    )


def _key(act: Act) -> tuple[str | None, str | None, str | None]:
    return (act.person, act.subject, act.course)
