"""Who may see what: roles that only we know, sign-in links and sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role that only we know: coordinator of a course (None: of all), or administrator."""

    person: str
    role: str
    course: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who a session belongs to: a person (None for an administrator from the command line)."""

    person: str | None
    roles: Sequence[Grant] = field(default_factory=tuple)


class Access(Protocol):
    """Grants, one-time links and sessions, these two known by digests of their secrets."""

    def keep_grant(self, grant: Grant) -> None: ...

    def grants(self, person: str) -> Sequence[Grant]: ...

    def keep_link(self, digest: str, visitor: Visitor, *, expires_at: int) -> None:
        """A one-time sign-in link, known by the SHA-256 of its secret."""

    def take_link(self, digest: str, *, at: int) -> Visitor | None:
        """Uses the link up; None when there is none, or it was used, or is too old."""

    def keep_session(self, digest: str, visitor: Visitor, *, expires_at: int) -> None: ...

    def session(self, digest: str, *, at: int) -> Visitor | None: ...

    def end_session(self, digest: str) -> None: ...
