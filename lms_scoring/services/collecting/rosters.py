"""Rosters of platforms (Names and Roles): which there are of a course, what each is for, and as of when.

In a course whose platform is one of its sources, that source says who takes part, with classes and
withdrawals. The roster is then held against it and makes nobody anything (decision 0014); elsewhere it says
who learns.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lms_scoring.domain.registration import Approval, Registration, roster_name
from lms_scoring.ports import EvidenceOut, PlatformCourse, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformRoster:
    """A roster that we may read; `joined`: the course is read from that platform as well."""

    registration: Registration
    place: PlatformCourse
    joined: bool

    @property
    def source(self) -> str:
        """What it is called among the sources."""
        return roster_name(self.registration.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterState:
    """As of when a roster is known (ms UTC); None: it was never read whole."""

    source: str
    issuer: str
    joined: bool
    as_of: int | None


def rosters_of(transaction: Transaction, course: str, sources: Collection[str]) -> list[PlatformRoster]:
    """Those of all platforms' courses that are this one; `sources` are what else it is read from."""
    found = []
    for place in transaction.platform_courses(course):
        registration = transaction.registration(place.registration)
        if may_read(registration, place):
            joined = registration.platform in sources
            found.append(PlatformRoster(registration=registration, place=place, joined=joined))
    return found


def may_read(registration: Registration, place: PlatformCourse) -> bool:
    """Whether the platform lets us at the course's roster, and nobody here has revoked it since."""
    deployment = registration.deployments.get(place.deployment)
    return place.roster_url is not None and registration.standing == deployment == Approval.ACTIVE


def roster_states(transaction: Transaction, course: str, sources: Collection[str]) -> list[RosterState]:
    """How far each roster of a course is known; `sources` are what it is read from."""
    ends = transaction.last_ends(course)
    return [
        RosterState(
            source=one.source,
            issuer=one.registration.issuer,
            joined=one.joined,
            as_of=ends[one.source].good_at if one.source in ends else None,
        )
        for one in rosters_of(transaction, course, sources)
    ]


def places_by(transaction: EvidenceOut, course: str, source: str) -> Mapping[str, bool]:
    """Who has or had a place in the course by that source, by person, and whether it is one of today."""
    found: dict[str, bool] = {}
    for one in transaction.memberships(course, today=True):
        if one.source == source:
            found[one.person] = found.get(one.person, False) or one.is_active
    return found
