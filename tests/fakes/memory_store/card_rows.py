"""Lines of boards and of histories, as the memory store makes them."""

from __future__ import annotations

from dataclasses import replace

from lms_scoring.domain.evidence import MembershipStatus
from lms_scoring.domain.figures import shown_gap
from lms_scoring.ports import CardRow
from tests.fakes.memory_store.roll import members_then
from tests.fakes.memory_store.state import CardKey, State


def latest_row(state: State, key: CardKey) -> CardRow:
    versions = state.cards[key]
    row = row_of(state, key, len(versions))
    card = replace(row.card, as_of=versions[-1].held_at)
    outlook = versions[-1].outlook
    if outlook is None:
        return replace(row, card=card)
    return replace(row, card=card, standing=outlook.standing, missing=shown_gap(outlook.missing))


def row_of(state: State, key: CardKey, version: int) -> CardRow:
    course, person, role, class_ = key
    kept = state.cards[key][version - 1]
    active = any(
        (owner, member.role.value, member.class_) == (person, role, class_)
        and member.status is MembershipStatus.ACTIVE
        for owner, member in members_then(state, course)
    )
    status = MembershipStatus.ACTIVE if active else MembershipStatus.WITHDRAWN
    criteria = tuple(replace(criterion, findings=()) for criterion in kept.card.criteria)
    return CardRow(
        name=state.names.get(person, ""),
        status=status,
        card=replace(kept.card, criteria=criteria),
        version=version,
        scored_at=kept.scored_at,
    )
