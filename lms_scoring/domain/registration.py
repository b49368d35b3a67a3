"""Who may launch us: a platform's registration with its deployments, and the state of a launch under way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lms_scoring.domain.addresses import origin_of

RS256 = "RS256"
KNOWN_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Asymmetric signatures that a registration may allow; a shared secret is none of them."""


_USER_ID = re.compile(r"[1-9][0-9]{0,18}")
ROSTER_PREFIX = "lti-"
"""How sources begin that are the roster of a registration's platform; its number follows."""


class Approval(StrEnum):
    """Of a registration or deployment, which is believed only once an administrator here confirmed it."""

    PENDING = "pending"
    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One client of one issuer; `id` is ours, 0 before it is kept.

    `token_audience` is what the platform's token endpoint wants to be called where that is not its URL.
    `platform` is the learning platform of the settings that it is joined to, whose user ids are this
    issuer's subjects; None: none is. `trusted_audiences` may stand beside our client id in `aud`.
    """

    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    id: int = 0
    standing: Approval = Approval.PENDING
    token_audience: str | None = None
    platform: str | None = None
    algorithms: tuple[str, ...] = (RS256,)
    trusted_audiences: frozenset[str] = frozenset()
    deployments: Mapping[str, Approval] = field(default_factory=dict)


def elsewhere(registration: Registration) -> tuple[str, ...]:
    """Its addresses, by their fields, that are of another origin than the issuer.

    Some platforms in the cloud are made so. Of any other it is how somebody would slip in a host of theirs,
    whose keys would sign whatever they like in the issuer's name.
    """
    issuer = origin_of(registration.issuer)
    addresses = {
        "auth_url": registration.auth_url,
        "token_url": registration.token_url,
        "jwks_url": registration.jwks_url,
    }
    return tuple(name for name, url in addresses.items() if origin_of(url) != issuer)


def person_of_subject(registration: Registration, subject: str) -> str:
    """Our id of whom the platform calls so: the one that the joined platform's evidence has, or its own."""
    of = f"lti{registration.id}" if registration.platform is None else registration.platform
    return f"{of}-{subject}"


def subject_of_person(registration: Registration, person: str) -> str | None:
    """What the platform calls the person of that id; None: by the id alone it is nobody of its people."""
    begins = person_of_subject(registration, "")
    subject = person.removeprefix(begins)
    return subject if person.startswith(begins) and can_be_subject(registration, subject) else None


def can_be_subject(registration: Registration, subject: str) -> bool:
    """Whether the platform may call somebody so. A platform that can be joined numbers its people.

    With anything else in it, the person that it makes with the platform's name could be one of another
    platform, whose name begins like this one's.
    """
    return bool(subject) if registration.platform is None else bool(_USER_ID.fullmatch(subject))


def account_of_subject(registration: Registration, subject: str) -> str:
    """The account by which a platform that is joined to none of the settings knows somebody."""
    return f"lti:{registration.id}|{subject}"


def roster_name(registration: int) -> str:
    """What the roster of a registration's platform is called among a course's sources."""
    return f"{ROSTER_PREFIX}{registration}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchState:
    """What we remembered when we sent a browser to its platform; the first launch that names it uses it up.

    `target` is the address the login was for, `browser` the SHA-256 of the secret that only this browser
    has, `storage` the platform's frame that keeps it where cookies do not. `again` is where the same launch
    can be begun anew in a window of its own. `expires_at` in ms UTC.
    """

    registration: int
    nonce: str
    target: str
    browser: str
    expires_at: int
    deployment: str | None = None
    storage: str | None = None
    again: str | None = None
