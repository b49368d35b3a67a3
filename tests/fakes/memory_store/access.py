"""Grants, links and sessions of the memory store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from lms_scoring.ports import Grant, Launched, Session, Visitor
from tests.fakes.memory_store.area import Area


class Access(Area):
    """Who may see what."""

    def keep_grant(self, grant: Grant) -> None:
        if grant not in self.state.grants:
            self.state.grants.append(grant)

    def take_grant(self, grant: Grant) -> bool:
        if grant not in self.state.grants:
            return False
        self.state.grants.remove(grant)
        return True

    def all_grants(self) -> Sequence[Grant]:
        return sorted(self.state.grants, key=lambda grant: (grant.person, grant.role, grant.course or ""))

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

    def keep_session(
        self, digest: str, visitor: Visitor, *, at: int, expires_at: int, idle: int | None = None
    ) -> None:
        self.state.sessions[digest] = (Session(visitor=visitor, used_at=at, idle=idle), expires_at)

    def session(self, digest: str, *, at: int) -> Session | None:
        if digest not in self.state.sessions:
            return None
        session, expires_at = self.state.sessions[digest]
        idle_until = expires_at if session.idle is None else session.used_at + session.idle
        return session if min(expires_at, idle_until) > at else None

    def use_session(self, digest: str, *, at: int) -> None:
        session = self.session(digest, at=at)
        if session is not None:
            used = replace(session, used_at=max(session.used_at, at))
            self.state.sessions[digest] = (used, self.state.sessions[digest][1])

    def end_session(self, digest: str) -> None:
        self.state.sessions.pop(digest, None)

    def end_launch(self, launch: str) -> None:
        self._end(lambda launched: launched.launch == launch)

    def end_sessions(self, *, registration: int, deployment: str | None = None) -> int:
        return self._end(
            lambda launched: (
                launched.registration == registration and deployment in (None, launched.deployment)
            )
        )

    def _end(self, meant: Callable[[Launched], bool]) -> int:
        def began_with(visitor: Visitor) -> bool:
            return visitor.launched is not None and meant(visitor.launched)

        theirs = [
            digest for digest, (session, _) in self.state.sessions.items() if began_with(session.visitor)
        ]
        for digest in theirs:
            self.end_session(digest)
        self.state.links = {
            digest: link for digest, link in self.state.links.items() if not began_with(link[0])
        }
        return len(theirs)
