"""Scorecards of the memory store."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.outlook import Outlook
from lms_scoring.domain.packed_card import PackedCard, unpacked
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.ports import CardRow
from tests.fakes.memory_store.area import Area
from tests.fakes.memory_store.card_rows import latest_row, row_of
from tests.fakes.memory_store.roll import members_then
from tests.fakes.memory_store.state import KeptCard


class Cards(Area):
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

    def keep_cards(self, course: str, cards: Sequence[tuple[PackedCard, Outlook]], *, at: int) -> int:
        changed = 0
        for packed, outlook in cards:
            changed += self.keep_scorecard(course, packed, at=at)
            self.keep_outlook(course, packed.card, outlook)
        return changed

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
        return [latest_row(self.state, key) for key in ordered]

    def scorecard(self, course: str, person: str, *, role: Role, class_: str | None) -> Scorecard | None:
        versions = self.state.cards.get((course, person, role.value, class_))
        return replace(versions[-1].card, as_of=versions[-1].held_at) if versions else None

    def history(
        self, course: str, person: str, *, role: Role, class_: str | None, latest: int | None = None
    ) -> Sequence[CardRow]:
        key = (course, person, role.value, class_)
        there = len(self.state.cards.get(key, ()))
        first = 0 if latest is None else max(there - latest, 0)
        return [row_of(self.state, key, version + 1) for version in range(first, there)]

    def expired(self, course: str, *, at: int) -> Sequence[str]:
        return sorted({person for person, _ in self._expired(course, at)})

    def oldest_expiry(self, course: str, *, at: int) -> int | None:
        return min((until for _, until in self._expired(course, at)), default=None)

    def ahead(self, course: str, *, of: int) -> Sequence[str]:
        places = {
            (course, person, member.role.value, member.class_)
            for person, member in members_then(self.state, course)
        }
        latest = [(key, versions[-1].held_at) for key, versions in self.state.cards.items()]
        return sorted({key[1] for key, held_at in latest if key in places and held_at > of})

    def is_behind(
        self, course: str, *, scheme: str, roles: Collection[Role], but: Collection[str] = ()
    ) -> bool:
        places = {
            (course, person, member.role.value, member.class_)
            for person, member in members_then(self.state, course)
            if member.role in roles
        }
        latest = [(key, versions[-1].card) for key, versions in self.state.cards.items()]
        return any(card.scheme != scheme for key, card in latest if key in places and key[1] not in but)

    def _expired(self, course: str, at: int) -> Iterator[tuple[str, int]]:
        places = {
            (course, person, member.role.value, member.class_)
            for person, member in members_then(self.state, course)
        }
        for key, versions in self.state.cards.items():
            until = _expires(versions[-1])
            if key in places and until is not None and until <= at:
                yield key[1], until


def _expires(kept: KeptCard) -> int | None:
    ends = [kept.card.valid_until, None if kept.outlook is None else kept.outlook.valid_until]
    return min((at for at in ends if at is not None), default=None)
