"""The roster: who is in the course, in which classes and roles, and who of them has withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from adapters.moodle.evidence.people import known_person, memberships
from adapters.moodle.evidence.site import Site
from adapters.moodle.payloads.people import User
from lms_scoring.domain.evidence import KIND_OF, Membership, MembershipStatus, Role
from lms_scoring.domain.identity import KnownPerson, person_name
from lms_scoring.ports import Guess


class NameOrder(Enum):
    """How the site joins first name and last name in `fullname`."""

    GIVEN_FIRST = "given first"
    FAMILY_FIRST = "family first"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Everybody enrolled. `withdrawn` are those whose account or enrolment is suspended; unless they are
    `withdrawn_known`, others may be too, and any of `unsure` may in any case."""

    users: Mapping[int, User]
    withdrawn: frozenset[int]
    roles: Mapping[str, Role]
    withdrawn_known: bool = True
    unsure: frozenset[int] = frozenset()

    @property
    def learners(self) -> list[int]:
        """User ids of those with a learner's role."""
        return [user.id for user in self.users.values() if self._is_learner(user)]

    @property
    def suspended_learners(self) -> list[int]:
        """User ids of the learners who have withdrawn, in their order."""
        return sorted(self.withdrawn.intersection(self.learners))

    @property
    def without_place(self) -> list[User]:
        """Those of whose roles none counts for anything."""
        counts = self.roles.keys()
        return [user for user in self.users.values() if not counts & {role.shortname for role in user.roles}]

    def people(self, site: Site) -> list[KnownPerson]:
        """Everybody with name and accounts."""
        return [
            known_person(site, user, name=name_of(user), other_ids=self.users) for user in self.users.values()
        ]

    def memberships(self, site: Site, course: int) -> list[Membership]:
        """Everybody's places."""
        return [place for user in self.users.values() for place in self._places(site, course, user)]

    def guesses(self, site: Site, course: int) -> dict[tuple[str, str], Guess]:
        """That somebody is active, where nobody says who is suspended."""
        guessed = [user for user in self.users.values() if self._is_guessed(user.id)]
        places = [place for user in guessed for place in self._places(site, course, user)]
        return {(KIND_OF[Membership], place.id): Guess(status=True) for place in places}

    def classes(self, user: int) -> frozenset[int]:
        """The group ids of a person."""
        known = self.users.get(user)
        return frozenset() if known is None else frozenset(group.id for group in known.groups)

    def places(self) -> list[tuple[int, bool, list[int], list[str]]]:
        """What decides about dates and status, for a digest."""
        return sorted(
            (
                user.id,
                user.id in self.withdrawn,
                sorted(group.id for group in user.groups),
                sorted(role.shortname for role in user.roles),
            )
            for user in self.users.values()
        )

    def name_order(self) -> NameOrder:
        """How the site joins names, by the people whose both parts we know."""
        return name_order(list(self.users.values()))

    def _is_learner(self, user: User) -> bool:
        return any(self.roles.get(role.shortname) is Role.LEARNER for role in user.roles)

    def _places(self, site: Site, course: int, user: User) -> list[Membership]:
        return memberships(site, course, user, roles=self.roles, status=self._status(user.id))

    def _is_guessed(self, user: int) -> bool:
        return user not in self.withdrawn and (not self.withdrawn_known or user in self.unsure)

    def _status(self, user: int) -> MembershipStatus:
        return MembershipStatus.WITHDRAWN if user in self.withdrawn else MembershipStatus.ACTIVE


def name_of(user: User) -> str:
    """The name, built from the parts: `fullname` follows a setting of the site."""
    return person_name(family=user.lastname, given=user.firstname)


def name_order(users: Sequence[User]) -> NameOrder:
    """The order in which `fullname` has the parts, if all who tell say the same."""
    seen = {_order_of(user) for user in users if _tells(user)}
    return seen.pop() if len(seen) == 1 else NameOrder.UNKNOWN


def name_from_full(fullname: str, order: NameOrder) -> str:
    """A name of which only the joined text is known (an author's). Three parts stay as they stand."""
    parts = fullname.split(" ")
    if len(parts) != 2 or order is NameOrder.UNKNOWN:
        return fullname.strip()
    first, last = parts
    if order is NameOrder.GIVEN_FIRST:
        return person_name(family=last, given=first)
    return person_name(family=first, given=last)


def _tells(user: User) -> bool:
    plain = [part for part in (user.firstname, user.lastname) if part and " " not in part]
    return len(plain) == 2 and user.firstname != user.lastname


def _order_of(user: User) -> NameOrder:
    if user.fullname == f"{user.firstname} {user.lastname}":
        return NameOrder.GIVEN_FIRST
    if user.fullname == f"{user.lastname} {user.firstname}":
        return NameOrder.FAMILY_FIRST
    return NameOrder.UNKNOWN
