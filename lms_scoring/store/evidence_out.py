"""Evidence out: all of one person at a time, whatever accounts it came by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    case,
    delete,
    exists,
    false,
    literal,
    select,
)
from sqlalchemy.schema import CreateTable

from lms_scoring.domain.errors import UnknownPerson
from lms_scoring.domain.evidence import Record
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.statements import LmsStatement, LmsVerb, WatchEvent
from lms_scoring.ports import PersonEvidence
from lms_scoring.store import tables
from lms_scoring.store.dialect import add
from lms_scoring.store.members import Members
from lms_scoring.store.rows import record_of
from lms_scoring.store.tables.wanted import wanted

Items = TypeVar("Items")
Row = tuple[Any, ...]
"""The driver's own: rank, source, then the fields of an event or a statement."""
BySource = Iterator[tuple[str, Iterator[Row]]]
"""One person's rows, source by source, while they are being read."""
_VERBS = {verb.value: verb for verb in LmsVerb}


class EvidenceOut(Members):
    """The part of a transaction that evidence is read from."""

    def __init__(self, connection: Connection, tenant: int) -> None:
        super().__init__(connection, tenant)
        self._questions = 0
        self._persons_by_account: dict[str, str] = {}
        self._deletions: dict[str, dict[str, list[LmsStatement]]] = {}

    def evidence_of(
        self, course: str, persons: Sequence[str], *, at_run: int | None = None
    ) -> Iterator[PersonEvidence]:
        """In the order of `persons`; one person at a time stays in memory.

        With `at_run` the records are those of the time after that run and before the next; events and
        statements are never changed by a later run, so they are all there are. Raises UnknownPerson.
        """
        people = self.known_people(dict.fromkeys(persons))
        for person in persons:
            if person not in people:
                raise UnknownPerson(f"no person {person!r} is known here; sync the roster first")
        return self._stream(course, list(people.values()), at_run)

    def _stream(self, course: str, people: list[KnownPerson], at_run: int | None) -> Iterator[PersonEvidence]:
        """Three readings in the same order, merged person by person."""
        self._deletions.clear()
        accounts = self.accounts_of(person.id for person in people)
        question = self._ask(accounts[person.id] for person in people)
        texts = {number: text for theirs in accounts.values() for number, text in theirs.items()}
        records: _Shelf[list[Record]] = _Shelf(
            self._records(course, question, [person.id for person in people], at_run), []
        )
        events: _Shelf[dict[str, list[WatchEvent]]] = _Shelf(self._events(course, question, texts), {})
        statements: _Shelf[dict[str, list[LmsStatement]]] = _Shelf(
            self._statements(course, question, texts), {}
        )
        for rank, person in enumerate(people):
            yield PersonEvidence(
                person=person,
                records=records.take(rank),
                events=events.take(rank),
                statements=statements.take(rank),
            )

    def _ask(self, accounts: Iterable[Mapping[int, str]]) -> int:
        """Writes down whose evidence is wanted, and in which order; returns the question's number."""
        if not self._questions:
            self.connection.execute(CreateTable(wanted, if_not_exists=True))
            self.connection.execute(delete(wanted))
        self._questions += 1
        add(
            self.connection,
            wanted,
            [(self._questions, account, rank) for rank, theirs in enumerate(accounts) for account in theirs],
        )
        return self._questions

    def _records(
        self, course: str, question: int, persons: Sequence[str], at_run: int | None
    ) -> Iterator[tuple[int, Callable[[], list[Record]]]]:
        table = tables.evidence
        gone_at, in_force = self._version(at_run)
        query = (
            select(
                *(wanted.c.rank, table.c.kind, table.c.record, table.c.source),
                *(table.c.body, gone_at.label("gone_at")),
            )
            .join(wanted, and_(wanted.c.question == question, wanted.c.account == table.c.account))
            .where(table.c.tenant == self.tenant, table.c.course == course, in_force)
            .order_by(wanted.c.rank, table.c.source, table.c.kind, table.c.record)
        )
        for rank, rows in groupby(self.connection.execute(query), key=itemgetter(0)):
            yield rank, partial(self._records_of, persons[rank], rows)

    def _records_of(self, person: str, rows: Iterable[Any]) -> list[Record]:
        return [record_of(row, person=person, person_of=self._person_of) for row in rows]

    def _version(self, at_run: int | None) -> tuple[ColumnElement[Any], ColumnElement[bool]]:
        """When a version was missed, and whether it is the latest: now, or as the run had left it."""
        table = tables.evidence
        if at_run is None:
            return table.c.gone_at, table.c.superseded == false()
        later = table.alias("later")
        follower = exists().where(
            *(later.c[name] == table.c[name] for name in ("tenant", "course", "source", "kind", "record")),
            later.c.seen_run > table.c.seen_run,
            later.c.seen_run <= at_run,
        )
        return case((table.c.gone_run <= at_run, table.c.gone_at)), and_(
            table.c.seen_run <= at_run, ~follower
        )

    def _events(
        self, course: str, question: int, accounts: Mapping[int, str]
    ) -> Iterator[tuple[int, Callable[[], dict[str, list[WatchEvent]]]]]:
        for rank, by_source in self._told(course, question, tables.watch_event, WatchEvent._fields):
            yield rank, partial(self._events_of, by_source, accounts)

    def _events_of(self, by_source: BySource, accounts: Mapping[int, str]) -> dict[str, list[WatchEvent]]:
        activities = self.activities_met.texts
        return {source: _watch_events(rows, accounts, activities) for source, rows in by_source}

    def _statements(
        self, course: str, question: int, accounts: Mapping[int, str]
    ) -> Iterator[tuple[int, Callable[[], dict[str, list[LmsStatement]]]]]:
        for rank, by_source in self._told(course, question, tables.lms_statement, LmsStatement._fields):
            yield rank, partial(self._statements_of, by_source, accounts)

    def _statements_of(
        self, by_source: BySource, accounts: Mapping[int, str]
    ) -> dict[str, list[LmsStatement]]:
        theirs = {source: self._lms_statements(rows, accounts) for source, rows in by_source}
        return {source: self._with_deletions(source, told) for source, told in theirs.items()}

    def _with_deletions(self, source: str, told: list[LmsStatement]) -> list[LmsStatement]:
        """One person's statements, and those by which others deleted what is theirs."""
        if source not in self._deletions:
            self._deletions[source] = self._read_deletions(source)
        theirs = {statement.object for statement in told} & self._deletions[source].keys()
        deletions = [deletion for object_ in theirs for deletion in self._deletions[source][object_]]
        return sorted({*told, *deletions}, key=_in_order) if deletions else told

    def _read_deletions(self, source: str) -> dict[str, list[LmsStatement]]:
        table = tables.lms_statement
        query = (
            select(literal(0), table.c.source, *(table.c[name] for name in LmsStatement._fields))
            .where(
                table.c.tenant == self.tenant,
                table.c.source == source,
                table.c.verb == LmsVerb.POST_DELETED.value,
                *self.holding(table, [source]),
            )
            .order_by(table.c.stored, table.c.id)
        )
        cursor: Any = self.connection.execute(query).cursor
        deletions: dict[str, list[LmsStatement]] = {}
        for deletion in self._lms_statements(cursor, self.accounts.texts):
            deletions.setdefault(deletion.object, []).append(deletion)
        return deletions

    def _lms_statements(self, rows: Iterable[Row], accounts: Mapping[int, str]) -> list[LmsStatement]:
        """The statements of which rows have numbers for names and texts for rationals."""
        activities, markers = self.activities_met.texts, self.accounts.texts
        return [
            LmsStatement(
                stored,
                id_,
                accounts[account],
                _VERBS[verb],
                object_,
                activities[activity],
                at,
                None if raw is None else Fraction(raw),
                None if maximum is None else Fraction(maximum),
                None if by is None else self._person_of(markers[by]),
                characters,
            )
            for _, _, stored, id_, account, verb, object_, activity, at, raw, maximum, by, characters in rows
        ]

    def _told(
        self, course: str, question: int, table: Table, columns: Sequence[str]
    ) -> Iterator[tuple[int, BySource]]:
        """The driver's own rows (rank, source, columns …), by person and source.

        The table is read through once and sorted, however many people are asked for.
        """
        sources = self.sources_of(course)
        query: Select[Any] = (
            select(wanted.c.rank, table.c.source, *(table.c[name] for name in columns))
            .join(wanted, and_(wanted.c.question == question, wanted.c.account == table.c.account))
            .where(table.c.tenant == self.tenant, table.c.source.in_(sources), *self.holding(table, sources))
            .order_by(wanted.c.rank, table.c.source, table.c.stored, table.c.id)
        )
        cursor: Any = self.connection.execute(query).cursor
        for rank, rows in groupby(cursor, key=itemgetter(0)):
            yield rank, groupby(rows, key=itemgetter(1))

    def holding(self, table: Table, sources: Sequence[str]) -> list[ColumnElement[bool]]:
        """What leaves out voided statements; nothing where none was ever voided."""
        voided = tables.voided_statement
        of_sources = (voided.c.tenant == self.tenant, voided.c.source.in_(sources))
        if self.connection.execute(select(voided.c.id).where(*of_sources).limit(1)).first() is None:
            return []
        return [
            ~exists().where(
                voided.c.tenant == self.tenant, voided.c.source == table.c.source, voided.c.id == table.c.id
            )
        ]

    def _person_of(self, text: str) -> str:
        """Whose account it is; the account itself while it is nobody's."""
        if text not in self._persons_by_account:
            account = tables.account
            query = select(account.c.person).where(account.c.tenant == self.tenant, account.c.text == text)
            self._persons_by_account[text] = self.connection.execute(query).scalar_one_or_none() or text
        return self._persons_by_account[text]


def _in_order(statement: LmsStatement) -> tuple[int, str]:
    return (statement.stored, statement.id)


def _watch_events(
    rows: Iterable[Row], accounts: Mapping[int, str], activities: Mapping[int, str]
) -> list[WatchEvent]:
    make = tuple.__new__  # the class's own constructor takes three times as long, for every event there is
    return [
        make(
            WatchEvent,
            (stored, id_, accounts[by], activities[on], session, at, verb, where, to, rate, length),
        )
        for _, _, stored, id_, by, on, session, at, verb, where, to, rate, length in rows
    ]


class _Shelf(Generic[Items]):
    """What is read in the order of ranks, with gaps: each rank's items are read when its turn comes.

    Of who comes next no more than the first row is read, so that no two people are in memory at once.
    """

    def __init__(self, groups: Iterator[tuple[int, Callable[[], Items]]], nothing: Items) -> None:
        self._groups = groups
        self._nothing = nothing
        self._next = next(groups, None)

    def take(self, rank: int) -> Items:
        if self._next is None or self._next[0] != rank:
            return self._nothing
        items = self._next[1]()
        self._next = next(self._groups, None)
        return items
