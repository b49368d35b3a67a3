"""Failures of platforms as values: what came instead of an answer, and what can be done about it.

Runs keep them, so that a schedule and the pages decide by a value and never by the words of a message.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Remedy(StrEnum):
    """What can be done about an answer that did not come."""

    TRY_AGAIN = "try_again"
    """It may pass by itself: the same question may be answered later."""
    PERSON = "person"
    """Asking again is of no use until a person has acted."""
    RECORD = "record"
    """One record is not to be had; all others are."""


class Instead(StrEnum):
    """What came instead of an answer."""

    NO_HOST = "no_host"
    """The host's name is not known."""
    NO_CONNECTION = "no_connection"
    """Nobody listens there, or the way is barred."""
    NOTHING = "nothing"
    """The connection broke before an answer began."""
    HALF = "half"
    """The answer broke off."""
    LATE = "late"
    """No whole answer within the deadline."""
    NO_TURN = "no_turn"
    """Not asked: requests of our own had all turns at the platform until then."""
    TOO_MANY = "too_many"
    """The platform asks for fewer requests."""
    MAINTENANCE = "maintenance"
    """The platform is closed for a while, and says so."""
    OUT_OF_ORDER = "out_of_order"
    """An error of its server, or of what stands before it."""
    CERTIFICATE = "certificate"
    """It cannot prove that it is the platform."""
    REDIRECT = "redirect"
    """It sends us elsewhere: to a login page, or to a new address."""
    LOGIN_PAGE = "login_page"
    """A page that asks people to sign in."""
    WEB_PAGE = "web_page"
    """Another page for people."""
    TOO_LONG = "too_long"
    """More than one answer may be, packed or unpacked; or a list without an end."""
    UNREADABLE = "unreadable"
    """Something that is not of the shape that is known."""
    NOT_ACCEPTED = "not_accepted"
    """Our token, key or signature is not accepted, or the account behind it may not act."""
    SWITCHED_OFF = "switched_off"
    """The service as a whole is switched off."""
    FORBIDDEN = "forbidden"
    """A right is missing."""
    NOT_THERE = "not_there"
    """There is no such course, service or address."""
    NOT_ASKED = "not_asked"
    """We do not ask: the address is none that is allowed, or what we would send cannot be sent."""
    REFUSED = "refused"
    """One record was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why something ended without its answer. `try_at` (ms UTC) is the earliest that the platform wants to
    be asked again; None: it did not say."""

    remedy: Remedy
    instead: Instead
    try_at: int | None = None
