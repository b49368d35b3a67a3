"""What goes into a platform's gradebook and what comes back, as values (LTI-AGS 2.0)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from lms_scoring.domain.identity import NameKind
from lms_scoring.domain.instants import DAY

MAXIMUM = 100
"""Of our column, always: changing a column's maximum rescales what is in it and makes 0 of nothing."""
LONGEST_WAIT = 7 * DAY
"""However long a platform asks us to wait: a later time to try again is of a clock that was wrong (ms)."""
RESOURCE_ID = "lms-scoring"
TAG = "pass-status"
"""Our one column of a course is found by these two, also in a copied course."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineItem:
    """A column of a gradebook; `url` is its id, `twins` are those of others that look like it and are left
    alone."""

    url: str
    label: str
    maximum: Fraction
    twins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """What one learner gets; `given` of `MAXIMUM`, exact to what the platform is told.

    `at` in whole seconds since 1970: later than any grade sent before for this learner, never in the
    future, because a Moodle compares whole seconds and answers 409 to what is not newer.
    """

    subject: str
    given: Fraction
    at: int
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the gradebook has for a learner; `score` None: nothing."""

    subject: str
    score: Fraction | None
    maximum: Fraction | None = None
    comment: str | None = None


class Reception(StrEnum):
    """What became of a grade that was sent."""

    ACCEPTED = "accepted"
    NEWER_THERE = "newer_there"
    """The platform has a newer one: a teacher changed it, or an earlier sending did arrive."""
    REFUSED = "refused"
    """Sending it again would be refused again: a person must look."""
    LATER = "later"
    """Overloaded, unreachable, no token just now: it is worth another try."""


class Unsent(StrEnum):
    """Why a grade did not get in; pages say it, and what to do, in their reader's language."""

    A_PAGE = "a_page"
    """A web page came instead of an answer."""
    NOT_TAKEN = "http_400"
    """The platform takes no grade for this person."""
    NO_TOKEN = "http_401"
    """The platform does not accept a token that it just gave."""
    FORBIDDEN = "http_403"
    """The column is locked or closed, or tools may not grade."""
    NOT_THERE = "http_404"
    """The column or the person is no longer there."""
    NEWER_THERE = "http_409"
    """The gradebook has a newer grade."""
    GONE = "http_410"
    """The column or the person is gone from the course."""
    UNUSABLE = "http_422"
    """The platform cannot use a grade for this person."""
    SET_BACK = "set_back"
    """One went out with a time that has not come yet, and this one must be later."""
    LATER_OF_OURS = "later_of_ours"
    """A later grade of ours is there that is not known here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The platform's answer to one grade; `wait` in seconds where it asked for patience.

    `reason` is a code of `Unsent`, or what else is known of it.
    """

    reception: Reception
    reason: str = ""
    wait: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterMember:
    """Somebody whom the platform names as a member of the course; `active` unless it says otherwise.

    `email` and `names` are what the platform shares of identity.
    """

    subject: str
    name: str
    active: bool
    staff: bool
    learner: bool
    email: str | None = field(default=None, repr=False)
    names: Mapping[NameKind, str] = field(default_factory=dict, repr=False)
