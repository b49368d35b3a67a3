"""The platform as records name it, and that something of a person cannot be read."""

from __future__ import annotations

from dataclasses import dataclass

from lms_scoring.domain import identity
from lms_scoring.domain.evidence import Unknown
from lms_scoring.domain.identity import NameKind
from lms_scoring.domain.unread import Unread


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The platform as records name it: its name in the settings and the home of its accounts. `given`: names
    of its people that are numbers, and the institution's (`names_that_identify`)."""

    name: str
    home: str
    given: frozenset[NameKind] = frozenset()

    def account(self, user: int) -> str:
        """The account of a user id; what records call a person by."""
        return identity.account(self.home, str(user))


def unreadable_id(activity: str, user: int) -> str:
    """The id of the record that says that something of a person in an activity cannot be read."""
    return f"unknown-{activity}-{user}"


def unreadable(site: Site, user: int, *, activity: str, why: Unread) -> Unknown:
    """Something of this person in this activity that nobody can read."""
    return Unknown(
        id=unreadable_id(activity, user),
        person=site.account(user),
        activity=activity,
        reason=why.value,
        source=site.name,
    )
