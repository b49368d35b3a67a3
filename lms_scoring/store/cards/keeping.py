"""Scorecards in: a new version where a card says something else, and beside the latest what it needs."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update

from lms_scoring.domain.canonical import canonical
from lms_scoring.domain.figures import shown_gap
from lms_scoring.domain.outlook import Outlook
from lms_scoring.domain.outlook_json import outlook_fields
from lms_scoring.domain.packed_card import PackedCard
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.domain.scorecard_json import card_fields
from lms_scoring.store import tables
from lms_scoring.store.cards.card_keys import CardKey, card_key, named, of_card
from lms_scoring.store.databases.dialect import ask, list_parameter, listed_later, tell
from lms_scoring.store.tenant_connection import TENANT, TenantConnection

_Row = tuple[Any, ...]
_CARD, _DETAIL = tables.scorecard, tables.scorecard_detail
_OUTLOOK_COLUMNS = ("standing", "missing", "outlook_digest")
_OF_PERSONS = (
    _CARD.c.tenant == TENANT,
    _CARD.c.course == bindparam("course_"),
    _CARD.c.person.in_(listed_later("persons_")),
)
_LATEST = select(
    *(_CARD.c[name] for name in ("course", "person", "role", "class")),
    *(_CARD.c[name] for name in ("version", "digest", "as_of", "outlook_digest")),
).where(*_OF_PERSONS)
_HELD_AT = (
    update(_CARD)
    .where(*_OF_PERSONS, _CARD.c.role == bindparam("role_"), _CARD.c["class"] == bindparam("class_"))
    .values(as_of=bindparam("as_of_"))
)
_LOOKS_AHEAD = (
    update(_CARD)
    .where(*of_card(_CARD))
    .values({name: bindparam(f"{name}_") for name in (*_OUTLOOK_COLUMNS, "valid_until")})
)
_OUTLOOK = update(_DETAIL).where(*of_card(_DETAIL)).values(outlook=bindparam("outlook_"))


class _Latest(NamedTuple):
    """What must be known of the latest version of a card before another is stored."""

    version: int
    digest: bytes
    as_of: int
    outlook_digest: bytes | None


class _Ahead(NamedTuple):
    """An outlook as it is kept beside a card; without one, nothing of it."""

    standing: str | None
    missing: int | None
    digest: bytes | None
    body: bytes | None
    """JSON."""
    valid_until: int | None
    """When the card expires, or the outlook before it."""


class CardsIn(TenantConnection):
    """The part of a transaction that keeps scorecards."""

    def keep_scorecard(self, course: str, packed: PackedCard, *, at: int) -> bool:
        """Stores a new version where anything but `as_of` differs from the latest; True if it did.

        Otherwise the latest version is now known to hold at the later `as_of` too; one after `at` is of a
        clock that was wrong.
        """
        return self._keep_versions(course, [(packed, None)], at=at) > 0

    def keep_outlook(self, course: str, card: Scorecard, outlook: Outlook) -> None:
        """Keeps beside the latest version of that card what it still needs."""
        key = card_key(course, card.person, card.role, card.class_)
        latest = self._latest_cards(course, [card.person]).get(key)
        ahead = _ahead(card, outlook)
        if latest is not None and latest.outlook_digest != ahead.digest:
            self._look_ahead(key, ahead)

    def keep_cards(self, course: str, cards: Sequence[tuple[PackedCard, Outlook]], *, at: int) -> int:
        """The same of several; how many new versions there are. New versions take as many questions as one
        does, cards that hold on one for each role, class and `as_of`; where the outlook alone changed, each
        card takes two."""
        return self._keep_versions(course, cards, at=at)

    def _keep_versions(
        self, course: str, cards: Sequence[tuple[PackedCard, Outlook | None]], *, at: int
    ) -> int:
        latest = self._latest_cards(course, sorted({packed.card.person for packed, _ in cards}))
        kept, versions, details = list[_Row](), list[_Row](), list[_Row]()
        held: dict[tuple[str, str, int], list[str]] = {}
        seen: list[tuple[CardKey, _Ahead]] = []
        for packed, outlook in cards:
            card = packed.card
            key = card_key(course, card.person, card.role, card.class_)
            former, ahead = latest.get(key), _ahead(card, outlook)
            if former is not None and former.digest == packed.digest:
                if former.as_of < card.as_of or former.as_of > at:
                    held.setdefault((*key[2:], card.as_of), []).append(card.person)
                if ahead.digest not in (None, former.outlook_digest):
                    seen.append((key, ahead))
                continue
            version = 1 if former is None else former.version + 1
            body = _body(card)
            found = (version, packed.digest, *_columns(card, body, at=at, until=ahead.valid_until))
            kept.append((*key, *found, ahead.standing, ahead.missing, ahead.digest))
            versions.append((*key, version, *_columns(card, body, at=at, until=card.valid_until)))
            details.append((*key, packed.whole, _compressed(ahead)))
            latest[key] = _Latest(version, packed.digest, card.as_of, ahead.digest)
            self.stale.card(course, card.person)
        self.put(tables.scorecard, kept)
        self.put(tables.scorecard_version, versions)
        self.put(tables.scorecard_detail, details)
        self._hold(course, held)
        for key, ahead in seen:
            self._look_ahead(key, ahead)
        return len(kept)

    def _hold(self, course: str, held: Mapping[tuple[str, str, int], Sequence[str]]) -> None:
        """Cards that say what they said before hold at a later instant too."""
        for (role, class_, as_of), persons in held.items():
            place = {"course_": course, "role_": role, "class_": class_, "persons_": list_parameter(persons)}
            tell(self.connection, _HELD_AT, tenant_=self.tenant, as_of_=as_of, **place)

    def _look_ahead(self, key: CardKey, ahead: _Ahead) -> None:
        """Beside the latest version of one card, what it needs now."""
        values = {
            "standing_": ahead.standing,
            "missing_": ahead.missing,
            "outlook_digest_": ahead.digest,
            "valid_until_": ahead.valid_until,
        }
        tell(self.connection, _LOOKS_AHEAD, tenant_=self.tenant, **values, **named(key))
        body = _compressed(ahead)
        tell(self.connection, _OUTLOOK, tenant_=self.tenant, outlook_=body, **named(key))
        self.stale.card(*key[:2])

    def _latest_cards(self, course: str, persons: Sequence[str]) -> dict[CardKey, _Latest]:
        """The latest cards of these people, of all their places."""
        asked = {"course_": course, "persons_": list_parameter(persons)}
        found = ask(self.connection, _LATEST, tenant_=self.tenant, **asked)
        return {(row[0], row[1], row[2], row[3]): _Latest(*row[4:]) for row in found}


def _ahead(card: Scorecard, outlook: Outlook | None) -> _Ahead:
    if outlook is None:
        return _Ahead(None, None, None, None, card.valid_until)
    body = canonical(outlook_fields(outlook))
    ends = [at for at in (card.valid_until, outlook.valid_until) if at is not None]
    return _Ahead(
        standing=outlook.standing.value,
        missing=shown_gap(outlook.missing),
        digest=hashlib.sha256(body).digest(),
        body=body,
        valid_until=min(ends, default=None),
    )


def _compressed(ahead: _Ahead) -> bytes | None:
    return None if ahead.body is None else zlib.compress(ahead.body)


def _body(card: Scorecard) -> str:
    return canonical(card_fields(card, findings=False)).decode()


def _columns(card: Scorecard, body: str, *, at: int, until: int | None) -> _Row:
    return (
        *(card.total * 100 // 1, card.state.value, card.band, card.scheme, card.evidence),
        *(card.as_of, until, at, body),
    )
