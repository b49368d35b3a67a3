"""Which records in quarantine are a person's, name the person, or may be theirs and cannot be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, literal, select, update

from lms_scoring.domain.quarantine import set_aside
from lms_scoring.domain.set_aside_people import Origin, Part, part_in, without
from lms_scoring.store import tables as t
from lms_scoring.store.databases.dialect import listed
from lms_scoring.store.tables.metadata import NOTHING

_TABLE = t.quarantined


class SetAsideRows:
    """Those of one institution, looked through once."""

    def __init__(self, connection: Connection, tenant: int, person: str) -> None:
        self._connection = connection
        self._tenant = tenant
        self._person = person
        self._accounts = frozenset(self._ask(select(t.account.c.text).where(t.account.c.person == person)))
        self._homes: dict[str, str | None] = {}
        self._numbers: Mapping[Part, Sequence[int]] | None = None

    def numbers(self, part: Part) -> Sequence[int]:
        """Of those in which the person has that part."""
        if self._numbers is None:
            self._numbers = self._looked_through()
        return self._numbers.get(part, ())

    def where(self, numbers: Sequence[int]) -> ColumnElement[bool]:
        """The rows of these numbers."""
        return (_TABLE.c.tenant == self._tenant) & _TABLE.c.number.in_(listed(numbers))

    def leave_unnamed(self) -> None:
        """Those of others that name the person name nobody from now on. A sync that meets one again does not
        know it: its digest was made of the person's accounts too."""
        for number in self.numbers(Part.NAMED):
            query = select(_TABLE.c.source, _TABLE.c.text).where(self.where([number]))
            row = self._connection.execute(query).one()
            text = without(bytes(row.text), self._accounts, self._origin(row.source))
            again = set_aside(text, code="", reason="", place=str(number))
            self._connection.execute(
                update(_TABLE)
                .where(self.where([number]))
                .values(text=again.text, size=again.size, digest=again.digest)
            )

    def _looked_through(self) -> Mapping[Part, Sequence[int]]:
        names = self._ask(select(t.person.c.name).where(t.person.c.id == self._person))
        name = names[0] if names else ""
        records = self._records()
        found: defaultdict[Part, list[int]] = defaultdict(list)
        query = select(_TABLE).where(_TABLE.c.tenant == self._tenant).order_by(_TABLE.c.number)
        for row in self._connection.execute(query):
            part = part_in(
                bytes(row.text),
                self._origin(row.source),
                accounts=self._accounts,
                name=name,
                has_its_id=row.record in records[row.course, row.source],
            )
            found[part].append(row.number)
        return found

    def _records(self) -> defaultdict[tuple[str, str], set[str]]:
        """The ids of their records by course and source, and of all courses where every course is told the
        same."""
        record, account = t.evidence, t.account
        theirs = select(account.c.id).where(
            account.c.tenant == self._tenant, account.c.person == self._person
        )
        query = select(record.c.course, record.c.source, record.c.record).where(
            record.c.tenant == self._tenant, record.c.account.in_(theirs)
        )
        found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for row in self._connection.execute(query.distinct()):
            found[row.course, row.source].add(row.record)
            found[NOTHING, row.source].add(row.record)
        return found

    def _origin(self, source: str) -> Origin:
        """With the home page by which anybody of that source is known first, by the number of their id."""
        if source not in self._homes:
            account = t.account.c
            number = func.substr(account.person, len(source) + 2)
            of_source = account.person.startswith(f"{source}-", autoescape=True)
            by_number = account.text.like(literal("%|") + number)
            query = select(account.text).where(of_source, by_number, account.rank == 0).limit(1)
            first = self._ask(query)
            named = first[0].removeprefix("account:").rpartition("|")[0] if first else ""
            self._homes[source] = named or None
        return Origin(source=source, home=self._homes[source])

    def _ask(self, query: Any) -> list[str]:
        (table,) = query.get_final_froms()
        return list(self._connection.execute(query.where(table.c.tenant == self._tenant)).scalars())
