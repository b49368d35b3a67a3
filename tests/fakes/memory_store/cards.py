"""Scorecards of the memory store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.outlook import Outlook
from lms_scoring.domain.packed_card import PackedCard, unpacked
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.ports import CardRow
from tests.fakes.memory_store.members import Members
from tests.fakes.memory_store.state import CardKey, KeptCard


class Cards(Members):
    """Cards and their history."""

    def keep_scorecard(self, course: str, packed: PackedCard, *, at: int) -> bool:
        card = unpacked(packed.whole)
        versions = self.state.cards.setdefault((course, card.person, card.role.value, card.class_), [])
        if versions and replace(versions[-1].card, as_of=card.as_of) == card:
            held_at = versions[-1].held_at
            versions[-1].held_at = card.as_of if held_at > at else max(card.as_of, held_at)
            return False
        versions.append(KeptCard(card=card, scored_at=at, held_at=card.as_of))
        return True

    def keep_outlook(self, course: str, card: Scorecard, outlook: Outlook) -> None:
        versions = self.state.cards.get((course, card.person, card.role.value, card.class_))
        if versions:
            versions[-1].outlook = outlook

    def outlook(self, course: str, person: str, *, role: Role, class_: str | None) -> Outlook | None:
        versions = self.state.cards.get((course, person, role.value, class_))
        return versions[-1].outlook if versions else None

    def board(self, course: str, *, class_: str | None = None, role: Role | None = None) -> Sequence[CardRow]:
        keys = [
            key
            for key in self.state.cards
            if key[0] == course
            and (class_ is None or key[3] == class_)
            and (role is None or key[2] == role.value)
        ]
        ordered = sorted(keys, key=lambda key: (key[2], key[3] or "", key[1]))
        return [self._latest_row(key) for key in ordered]

    def scorecard(self, course: str, person: str, *, role: Role, class_: str | None) -> Scorecard | None:
        versions = self.state.cards.get((course, person, role.value, class_))
        return replace(versions[-1].card, as_of=versions[-1].held_at) if versions else None

    def history(self, course: str, person: str, *, role: Role, class_: str | None) -> Sequence[CardRow]:
        key = (course, person, role.value, class_)
        return [self._row(key, version + 1) for version in range(len(self.state.cards.get(key, ())))]

    def expired(self, course: str, *, at: int) -> Sequence[str]:
        places = {
            (course, person, member.role.value, member.class_) for person, member in self.members_then(course)
        }
        latest = [(key, _expires(versions[-1])) for key, versions in self.state.cards.items()]
        return sorted(
            {key[1] for key, until in latest if key in places and until is not None and until <= at}
        )

    def ahead(self, course: str, *, of: int) -> Sequence[str]:
        places = {
            (course, person, member.role.value, member.class_) for person, member in self.members_then(course)
        }
        latest = [(key, versions[-1].held_at) for key, versions in self.state.cards.items()]
        return sorted({key[1] for key, held_at in latest if key in places and held_at > of})

    def _latest_row(self, key: CardKey) -> CardRow:
        versions = self.state.cards[key]
        row = self._row(key, len(versions))
        card = replace(row.card, as_of=versions[-1].held_at)
        outlook = versions[-1].outlook
        if outlook is None:
            return replace(row, card=card)
        return replace(row, card=card, standing=outlook.standing, missing=ceil(outlook.missing * 100))

    def _row(self, key: CardKey, version: int) -> CardRow:
        course, person, role, class_ = key
        kept = self.state.cards[key][version - 1]
        active = any(
            (owner, member.role.value, member.class_) == (person, role, class_)
            and member.status is MembershipStatus.ACTIVE
            for owner, member in self.members_then(course)
        )
        status = MembershipStatus.ACTIVE if active else MembershipStatus.WITHDRAWN
        criteria = tuple(replace(criterion, findings=()) for criterion in kept.card.criteria)
        return CardRow(
            name=self.state.names.get(person, ""),
            status=status,
            card=replace(kept.card, criteria=criteria),
            version=version,
            scored_at=kept.scored_at,
        )


def _expires(kept: KeptCard) -> int | None:
    ends = [kept.card.valid_until, None if kept.outlook is None else kept.outlook.valid_until]
    return min((at for at in ends if at is not None), default=None)
