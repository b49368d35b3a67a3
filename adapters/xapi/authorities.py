"""Who vouches for a statement: its authority, which the record store writes by the key it came with.

xAPI 1.0.3, Data 2.4.9: an agent, or of OAuth a group of two, the application and its user.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from adapters.xapi.identities import account_of
from adapters.xapi.payloads import Members
from adapters.xapi.refusal import UnusableStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """The authorities that are believed; None: whoever. Players often write by a key that every learner's
    browser has, and then what they say of videos is one thing, and what anybody says of marks another.

    `lms`: of all statements but those of video players, and of what takes statements back.
    """

    lms: frozenset[str] | None = None
    videos: frozenset[str] | None = None


ANYBODY = Believed()


def vouching(raw: bytes) -> frozenset[str]:
    """The accounts of an authority, from its JSON: of a group those of its members. None where it is missing
    or no agent: nobody vouches then."""
    if not raw:
        return frozenset()
    try:
        members = _GROUP.decode(raw).member
        return frozenset(account_of(bytes(one)) for one in members or [msgspec.Raw(raw)])
    except (UnusableStatement, msgspec.MsgspecError):
        return frozenset()


_GROUP = msgspec.json.Decoder(Members)
