"""Which records a source no longer lists, in the memory store."""

from __future__ import annotations

from lms_scoring.domain.evidence import MembershipStatus, Record
from lms_scoring.ports import Scope
from tests.fakes.memory_store.roll import members_of, owner_of
from tests.fakes.memory_store.state import RecordKey, State


def live_keys(state: State, course: str, source: str, scope: Scope) -> list[RecordKey]:
    active = {
        person for person, member in members_of(state, course) if member.status is MembershipStatus.ACTIVE
    }
    return [
        key
        for key, versions in state.records.items()
        if key[:3] == (course, source, scope.kind)
        and versions[-1].gone_run is None
        and scope.activity in (None, activity_of(versions[-1].record))
        and (scope.kind == "membership" or owner_of(state, versions[-1].owner) in active)
    ]


def unseen_keys(state: State, keys: list[RecordKey], run: int) -> list[RecordKey]:
    return [key for key in keys if key not in state.seen.get(run, ())]


def activity_of(record: Record) -> str | None:
    """What it is about, as scopes and counts name it."""
    return getattr(record, "activity", None) or getattr(record, "forum", None)
