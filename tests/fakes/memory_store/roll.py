"""Who is in a course of the memory store, then and now, and whose accounts are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lms_scoring.domain.evidence import Membership, MembershipStatus
from lms_scoring.domain.identity import OWN, KnownPerson
from lms_scoring.domain.places import without_unnamed
from lms_scoring.ports import Act, ActKind
from tests.fakes.memory_store.state import State


def owner_of(state: State, text: str) -> str:
    """The person who has the account; the account itself while nobody has it."""
    return state.owners.get(text, (text, 0))[0]


def members_of(state: State, course: str) -> Iterator[tuple[str, Membership]]:
    """Latest memberships with their person, or account where nobody has it."""
    found = without_unnamed(_told(state, course))
    yield from ((membership.person, membership) for membership in found)


def members_then(state: State, course: str) -> Iterator[tuple[str, Membership]]:
    """Those that were frozen; of an open course the latest."""
    closing = closing_of(state, course)
    if closing is None:
        yield from members_of(state, course)
        return
    for one in state.frozen[closing.number].values():
        yield from ((one.person, membership) for membership in one.memberships)


def known_person(state: State, person: str) -> KnownPerson:
    ranked = sorted((rank, text) for text, (owner, rank) in state.owners.items() if owner == person)
    accounts = tuple(text for _, text in ranked if not text.startswith(OWN))
    return KnownPerson(id=person, name=state.names[person], accounts=accounts)


def closing_of(state: State, course: str) -> Act | None:
    """The closing that holds; None: the course is open."""
    kinds = (ActKind.CLOSED, ActKind.REOPENED)
    signed = [act for act in state.acts if act.course == course and act.kind in kinds]
    return signed[-1] if signed and signed[-1].kind is ActKind.CLOSED else None


def _told(state: State, course: str) -> Iterator[Membership]:
    for (where, source, kind, _), versions in state.records.items():
        latest = versions[-1]
        if where == course and kind == "membership" and isinstance(latest.record, Membership):
            gone = latest.gone_run is not None
            yield replace(
                latest.record,
                person=owner_of(state, latest.owner),
                source=source,
                gone_at=latest.gone_at,
                status=MembershipStatus.WITHDRAWN if gone else latest.record.status,
            )
