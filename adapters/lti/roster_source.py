"""The roster of a course of an LTI platform as a source of people and learners, if no other adapter has it.

Its roles are not believed further than that somebody learns: platforms call tutors learners or instructors
as they please, so nobody becomes a tutor of a class by it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from adapters.lti.names_and_roles import NamesAndRoles
from adapters.numbers_not_given import numbers_not_given
from lms_scoring.domain.errors import PlatformMisread, PlatformRefused
from lms_scoring.domain.evidence import Membership, MembershipStatus, Role
from lms_scoring.domain.gradebook import RosterMember
from lms_scoring.domain.identity import (
    KnownPerson,
    NameKind,
    account,
    could_be_user_id,
    mbox,
    names_that_identify,
    sha1_of,
)
from lms_scoring.domain.registration import (
    Registration,
    account_of_subject,
    person_of_subject,
    roster_name,
)
from lms_scoring.ports import Batch, Scope

_CALL = "roster"


class RosterSource:
    """Small, and always read as a whole: who is no longer named is withdrawn.

    People have the ids that they get by launches, so that both are the same person.
    """

    def __init__(
        self,
        roster: NamesAndRoles,
        registration: Registration,
        *,
        url: str | None,
        context: str,
        given: Collection[NameKind] = (),
    ) -> None:
        """`url` None: the platform does not let us at the roster, which every pull says. `given`: the numbers
        by which it names people are the institution's."""
        self.name = roster_name(registration.id)
        self.shared = False
        self._roster = roster
        self._registration = registration
        self._url = url
        self._context = context
        self._given = given

    def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:  # no cursor: see above
        """Everybody, then every learner. Raises PlatformError; half a roster is none."""
        listed = whole_roster(self._roster, self._registration, self._url)
        learners = [one for one in listed if one.learner and not one.staff]
        subjects = frozenset(one.subject for one in listed)
        yield Batch(
            people=[self._person(one, subjects) for one in listed],
            problems=tuple(numbers_not_given((one.names for one in listed), self._given, at=self.name)),
            done=len(listed),
            expected=len(listed),
        )
        yield Batch(
            records=[self._membership(one) for one in learners],
            whole=(Scope(kind="membership", activity=None),),
            done=len(listed),
            expected=len(listed),
        )

    def _person(self, member: RosterMember, subjects: Collection[str]) -> KnownPerson:
        """With the accounts by which a record store may name them: those of this platform, and the address.

        Of the names only those that identify (`names_that_identify`).
        """
        own = (
            account_of_subject(self._registration, member.subject),
            account(self._registration.issuer, member.subject),
        )
        names = names_that_identify(
            member.names,
            own=member.subject,
            others=subjects,
            given=self._given,
            numbered=could_be_user_id(member.subject),
        )
        accounts = [*own, *(account(self._registration.issuer, name) for name in names.values())]
        if member.email is not None and "@" in member.email:
            accounts += [mbox(member.email), sha1_of(member.email)]
        return KnownPerson(
            id=person_of_subject(self._registration, member.subject),
            name=member.name,
            accounts=tuple(dict.fromkeys(accounts)),
            own=len(own),
        )

    def _membership(self, member: RosterMember) -> Membership:
        return Membership(
            id=f"{self._context}-{member.subject}",
            person=account_of_subject(self._registration, member.subject),
            role=Role.LEARNER,
            class_=None,
            status=MembershipStatus.ACTIVE if member.active else MembershipStatus.WITHDRAWN,
        )


def whole_roster(
    roster: NamesAndRoles, registration: Registration, url: str | None
) -> Sequence[RosterMember]:
    """Everybody whom the platform names. Raises PlatformError; a roster of nobody is none."""
    name = roster_name(registration.id)
    if url is None:
        raise PlatformRefused(
            name,
            _CALL,
            "the platform does not let us read who is in the course; switch the service on in the tool's "
            "settings there (in Moodle: Services > names and roles), confirm the registration here, and open "
            "the tool from the course once",
        )
    listed = roster.roster(registration, url)
    if not listed:
        raise PlatformMisread(
            name,
            _CALL,
            "the roster names nobody, not even a teacher, so it is not believed; check that the tool may "
            "read the names of the course's members there",
        )
    return listed
