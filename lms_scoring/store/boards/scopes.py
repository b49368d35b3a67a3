"""The scopes of a course's boards and their lists: the numbers by which lines are counted and ordered."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, select

from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import list_parameter, listed_later, rows
from lms_scoring.store.tables.metadata import NOTHING
from lms_scoring.store.tenant_connection import TenantConnection, next_number

MAKING = 8
"""How lines, places and terms are made: to be raised with whatever makes them otherwise, so that the next
`db upgrade` makes all of them anew."""

_SCOPE, _LIST, _COUNT = tables.board_scope, tables.board_list, tables.board_count
_SCOPES = select(_SCOPE.c.id, _SCOPE.c.role, _SCOPE.c.whole, _SCOPE.c["class"].label("class_")).where(
    _SCOPE.c.tenant == bindparam("tenant_"), _SCOPE.c.course == bindparam("course_")
)
_LISTS = select(_LIST.c.scope, _LIST.c.sorting, _LIST.c.id).where(
    _LIST.c.tenant == bindparam("tenant_"), _LIST.c.scope.in_(listed_later("scopes_"))
)
_COUNTS = select(_COUNT.c.scope, _COUNT.c.chip, _COUNT.c.n).where(
    _COUNT.c.tenant == bindparam("tenant_"), _COUNT.c.scope.in_(listed_later("scopes_"))
)


class Scope(NamedTuple):
    """Everybody of a role, or those of one class as the store has it."""

    role: str
    whole: bool
    class_: str


def scopes_of(role: str, class_: str) -> tuple[Scope, Scope]:
    """The two that a line is in: among all, and in its class."""
    return Scope(role, True, NOTHING), Scope(role, False, class_)


class Scopes:
    """The scopes of one course that a renewal has to do with, and their lists; made when first met."""

    def __init__(self, transaction: TenantConnection, course: str, met: Iterable[Scope]) -> None:
        self._transaction = transaction
        self._course = course
        self._next_list = numbers_from(transaction, _LIST)
        known = {
            Scope(row.role, bool(row.whole), row.class_): row.id for row in self._ask(_SCOPES, course_=course)
        }
        new = numbers_from(transaction, _SCOPE)
        self._ids = {scope: known[scope] if scope in known else next(new) for scope in sorted(set(met))}
        wanted = list_parameter(self._ids.values())
        self._lists = {(row.scope, row.sorting): row.id for row in self._ask(_LISTS, scopes_=wanted)}
        counted = {(row.scope, row.chip): row.n for row in self._ask(_COUNTS, scopes_=wanted)}
        self._counts = Counter[tuple[int, int]](counted)

    def id_of(self, scope: Scope) -> int:
        """The scope's number."""
        return self._ids[scope]

    def lists_of(self, scope: Scope) -> Mapping[str, int]:
        """The numbers of the scope's lists, by their order."""
        number = self._ids[scope]
        return {sorting: id_ for (of, sorting), id_ in self._lists.items() if of == number}

    def add_list(self, scope: Scope, sorting: str) -> int:
        """The number of another order of the scope."""
        id_ = self._lists[self._ids[scope], sorting] = next(self._next_list)
        row = {"id": id_, "scope": self._ids[scope], "sorting": sorting}
        self._transaction.add_named(_LIST, [row])
        return id_

    def count(self, scope: Scope, chip: int, difference: int) -> None:
        """More or fewer lines of a chip."""
        self._counts[self._ids[scope], chip] += difference

    def keep(self) -> None:
        """Writes down what was counted, and that the scopes are others now."""
        self._transaction.put_named(
            _SCOPE,
            [
                {
                    "id": id_,
                    "course": self._course,
                    "role": scope.role,
                    "whole": scope.whole,
                    "class": scope.class_,
                    "version": secrets.randbits(62),
                    "settled": False,
                    "making": MAKING,
                }
                for scope, id_ in self._ids.items()
            ],
        )
        counted = [{"scope": scope, "chip": chip, "n": n} for (scope, chip), n in self._counts.items()]
        self._transaction.put_named(_COUNT, counted)

    def _ask(self, question: Any, **asked: Any) -> list[Any]:
        return rows(self._transaction.connection, question, tenant_=self._transaction.tenant, **asked)


def numbers_from(transaction: TenantConnection, table: Table) -> count[int]:
    """Numbers that nothing has yet, from the next one on; a writer has the tenant to itself."""
    first = next_number(transaction.connection, table.c.id, table.c.tenant == transaction.tenant)
    return count(first)
