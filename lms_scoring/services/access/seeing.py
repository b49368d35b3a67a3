"""Who is asking, and what that visitor may see of a course. Nothing here reads a card."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lms_scoring.domain.errors import NotAllowed
from lms_scoring.domain.evidence import Membership, Role
from lms_scoring.domain.places import places_now
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.ports import (
    ADMINISTRATOR,
    COORDINATOR,
    Act,
    Grant,
    KeptCourse,
    Launched,
    Store,
    Transaction,
    Visitor,
)
from lms_scoring.services.access.roles import administers_by, roles_of

_SEES_ALL = frozenset({COORDINATOR, ADMINISTRATOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one visitor may see of one course."""

    person: str | None
    everything: bool
    """The whole course; never where `nameless`."""
    classes: frozenset[str | None]
    """Classes this visitor is tutor of."""
    course: KeptCourse
    roles: frozenset[Role]
    """What the visitor's own memberships make of them here; each may have a card."""
    nameless: bool = False
    """A platform's test user: nobody could say later who that was."""
    administers: bool = False
    """Whether everything here is the visitor's to administer."""
    closing: Act | None = None
    """Since when the course is closed, by whom and why; None: it is open."""

    @property
    def guides(self) -> bool:
        """Whether others' cards are the visitor's to look after: those of a class, or all."""
        return self.everything or bool(self.classes)

    @property
    def decides(self) -> bool:
        """Whether anything may be decided here at all: while a course is closed, by who sees all of it."""
        return not self.nameless and (self.closing is None or self.everything)

    def shows(self, membership: Membership | Scorecard) -> bool:
        """Whether the card of that membership (or that card) may be seen; a tutor goes on seeing that of who
        left the class."""
        if self.everything or (membership.person == self.person and membership.role in self.roles):
            return True
        return membership.role is Role.LEARNER and membership.class_ in self.classes

    def sendable(self, places: Iterable[Membership]) -> list[Membership]:
        """Of whose cards the visitor may have the grade sent again; nobody's own, save who sees all. `places`
        are all of whose they are."""
        every = list(places)
        if self.everything:
            return every
        theirs = {one.person for one in every if self.shows(one)} - {self.person}
        return [one for one in places_now(p for p in every if p.person in theirs) if self.shows(one)]

    def decidable(self, places: Iterable[Membership]) -> list[Membership]:
        """About which of these cards, and their records, the visitor may decide: who `decides` at all, nobody
        about the own, and a tutor only where a learner is now. `places` are all of whose they are."""
        if not self.decides:
            return []
        return [one for one in self.sendable(places) if one.person != self.person]


def only_learns(transaction: Transaction, visitor: Visitor) -> bool:
    """Whether the visitor can have nothing in the course but a learner's own card: launched into it as no
    staff, and granted nothing."""
    launched = visitor.launched
    if launched is None or launched.course is None or launched.staff or visitor.person is None:
        return False
    return not visitor.roles and not transaction.grants(visitor.person)


def check_part(store: Store, course: str, visitor: Visitor) -> None:
    """Raises NotAllowed where the visitor may see nothing of the course, whatever it is scored by."""
    with store.reading() as transaction:
        view_of(transaction, course, visitor)


def view_of(transaction: Transaction, course: str, visitor: Visitor) -> View:
    """What this visitor may see of the course. Raises NotAllowed where that is nothing."""
    launched = visitor.launched
    if launched is not None and launched.course != course:
        raise NotAllowed("this was opened from another course of the platform")
    roles = roles_of(transaction, visitor)
    nameless = launched is not None and visitor.person is None
    everything = sees_all(roles, course) and not nameless
    theirs = [] if visitor.person is None else transaction.memberships(course, persons=[visitor.person])
    own = [m for m in theirs if _counts(m, launched)]
    classes = frozenset(m.class_ for m in own if m.role is Role.TUTOR and m.is_active)
    if launched is not None and launched.staff:
        classes |= _classes_of_groups(transaction, course, launched)
    if None in classes and _has_classes(transaction, course):
        classes -= {None}
    if not everything and not own and not classes:
        raise NotAllowed(_no_part(launched))
    return View(
        person=visitor.person,
        everything=everything,
        classes=classes,
        course=transaction.course(course),
        roles=frozenset(m.role for m in own),
        nameless=nameless,
        closing=transaction.closing(course),
        administers=administers_by(roles, visitor),
    )


def whole_view(transaction: Transaction, course: str, visitor: Visitor, *, refusal: str) -> View:
    """The same, for who sees the whole course. Raises NotAllowed for anyone else, and says `refusal`."""
    view = view_of(transaction, course, visitor)
    if not view.everything:
        raise NotAllowed(refusal)
    return view


def sees_all(grants: Iterable[Grant], course: str) -> bool:
    """Whether whoever was granted these sees the whole course."""
    return any(grant.role in _SEES_ALL and grant.course in (None, course) for grant in grants)


def _counts(membership: Membership, launched: Launched | None) -> bool:
    """Whether an own membership makes the visitor anything: guiding is believed of staff alone."""
    return launched is None or launched.staff or membership.role is Role.LEARNER


def _has_classes(transaction: Transaction, course: str) -> bool:
    """Whether anybody is or was in a class here. To have none is then no class: who was never put into one,
    or came without being enrolled, is nobody's learner."""
    return any(m.class_ is not None for m in transaction.memberships(course))


def _classes_of_groups(transaction: Transaction, course: str, launched: Launched) -> frozenset[str | None]:
    """The classes that the platform's groups of the visitor are: a membership's id ends with its group's.

    Only members of today tell, for a group may have had the name that another one has now.
    """
    if not launched.groups:
        return frozenset()
    platform = transaction.registration(launched.registration).platform
    if platform is None:
        return frozenset()
    return frozenset(transaction.classes_of_groups(course, platform, launched.groups))


def _no_part(launched: Launched | None) -> str:
    if launched is not None and launched.staff:
        return (
            "you teach in this course, and no class of yours is known here: you are in no group of the "
            "course, or an administrator must grant you a role"
        )
    return "you have no part in this course"
