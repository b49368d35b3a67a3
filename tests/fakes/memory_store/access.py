"""Grants, links and sessions of the memory store."""

from __future__ import annotations

from collections.abc import Sequence

from lms_scoring.ports import Grant, Visitor
from tests.fakes.memory_store.runs import Runs


class Access(Runs):
    """Who may see what."""

    def keep_grant(self, grant: Grant) -> None:
        if grant not in self.state.grants:
            self.state.grants.append(grant)

    def grants(self, person: str) -> Sequence[Grant]:
        theirs = [grant for grant in self.state.grants if grant.person == person]
        return sorted(theirs, key=lambda grant: (grant.role, grant.course or ""))

    def keep_link(self, digest: str, visitor: Visitor, *, expires_at: int) -> None:
        self.state.links.setdefault(digest, (visitor, expires_at))

    def take_link(self, digest: str, *, at: int) -> Visitor | None:
        if digest not in self.state.links or digest in self.state.used_links:
            return None
        visitor, expires_at = self.state.links[digest]
        if expires_at <= at:
            return None
        self.state.used_links.add(digest)
        return visitor

    def keep_session(self, digest: str, visitor: Visitor, *, expires_at: int) -> None:
        self.state.sessions[digest] = (visitor, expires_at)

    def session(self, digest: str, *, at: int) -> Visitor | None:
        visitor, expires_at = self.state.sessions.get(digest, (None, at))
        return visitor if expires_at > at else None

    def end_session(self, digest: str) -> None:
        self.state.sessions.pop(digest, None)
