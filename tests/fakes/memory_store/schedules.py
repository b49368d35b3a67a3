"""Syncs to come, of the memory store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from lms_scoring.domain.findable import made_writable
from lms_scoring.ports import Concern, LastStarts, RunState, SyncRequest, Trouble
from tests.fakes.memory_store.area import Area
from tests.fakes.memory_store.met import runs_of, sources_of


class Schedules(Area):
    """What is asked for, and what fails."""

    def ask_for_sync(self, request: SyncRequest) -> None:
        key = (request.course, request.source)
        former = self.state.sync_requests.get(key)
        if former is not None:
            request = replace(
                request,
                asked_at=max(request.asked_at, former.asked_at + 1),
                urgent=request.urgent or former.urgent,
                full=request.full or former.full,
            )
        self.state.sync_requests[key] = request

    def sync_requests(self, *, course: str | None = None) -> Sequence[SyncRequest]:
        found = [one for one in self.state.sync_requests.values() if course in (None, one.course)]
        return sorted(found, key=lambda one: (not one.urgent, one.asked_at, one.course, one.source))

    def settle_sync(self, request: SyncRequest) -> None:
        kept = self.state.sync_requests.get((request.course, request.source))
        if kept is not None and kept.asked_at == request.asked_at:
            del self.state.sync_requests[request.course, request.source]

    def last_starts(self, course: str) -> Mapping[str, LastStarts]:
        found = {}
        for source in sources_of(self.state, course):
            own = runs_of(self.state, course, source)
            told = [run for run in self.state.runs.values() if run.source == source]
            seen = told if self.state.shared[source] else own
            full = [run.started_at for run in seen if run.full and run.state is RunState.DONE]
            found[source] = LastStarts(at=own[-1].started_at, full_at=full[-1] if full else None)
        return found

    def keep_trouble(self, trouble: Trouble) -> None:
        kept = replace(trouble, reason=made_writable(trouble.reason))
        self.state.troubles[trouble.concern, trouble.course] = kept

    def forget_trouble(self, concern: Concern, course: str | None) -> None:
        self.state.troubles.pop((concern, course), None)

    def troubles(self) -> Sequence[Trouble]:
        return [
            self.state.troubles[key]
            for key in sorted(self.state.troubles, key=lambda key: (key[0], key[1] or ""))
        ]

    def keep_heartbeat(self, name: str, *, at: int) -> None:
        self.state.heartbeats[name] = at

    def heartbeat(self, name: str) -> int | None:
        return self.state.heartbeats.get(name)

    def add_to_tally(self, name: str, more: int) -> None:
        self.state.tallies[name] += more

    def tally(self, name: str) -> int:
        return self.state.tallies[name]
