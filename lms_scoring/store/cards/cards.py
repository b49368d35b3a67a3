"""Scorecards: the latest of each membership, every version there was, and the latest one's findings."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, Table, bindparam, select

from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.outlook import Outlook, Standing
from lms_scoring.domain.outlook_json import outlook_of
from lms_scoring.domain.packed_card import unpacked
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.domain.scorecard_json import card_of
from lms_scoring.ports import CardRow
from lms_scoring.store import tables
from lms_scoring.store.cards.card_keys import card_key, named, of_card
from lms_scoring.store.databases.dialect import ask, rows
from lms_scoring.store.member import Place
from lms_scoring.store.roll import active_places, active_places_of, memberships_of
from lms_scoring.store.tenant_connection import TenantConnection


def _cards(table: Table) -> Select[Any]:
    """The cards of a course, with the names of whose they are."""
    person = tables.person
    ahead = [table.c.standing, table.c.missing] if table is tables.scorecard else []
    return (
        select(table.c.card, table.c.as_of, table.c.version, table.c.scored_at, person.c.name, *ahead)
        .outerjoin(person, (person.c.tenant == table.c.tenant) & (person.c.id == table.c.person))
        .where(table.c.tenant == bindparam("tenant_"), table.c.course == bindparam("course_"))
    )


_read = msgspec.json.Decoder().decode
"""What was kept as JSON, in half the time of Python's own."""
_WHOLE = select(tables.scorecard_detail.c.card, tables.scorecard.c.as_of).where(
    *of_card(tables.scorecard_detail), *of_card(tables.scorecard)
)
_KEPT_OUTLOOK = select(tables.scorecard_detail.c.outlook).where(*of_card(tables.scorecard_detail))
_VERSIONS = _cards(tables.scorecard_version).where(*of_card(tables.scorecard_version))
_HISTORY = _VERSIONS.order_by(tables.scorecard_version.c.version)
_LATEST_VERSIONS = _VERSIONS.order_by(tables.scorecard_version.c.version.desc()).limit(bindparam("most_"))


class Cards(TenantConnection):
    """The part of a transaction that shows scorecards."""

    def outlook(self, course: str, person: str, *, role: Role, class_: str | None) -> Outlook | None:
        """What was kept beside the latest card."""
        key = card_key(course, person, role, class_)
        kept = ask(self.connection, _KEPT_OUTLOOK, tenant_=self.tenant, **named(key))
        return outlook_of(_read(zlib.decompress(kept[0][0]))) if kept and kept[0][0] else None

    def board(self, course: str, *, class_: str | None = None, role: Role | None = None) -> Sequence[CardRow]:
        """Latest cards without findings, ordered by role, class, person."""
        table = tables.scorecard
        query = _cards(table)
        if class_ is not None:
            query = query.where(table.c["class"] == class_)
        if role is not None:
            query = query.where(table.c.role == role.value)
        query = query.order_by(table.c.role, table.c["class"], table.c.person)
        found = self.connection.execute(query, {"tenant_": self.tenant, "course_": course})
        return _card_rows(found, active_places(self, course))

    def scorecard(self, course: str, person: str, *, role: Role, class_: str | None) -> Scorecard | None:
        """The latest card with its findings."""
        key = card_key(course, person, role, class_)
        for card, as_of in ask(self.connection, _WHOLE, tenant_=self.tenant, **named(key)):
            return replace(unpacked(card, read=_read), as_of=as_of)
        return None

    def history(
        self, course: str, person: str, *, role: Role, class_: str | None, latest: int | None = None
    ) -> Sequence[CardRow]:
        """Every version without findings, the first one first; or the `latest` so many."""
        asked = {"tenant_": self.tenant, **named(card_key(course, person, role, class_))}
        if latest is None:
            found = rows(self.connection, _HISTORY, **asked)
        else:
            found = rows(self.connection, _LATEST_VERSIONS, **asked, most_=latest)[::-1]
        return _card_rows(found, active_places_of(self, course, person))

    def expired(self, course: str, *, at: int) -> Sequence[str]:
        """Persons with a card of a place they have now whose `valid_until` is not after `at`."""
        return sorted({one.person for one in self._with_card(course, tables.scorecard.c.valid_until <= at)})

    def oldest_expiry(self, course: str, *, at: int) -> int | None:
        """The earliest `valid_until` of those that have `expired`; None: none has."""
        due = self._with_card(course, tables.scorecard.c.valid_until <= at)
        return min((one.valid_until for one in due), default=None)

    def ahead(self, course: str, *, of: int) -> Sequence[str]:
        """Persons with a card of a place they have now that says how things stood after that instant."""
        return sorted({one.person for one in self._with_card(course, tables.scorecard.c.as_of > of)})

    def is_behind(
        self, course: str, *, scheme: str, roles: Collection[Role], but: Collection[str] = ()
    ) -> bool:
        """Whether a card in one of these roles, of a place that somebody has now, is by another scheme.

        Asked as what comes before it and what comes after: an index finds that there is none of either.
        """
        card = tables.scorecard.c
        others = ((card.scheme < scheme) | (card.scheme > scheme)) & card.role.in_(sorted(roles))
        return any(row.person not in but for row in self._with_card(course, others))

    def _with_card(self, course: str, which: ColumnElement[bool]) -> Sequence[Any]:
        """Cards of places that people have now; person and `valid_until` of each."""
        table = tables.scorecard
        query = select(table.c.person, table.c.role, table.c["class"], table.c.valid_until).where(
            table.c.tenant == self.tenant, table.c.course == course, which
        )
        found = self.connection.execute(query).all()
        if not found:
            return []
        memberships = memberships_of(self, course, persons={row.person for row in found})
        places = {card_key(course, one.person, one.role, one.class_)[1:] for one in memberships}
        return [row for row in found if tuple(row[:3]) in places]


def _card_rows(found: Iterable[Any], active: Collection[Place]) -> list[CardRow]:
    cards = []
    for row in found:
        card = card_of({**_read(row.card), "as_of": row.as_of})
        belongs = (card.person, card.role.value, card.class_) in active
        status = MembershipStatus.ACTIVE if belongs else MembershipStatus.WITHDRAWN
        standing = getattr(row, "standing", None)
        cards.append(
            CardRow(
                name=row.name or "",
                status=status,
                card=card,
                version=row.version,
                scored_at=row.scored_at,
                standing=None if standing is None else Standing(standing),
                missing=getattr(row, "missing", None),
            )
        )
    return cards
