"""Users into people and their places."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from adapters.moodle.evidence.site import Site
from adapters.moodle.payloads.people import User
from lms_scoring.domain import identity
from lms_scoring.domain.evidence import Membership, MembershipStatus, Role
from lms_scoring.domain.identity import KnownPerson, NameKind, names_that_identify


def known_person(site: Site, user: User, *, name: str, other_ids: Collection[int] = ()) -> KnownPerson:
    """A user with all accounts that are surely theirs, the numeric id first. `other_ids` are user ids that
    make a name nobody's."""
    names = names_that_identify(
        names_of(user), own=str(user.id), others={str(each) for each in other_ids}, given=site.given
    )
    accounts = [site.account(user.id)]
    if NameKind.USERNAME in names:
        accounts.append(identity.account(site.home, user.username))
    if "@" in user.email:
        accounts += [identity.mbox(user.email), identity.sha1_of(user.email)]
    if NameKind.IDNUMBER in names:
        accounts.append(identity.account(site.home, user.idnumber))
    return KnownPerson(id=person_id(site, user.id), name=name, accounts=tuple(dict.fromkeys(accounts)))


def names_of(user: User) -> Mapping[NameKind, str]:
    """What the site calls a user by beside the user id."""
    return {NameKind.USERNAME: user.username, NameKind.IDNUMBER: user.idnumber}


def person_id(site: Site, user: int) -> str:
    """The id of a person, for ever."""
    return f"{site.name}-{user}"


def memberships(
    site: Site, course: int, user: User, *, roles: Mapping[str, Role], status: MembershipStatus
) -> list[Membership]:
    """One membership for each role that counts and each group (or one without a class)."""
    held = dict.fromkeys(roles[role.shortname] for role in user.roles if role.shortname in roles)
    groups: list[tuple[int, str | None]] = [(group.id, group.name) for group in user.groups]
    return [
        Membership(
            id=f"{course}-{role}-{user.id}-{group}",
            person=site.account(user.id),
            role=role,
            class_=name,
            status=status,
            source=site.name,
        )
        for role in held
        for group, name in groups or [(0, None)]
    ]


def withdrawn_learner(site: Site, course: int, user: int) -> Membership:
    """Somebody whose work is in the course and who is in no list any more; of which class, nobody says."""
    return Membership(
        id=f"{course}-{Role.LEARNER}-{user}-0",
        person=site.account(user),
        role=Role.LEARNER,
        class_=None,
        status=MembershipStatus.WITHDRAWN,
        source=site.name,
    )
