"""Lines of scoreboards in: renewed before a transaction ends that changed what they show."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import bindparam, select

from lms_scoring.domain.board import line_of
from lms_scoring.domain.evidence import MembershipStatus
from lms_scoring.domain.outlook import Standing
from lms_scoring.domain.scorecard_json import card_of
from lms_scoring.ports import Act, ActKind
from lms_scoring.spelling import person_key
from lms_scoring.store import tables
from lms_scoring.store.board_due import Change, DueLine, KeptLine, LineKey, due_line
from lms_scoring.store.board_writing import write_lines
from lms_scoring.store.cards import Cards
from lms_scoring.store.dialect import ask, list_parameter, listed_later, rows
from lms_scoring.store.tables.metadata import NOTHING

_PORTION = 500
"""People whose lines are renewed at a time."""

_PERSONS = listed_later("persons_")
_CARD, _LINE = tables.scorecard, tables.board_line
_CARDS = select(
    *(_CARD.c[name] for name in ("person", "role", "card", "standing", "missing")),
    _CARD.c["class"].label("class_"),
).where(
    _CARD.c.tenant == bindparam("tenant_"),
    _CARD.c.course == bindparam("course_"),
    _CARD.c.person.in_(_PERSONS),
)
_KEPT = select(
    *(_LINE.c[name] for name in ("id", "person", "role", "name", "name_key", "chip", "ordered", "body")),
    _LINE.c["class"].label("class_"),
).where(
    _LINE.c.tenant == bindparam("tenant_"),
    _LINE.c.course == bindparam("course_"),
    _LINE.c.person.in_(_PERSONS),
)
_WHOSE = select(tables.account.c.person).where(
    tables.account.c.tenant == bindparam("tenant_"), tables.account.c.id.in_(listed_later("accounts_"))
)


class RenewedLines(Cards):
    """The part of a transaction that keeps boards in step with cards, names and memberships."""

    def renew_lines(self) -> None:
        """Brings the lines of all whose cards, names or memberships changed up to date.

        The store calls it before a transaction that writes ends; whatever reads a board does so before.
        """
        for course, persons in self._stale_persons().items():
            ordered = sorted(persons)
            for begin in range(0, len(ordered), _PORTION):
                changes = [
                    one for one in self._changes(course, ordered[begin : begin + _PORTION]) if one.is_one
                ]
                if changes:
                    write_lines(self, course, changes)
        self.stale.forget()

    def renew_all_lines(self, course: str) -> None:
        """Those of everybody who has a card or a line in the course."""
        self._all_are_stale(course)
        self.renew_lines()

    def keep_act(self, act: Act) -> Act:
        """As `Closings` has it; closing and reopening change places without a word of any source."""
        kept = super().keep_act(act)
        if act.course is not None and act.kind in (ActKind.CLOSED, ActKind.REOPENED):
            self._all_are_stale(act.course)
        return kept

    def _all_are_stale(self, course: str) -> None:
        for table in (_CARD, _LINE):
            query = select(table.c.person).where(table.c.tenant == self.tenant, table.c.course == course)
            for person in self.connection.execute(query.distinct()).scalars():
                self.stale.card(course, person)

    def _stale_persons(self) -> dict[str, set[str]]:
        found = {course: set(persons) for course, persons in self.stale.persons.items()}
        for course, accounts in self.stale.accounts.items():
            numbers = list_parameter(accounts)
            whose = ask(self.connection, _WHOSE, tenant_=self.tenant, accounts_=numbers)
            found.setdefault(course, set()).update(person for (person,) in whose if person is not None)
        if self.stale.everywhere:
            for course in self.courses_with_runs():
                found.setdefault(course, set()).update(self.stale.everywhere)
        return found

    def _changes(self, course: str, persons: Sequence[str]) -> Iterator[Change]:
        kept = self._kept_lines(course, persons)
        due = self._due_lines(course, persons, {key.person: line for key, line in kept.items()})
        for key in sorted({*kept, *due}):
            yield Change(key=key, former=kept.get(key), line=due.get(key))

    def _kept_lines(self, course: str, persons: Sequence[str]) -> dict[LineKey, KeptLine]:
        wanted = list_parameter(persons)
        found = rows(self.connection, _KEPT, tenant_=self.tenant, course_=course, persons_=wanted)
        return {
            LineKey(row.person, row.role, row.class_): KeptLine(
                id=row.id,
                name=row.name,
                name_key=bytes(row.name_key),
                chip=row.chip,
                ordered=bytes(row.ordered),
                body=row.body,
            )
            for row in found
        }

    def _due_lines(
        self, course: str, persons: Sequence[str], spelt: Mapping[str, KeptLine]
    ) -> dict[LineKey, DueLine]:
        """`spelt`: names whose spelling is known already."""
        statuses = self._statuses(course, persons)
        wanted = list_parameter(persons)
        names = self.names(persons)
        due = {}
        for row in rows(self.connection, _CARDS, tenant_=self.tenant, course_=course, persons_=wanted):
            key = LineKey(row.person, row.role, row.class_)
            if key not in statuses:
                continue  # a former place: no board shows it
            card = card_of(json.loads(row.card))
            name, known = names.get(row.person, ""), spelt.get(row.person)
            standing = None if row.standing is None else Standing(row.standing)
            line = line_of(card, name, statuses[key], standing=standing, missing=row.missing)
            spelt_before = known.name_key if known is not None and known.name == name else None
            due[key] = due_line(card, line, name_key=spelt_before or person_key(name, row.person))
        return due

    def _statuses(self, course: str, persons: Sequence[str]) -> dict[LineKey, MembershipStatus]:
        """Of every place that a membership tells of; of several, one that is in force is believed."""
        statuses: dict[LineKey, MembershipStatus] = {}
        for one in self.memberships(course, persons=persons):
            key = LineKey(one.person, one.role.value, one.class_ or NOTHING)
            if statuses.get(key) is not MembershipStatus.ACTIVE:
                statuses[key] = one.status
        return statuses
