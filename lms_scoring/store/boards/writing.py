"""Writes changed lines of a course's boards: the lines, their places and terms, and what they count for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select

from lms_scoring.domain.board import place_without
from lms_scoring.spelling import terms
from lms_scoring.store import tables
from lms_scoring.store.boards.due import Change, DueLine, LineKey
from lms_scoring.store.boards.scopes import Scope, Scopes, numbers_from, scopes_of
from lms_scoring.store.databases.dialect import list_parameter, listed_later, rows, tell
from lms_scoring.store.tenant_connection import TenantConnection

_LINES = listed_later("lines_")
_LINE, _PLACE, _TERM = tables.board_line, tables.board_place, tables.board_term
_FORGET_LINES = delete(_LINE).where(_LINE.c.tenant == bindparam("tenant_"), _LINE.c.id.in_(_LINES))
_FORGET_PLACES = delete(_PLACE).where(_PLACE.c.tenant == bindparam("tenant_"), _PLACE.c.line.in_(_LINES))
_FORGET_TERMS = delete(_TERM).where(_TERM.c.tenant == bindparam("tenant_"), _TERM.c.line.in_(_LINES))
_OF_ROLE = select(_LINE.c.id, _LINE.c.name_key, _LINE.c.chip, _LINE.c["class"].label("class_")).where(
    _LINE.c.tenant == bindparam("tenant_"),
    _LINE.c.course == bindparam("course_"),
    _LINE.c.role == bindparam("role_"),
)

PlaceRow = tuple[int, int, bytes, int, bool]
"""List, chip, place, line, and whether it may be more; a line has some sixteen."""


def write_lines(transaction: TenantConnection, course: str, changes: Sequence[Change]) -> None:
    """Writes the changes, all of one course, one of each line."""
    _Writing(transaction, course, changes).write()
    transaction.remembered.forget_boards()


class _Writing:
    """The changes under way, with the numbers of their lines and of the scopes that these are in."""

    def __init__(self, transaction: TenantConnection, course: str, changes: Sequence[Change]) -> None:
        self._transaction = transaction
        self._course = course
        self._changes = changes
        new = numbers_from(transaction, _LINE)
        self._numbers = {one.key: next(new) if one.former is None else one.former.id for one in changes}
        met = {scope for one in changes for scope in scopes_of(one.key.role, one.key.class_)}
        self._scopes = Scopes(transaction, course, met)

    def write(self) -> None:
        stored = [one for one in self._changes if one.former is not None]
        self._forget(_FORGET_LINES, [one for one in stored if one.line is None])
        self._forget(_FORGET_PLACES, [one for one in stored if one.moves])
        self._forget(_FORGET_TERMS, [one for one in stored if one.renames])
        self._transaction.put_named(_LINE, self._line_rows())
        self._transaction.put(_PLACE, self._place_rows())
        self._transaction.put(_TERM, self._term_rows())
        self._count()
        self._scopes.keep()

    def _forget(self, statement: Any, changes: Iterable[Change]) -> None:
        lines = list_parameter(self._numbers[one.key] for one in changes)
        tell(self._transaction.connection, statement, tenant_=self._transaction.tenant, lines_=lines)

    def _line_rows(self) -> Iterator[dict[str, Any]]:
        for key, line in self._due():
            yield {
                "id": self._numbers[key],
                "course": self._course,
                "role": key.role,
                "class": key.class_,
                "person": key.person,
                "name": line.name,
                "name_key": line.name_key,
                "chip": line.chip,
                "ordered": line.ordered,
                "body": line.body,
            }

    def _place_rows(self) -> Iterator[PlaceRow]:
        """In every list of both scopes: those of criteria that its card does not have as well."""
        moved = [(one.key, one.line) for one in self._changes if one.line is not None and one.moves]
        yield from self._filled_lists(moved)
        for key, line in moved:
            for scope in scopes_of(key.role, key.class_):
                for order, number in self._scopes.lists_of(scope).items():
                    place = line.places.get(order, place_without(line.name_key))
                    yield number, line.chip, place, self._numbers[key], order in line.unread

    def _filled_lists(self, moved: Iterable[tuple[LineKey, DueLine]]) -> Iterator[PlaceRow]:
        """Makes the lists that are wanted for the first time; whose cards are of an older scheme have a place
        in them too."""
        wanted: defaultdict[Scope, set[str]] = defaultdict(set)
        for key, line in moved:
            for scope in scopes_of(key.role, key.class_):
                wanted[scope].update(line.places)
        for scope, orders in wanted.items():
            for order in sorted(orders - self._scopes.lists_of(scope).keys()):
                number = self._scopes.add_list(scope, order)
                for row in self._others(scope):
                    yield number, row.chip, place_without(bytes(row.name_key)), row.id, False

    def _others(self, scope: Scope) -> list[Any]:
        """The lines of a scope that are not being written now."""
        asked = {"tenant_": self._transaction.tenant, "course_": self._course, "role_": scope.role}
        of_role = rows(self._transaction.connection, _OF_ROLE, **asked)
        written = {self._numbers[one.key] for one in self._changes if one.moves}
        return [
            row for row in of_role if row.id not in written and (scope.whole or row.class_ == scope.class_)
        ]

    def _term_rows(self) -> Iterator[tuple[int, bytes, int]]:
        renamed = {one.key for one in self._changes if one.renames}
        for key, line in self._due():
            if key in renamed:
                whole, _ = scopes_of(key.role, key.class_)
                scope, number = self._scopes.id_of(whole), self._numbers[key]
                for term in sorted(terms(line.name, key.person)):
                    yield scope, term, number

    def _count(self) -> None:
        for one in self._changes:
            for scope in scopes_of(one.key.role, one.key.class_):
                if one.former is not None:
                    self._scopes.count(scope, one.former.chip, -1)
                if one.line is not None:
                    self._scopes.count(scope, one.line.chip, 1)

    def _due(self) -> Iterator[tuple[LineKey, DueLine]]:
        return ((one.key, one.line) for one in self._changes if one.line is not None)
