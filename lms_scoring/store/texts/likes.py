"""Likes: which hand-ins share marks, asked for by index, many works at once; and whom a new one concerns."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from heapq import nsmallest
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, false, func, select, tuple_, update

from lms_scoring.ports import CARRIERS
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import listed
from lms_scoring.store.tenant_connection import TenantConnection

_TEXT, _MARK, _TOUCHED = tables.evidence_text, tables.text_mark, tables.text_touched
_KEY = ("course", "source", "kind", "record")
_IN_TIME = (_TEXT.c.at, *(_TEXT.c[name] for name in _KEY))


class Likes(TenantConnection):
    """The part of a transaction about marks."""

    def keep_text_marks(self, marks: Mapping[int, Sequence[int]]) -> None:
        """Whoever wrote a later text with one of the marks, or with one of the former, is to be looked at."""
        touch_later(self, marks)
        self.connection.execute(
            delete(_MARK).where(_MARK.c.tenant == self.tenant, _MARK.c.number.in_(listed(marks)))
        )
        self.add(_MARK, [(number, mark) for number, own in marks.items() for mark in dict.fromkeys(own)])
        self.connection.execute(
            update(_TEXT)
            .where(_TEXT.c.tenant == self.tenant, _TEXT.c.number.in_(listed(marks)))
            .values(unsigned=false())
        )
        touch_later(self, marks)

    def likes_of(
        self, course: str, numbers: Collection[int], *, limit: int, everywhere: bool, own: bool
    ) -> Mapping[int, Sequence[int]]:
        """Those that share most marks first, then the earliest."""
        marks = marks_of(self, numbers)
        carriers = self._earliest(
            set().union(*marks.values()), within=() if everywhere else (_TEXT.c.course == course,)
        )
        met = set(numbers).union(*carriers.values())
        works = self._works(met)
        marks |= marks_of(self, met - marks.keys())
        found = {}
        for number in numbers:
            work, theirs = works[number], marks.get(number, frozenset())
            likes = {like for mark in theirs for like in carriers.get(mark, ())} - {number}
            ranked = (
                (-len(theirs & marks[like]), works[like].at, works[like][2:], like)
                for like in likes
                if works[like].at <= work.at and not _is_own(work, works[like], elsewhere=own)
            )
            found[number] = [like for *_, like in nsmallest(limit, ranked)]
        return found

    def like_states(self, numbers: Collection[int]) -> Mapping[int, bytes]:
        """Of each mark that several works have how many these are, and the sum of their numbers: what comes
        has a higher one than what goes for it."""
        marks = marks_of(self, numbers)
        query = (
            select(_MARK.c.mark, func.count(), func.sum(_MARK.c.number))
            .where(_MARK.c.tenant == self.tenant, _MARK.c.mark.in_(listed(set().union(*marks.values()))))
            .group_by(_MARK.c.mark)
            .having(func.count() > 1)
        )
        shared = {mark: (mark, works, int(sum_)) for mark, works, sum_ in self.connection.execute(query)}
        return {
            number: _digest(sorted(shared[mark] for mark in marks.get(number, frozenset()) & shared.keys()))
            for number in numbers
        }

    def _earliest(
        self, marks: Collection[int], *, within: Sequence[ColumnElement[bool]]
    ) -> dict[int, list[int]]:
        """The earliest works that have each of the marks; marks of one work alone are left out."""
        place = func.rank().over(partition_by=_MARK.c.mark, order_by=_TEXT.c.at)
        carried = (
            select(_MARK.c.mark, _MARK.c.number, place.label("place"))
            .join(_TEXT, and_(_TEXT.c.tenant == _MARK.c.tenant, _TEXT.c.number == _MARK.c.number))
            .where(_MARK.c.tenant == self.tenant, _MARK.c.mark.in_(shared_marks(self, marks)), *within)
            .subquery()
        )
        query = select(carried.c.mark, carried.c.number).where(carried.c.place <= CARRIERS)
        found: dict[int, list[int]] = {}
        for row in self.connection.execute(query):
            found.setdefault(row.mark, []).append(row.number)
        return found

    def _works(self, numbers: Collection[int]) -> dict[int, Any]:
        """By number: when each was handed in, and by whom; its key begins with the third column."""
        account = tables.account
        query = (
            select(account.c.person, *_IN_TIME, _TEXT.c.number)
            .join(account, and_(account.c.tenant == _TEXT.c.tenant, account.c.id == _TEXT.c.account))
            .where(_TEXT.c.tenant == self.tenant, _TEXT.c.number.in_(listed(numbers)))
        )
        return {row.number: row for row in self.connection.execute(query)}


def _digest(shared: Sequence[tuple[int, int, int]]) -> bytes:
    return hashlib.sha256(repr(shared).encode()).digest()


def _is_own(work: Any, other: Any, *, elsewhere: bool) -> bool:
    """Whether the other is the author's own and not to be compared; `elsewhere`: of another course it is."""
    if work.person is None or other.person != work.person:
        return False
    return not elsewhere or other.course == work.course


def touch_later(transaction: TenantConnection, numbers: Collection[int]) -> None:
    """Marks who wrote something that shares marks with these and is no earlier.

    Where enough others of the course had a mark before, what has it too makes no difference.
    """
    marks = set().union(*marks_of(transaction, numbers).values())
    if not marks:
        return
    place = func.rank().over(partition_by=(_MARK.c.mark, _TEXT.c.course), order_by=_TEXT.c.at)
    carried = (
        select(
            _MARK.c.mark,
            _MARK.c.number,
            _TEXT.c.course,
            _TEXT.c.account,
            _TEXT.c.at,
            place.label("place"),
        )
        .join(_TEXT, and_(_TEXT.c.tenant == _MARK.c.tenant, _TEXT.c.number == _MARK.c.number))
        .where(_MARK.c.tenant == transaction.tenant, _MARK.c.mark.in_(shared_marks(transaction, marks)))
        .cte()
    )
    news = (
        select(carried.c.mark, func.min(carried.c.at).label("since"))
        .where(carried.c.number.in_(listed(numbers)), carried.c.place <= CARRIERS)
        .group_by(carried.c.mark)
        .subquery()
    )
    waiting = select(_TOUCHED.c.course, _TOUCHED.c.account).where(_TOUCHED.c.tenant == transaction.tenant)
    query = (
        select(carried.c.course, carried.c.account)
        .join(news, and_(news.c.mark == carried.c.mark, news.c.since <= carried.c.at))
        .where(
            carried.c.number.not_in(listed(numbers)),
            tuple_(carried.c.course, carried.c.account).not_in(waiting),
        )
        .distinct()
    )
    transaction.add(_TOUCHED, [(row.course, row.account) for row in transaction.connection.execute(query)])


def shared_marks(transaction: TenantConnection, marks: Collection[int]) -> Select[Any]:
    """Those of the marks that several works have: of all marks, few."""
    return (
        select(_MARK.c.mark)
        .where(_MARK.c.tenant == transaction.tenant, _MARK.c.mark.in_(listed(marks)))
        .group_by(_MARK.c.mark)
        .having(func.count() > 1)
    )


def marks_of(transaction: TenantConnection, numbers: Collection[int]) -> dict[int, frozenset[int]]:
    query = select(_MARK.c.number, _MARK.c.mark).where(
        _MARK.c.tenant == transaction.tenant, _MARK.c.number.in_(listed(numbers))
    )
    found: dict[int, set[int]] = {}
    for number, mark in transaction.connection.execute(query):
        found.setdefault(number, set()).add(mark)
    return {number: frozenset(marks) for number, marks in found.items()}
