"""Reads texts, and what was asked for, back from the rows in which `keeping.py` keeps them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true

from lms_scoring.ports import KeptText
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import listed, storable
from lms_scoring.store.syncing.met import sources_of
from lms_scoring.store.tables.metadata import NOTHING
from lms_scoring.store.tenant_connection import TenantConnection

_TEXT, _TASK = tables.evidence_text, tables.activity_text
_SAID = tuple(
    _TEXT.c[name] for name in ("number", "source", "kind", "record", "activity", "at", "size", "digest")
)


class TextsOut(TenantConnection):
    """The part of a transaction that reads texts."""

    def task_texts(self, course: str) -> Mapping[tuple[str, str], str]:
        """What the activities of a course ask for, by source and activity; where somebody said."""
        query = select(_TASK.c.source, _TASK.c.activity, _TASK.c.text).where(
            _TASK.c.tenant == self.tenant, _TASK.c.course == course
        )
        return {(row.source, row.activity): row.text for row in self.connection.execute(query)}

    def task_text(self, course: str, source: str, activity: str) -> str:
        """What an activity asks for; empty where nobody said."""
        query = select(_TASK.c.text).where(
            _TASK.c.tenant == self.tenant,
            _TASK.c.course == course,
            _TASK.c.source == source,
            _TASK.c.activity == activity,
        )
        return self.connection.execute(query).scalar_one_or_none() or ""

    def text_of(self, course: str, kind: str, name: str) -> KeptText | None:
        """The text of a record of the course, named as cards name it."""
        source, _, record = name.partition("/")
        if not storable(name):
            return None
        query = self._kept(
            _TEXT.c.course.in_([course, NOTHING]),
            _TEXT.c.source == source,
            _TEXT.c.kind == kind,
            _TEXT.c.record == record,
        )
        found = self.connection.execute(query.order_by(_TEXT.c.course.desc()).limit(1)).first()
        return None if found is None else _kept_text(found)

    def texts_by(self, course: str, persons: Collection[str]) -> Sequence[KeptText]:
        """All that they wrote in the course, by source, kind and id."""
        query = self._kept(within(self, course), self._by(persons))
        ordered = query.order_by(_TEXT.c.source, _TEXT.c.kind, _TEXT.c.record)
        return [_kept_text(row) for row in self.connection.execute(ordered)]

    def text_states(self, course: str, persons: Collection[str]) -> Mapping[str, bytes]:
        """A digest of all that is kept of them, but of each text its own digest."""
        account = tables.account
        query = (
            select(account.c.person, *_SAID)
            .join(account, and_(account.c.tenant == _TEXT.c.tenant, account.c.id == _TEXT.c.account))
            .where(
                _TEXT.c.tenant == self.tenant,
                _TEXT.c.text.is_not(None),
                within(self, course),
                self._by(persons),
            )
        )
        ordered = query.order_by(_TEXT.c.source, _TEXT.c.kind, _TEXT.c.record)
        theirs: dict[str, list[list[Any]]] = {}
        for person, *said in self.connection.execute(ordered):
            theirs.setdefault(person, []).append(said)
        return {person: hashlib.sha256(repr(said).encode()).digest() for person, said in theirs.items()}

    def texts_numbered(self, numbers: Collection[int]) -> Sequence[KeptText]:
        """By number."""
        query = self._kept(_TEXT.c.number.in_(listed(numbers))).order_by(_TEXT.c.number)
        return [_kept_text(row) for row in self.connection.execute(query)]

    def unmarked_texts(self, course: str, *, limit: int) -> Sequence[KeptText]:
        """Hand-ins without marks, by number."""
        query = self._kept(_TEXT.c.course == course, _TEXT.c.unsigned == true())
        ordered = query.order_by(_TEXT.c.number).limit(limit)
        return [_kept_text(row) for row in self.connection.execute(ordered)]

    def unmarked_authors(self, course: str) -> Sequence[str]:
        """Who wrote hand-ins without marks, by id."""
        account = tables.account
        query = (
            select(account.c.person)
            .join(_TEXT, and_(_TEXT.c.tenant == account.c.tenant, _TEXT.c.account == account.c.id))
            .where(
                _TEXT.c.tenant == self.tenant,
                _TEXT.c.course == course,
                _TEXT.c.unsigned == true(),
                _TEXT.c.text.is_not(None),
                account.c.person.is_not(None),
            )
        )
        return sorted(self.connection.execute(query.distinct()).scalars())

    def _by(self, persons: Collection[str]) -> ColumnElement[bool]:
        """By their accounts, so that nobody else's texts are passed over."""
        account = tables.account
        theirs = select(account.c.id).where(
            account.c.tenant == self.tenant, account.c.person.in_(listed(persons))
        )
        return _TEXT.c.account.in_(theirs)

    def _kept(self, *where: ColumnElement[bool]) -> Select[Any]:
        """Texts with their persons."""
        account = tables.account
        return (
            select(*_TEXT.c, account.c.person)
            .join(account, and_(account.c.tenant == _TEXT.c.tenant, account.c.id == _TEXT.c.account))
            .where(_TEXT.c.tenant == self.tenant, _TEXT.c.text.is_not(None), *where)
        )


def within(transaction: TenantConnection, course: str) -> ColumnElement[bool]:
    """Of the course, or of a shared source that it reads."""
    shared = and_(_TEXT.c.course == NOTHING, _TEXT.c.source.in_(sources_of(transaction, course)))
    return or_(_TEXT.c.course == course, shared)


def _kept_text(row: Any) -> KeptText:
    return KeptText(
        number=row.number,
        course=row.course or None,
        source=row.source,
        kind=row.kind,
        id=row.record,
        person=row.person,
        activity=row.activity,
        at=row.at,
        size=row.size,
        digest=row.digest,
        text=row.text,
    )
