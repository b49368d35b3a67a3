"""The roster of a course by Names and Roles 2.0.

A Moodle leaves out who is suspended from the course and calls tutors learners: whom a roster does not name is
for the caller to judge, and its roles are not believed over those of launches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from adapters.lti.payloads import Member, Membership, read
from adapters.lti.service import Asked, Service
from lms_scoring.domain.gradebook import RosterMember
from lms_scoring.domain.identity import NameKind, person_name
from lms_scoring.domain.registration import Registration
from lms_scoring.lti.claims import Scope
from lms_scoring.lti.roles import launch_roles

_MEDIA_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
_CALL = "roster"
_ACTIVE = "active"


class NamesAndRoles:
    """Reads rosters. Neither `role` nor `limit` is asked for: a Moodle forgets a role on its second page."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def roster(self, registration: Registration, url: str) -> Sequence[RosterMember]:
        """Everybody whom the roster at `context_memberships_url` names, in its order.

        Raises PlatformError; half a roster is none.
        """
        scopes = frozenset({Scope.MEMBERSHIP.value})
        asked = Asked(registration=registration, scopes=scopes, accept=_MEDIA_TYPE, call=_CALL)
        platform = self._service.platform(url)
        listed = [
            member
            for page in self._service.pages(url, asked)
            for member in read(page, Membership, platform=platform, call=_CALL).members
        ]
        return _once_each(listed)


def _once_each(listed: Iterable[Member]) -> tuple[RosterMember, ...]:
    """Somebody listed twice is one person with the roles of both; a platform's test user is nobody."""
    found: dict[str, RosterMember] = {}
    for member in listed:
        roles = launch_roles(member.roles or ())
        if roles.test_user:
            continue
        subject = str(member.user_id)
        before = found.get(subject)
        found[subject] = RosterMember(
            subject=subject,
            name=_name(member) or (before.name if before else ""),
            active=_is_active(member) or (before is not None and before.active),
            staff=roles.staff or (before is not None and before.staff),
            learner=roles.learner or (before is not None and before.learner),
            email=member.email or (before.email if before else None),
            names=_names(member) or (before.names if before else {}),
        )
    return tuple(found.values())


def _name(member: Member) -> str:
    """From the parts where the platform gives them: its own order need not be the reader's."""
    family, given = member.family_name or "", member.given_name or ""
    return person_name(family=family, given=given) or (member.name or "").strip()


def _names(member: Member) -> Mapping[NameKind, str]:
    names = {NameKind.USERNAME: member.ext_user_username, NameKind.IDNUMBER: member.lis_person_sourcedid}
    return {kind: name for kind, name in names.items() if name}


def _is_active(member: Member) -> bool:
    return member.status is None or member.status.strip().lower() == _ACTIVE
