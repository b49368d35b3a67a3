"""Who may see what: roles that only we know, sign-in links and sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

COORDINATOR, ADMINISTRATOR = "coordinator", "administrator"
"""The roles that only we know, as grants name them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role that only we know: coordinator of a course (None: of all), or administrator."""

    person: str
    role: str
    course: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Launched:
    """What a launch says of its visitor; it holds for one course of one platform.

    `subject` is the platform's id of the visitor. `groups`: the platform's group ids, None where it does
    not tell. `course` is ours, None where nobody set it up yet.
    """

    registration: int
    context: str
    subject: str
    course: str | None
    learner: bool = False
    staff: bool = False
    administrator: bool = False
    groups: frozenset[str] | None = None
    for_subject: str | None = None
    frames: tuple[str, ...] = ()
    """Origins that may show us in a frame: the platform's."""
    deployment: str = ""
    launch: str | None = None
    """The launch's own name: whatever began with it, in other windows too, ends by it."""
    locale: str | None = None
    """The language that the platform showed the visitor: `zh-CN`, `zh_cn`."""
    ends_at: int | None = None
    """No session of this launch goes on longer (ms UTC). None: no other may begin from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who a session belongs to: a person (None for an administrator from the command line, and for a
    platform's test user). Who came by a launch sees nothing but the course it was from."""

    person: str | None
    roles: Sequence[Grant] = field(default_factory=tuple)
    launched: Launched | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session under way: whose it is, and when it was last noted that somebody used it (ms UTC)."""

    visitor: Visitor
    used_at: int
    idle: int | None
    """It ends when nobody used it for so long (ms); None: its age alone ends it."""


class Access(Protocol):
    """Grants, one-time links and sessions, these two known by digests of their secrets."""

    def keep_grant(self, grant: Grant) -> None: ...

    def take_grant(self, grant: Grant) -> bool:
        """Takes a grant back; False where there was none."""

    def grants(self, person: str) -> Sequence[Grant]: ...

    def all_grants(self) -> Sequence[Grant]:
        """Everybody's, by person, role and course."""

    def keep_link(self, digest: str, visitor: Visitor, *, expires_at: int) -> None:
        """A one-time sign-in link, known by the SHA-256 of its secret."""

    def take_link(self, digest: str, *, at: int) -> Visitor | None:
        """Uses the link up; None when there is none, or it was used, or is too old."""

    def keep_session(
        self, digest: str, visitor: Visitor, *, at: int, expires_at: int, idle: int | None = None
    ) -> None: ...

    def session(self, digest: str, *, at: int) -> Session | None:
        """None when there is none, it is too old, or nobody used it for too long."""

    def use_session(self, digest: str, *, at: int) -> None:
        """Notes that somebody used it."""

    def end_session(self, digest: str) -> None: ...

    def end_launch(self, launch: str) -> None:
        """Ends all that began with that launch, links that would begin more included."""

    def end_sessions(self, *, registration: int, deployment: str | None = None) -> int:
        """Ends all that began with a launch of that registration, or of one deployment of it, links
        included; how many sessions there were."""
