"""Reads evidence: all of one person at a time, whatever accounts it came by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import Table

from lms_scoring.domain.evidence import Record
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.statements import LmsStatement, LmsVerb, WatchEvent
from lms_scoring.ports import PersonEvidence
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import ask, kind_of, stream, stream_rows
from lms_scoring.store.databases.kind import Row
from lms_scoring.store.evidence.queries import deletions, records_of, told_of
from lms_scoring.store.evidence.voided import all_hold
from lms_scoring.store.roll import accounts_of, person_behind
from lms_scoring.store.rows import record_of
from lms_scoring.store.syncing.met import sources_of
from lms_scoring.store.tenant_connection import TenantConnection

Item = TypeVar("Item")
Turn = tuple[int, Callable[[], list[Item]]]
"""A person's rank, and what reads the person's items."""
Asked = dict[str, Any]
"""Parameters of a question, by their names."""

_new = tuple.__new__
"""The classes' own constructors take three times as long, for every event and statement there is."""
_VERBS = {verb.value: verb for verb in LmsVerb}


class EvidenceReading:
    """One reading, and what it must know of other people: which of the things they told of were deleted."""

    def __init__(self, transaction: TenantConnection) -> None:
        self._transaction = transaction
        self._deletions: dict[str, dict[str, list[LmsStatement]]] = {}

    def of(
        self, course: str, people: Sequence[KnownPerson], *, at_run: int | None
    ) -> Iterator[PersonEvidence]:
        """In the order of `people`: what several questions bring in the same order, merged person by person.
        That one person's cannot be made out is raised at that person's turn, and the next turn comes then.

        With `at_run` the records are those of the time after that run and before the next. Events and
        statements belong to no run: they are those that hold now, whenever they came or were voided.
        """
        accounts = accounts_of(self._transaction, [person.id for person in people])
        asked = self._ask(accounts[person.id] for person in people)
        texts = {number: text for theirs in accounts.values() for number, text in theirs.items()}
        persons, sources = [person.id for person in people], sources_of(self._transaction, course)
        records = _Shelf(self._records(course, asked, persons, at_run))
        events = {source: _Shelf(self._events(source, asked, texts)) for source in sources}
        statements = {source: _Shelf(self._statements(source, asked, texts)) for source in sources}

        def of_one(turn: tuple[int, KnownPerson]) -> PersonEvidence:
            rank, person = turn
            return PersonEvidence(
                person=person,
                records=records.take(rank),
                events=_taken(events, rank),
                statements=_taken(statements, rank),
            )

        return map(of_one, enumerate(people))

    def _ask(self, accounts: Iterable[Mapping[int, str]]) -> Asked:
        """Says whose evidence is wanted, and in which order; the parameters of what asks for it."""
        ranked = [(account, rank) for rank, theirs in enumerate(accounts) for account in theirs]
        wanted = kind_of(self._transaction.connection).want(
            self._transaction.connection, next(self._transaction.questions), ranked
        )
        return {"tenant_": self._transaction.tenant, **wanted}

    def _records(
        self, course: str, asked: Asked, persons: Sequence[str], at_run: int | None
    ) -> Iterator[Turn[Record]]:
        query = records_of(kind_of(self._transaction.connection).wanted, at_run=at_run is not None)
        found = stream_rows(self._transaction.connection, query, **asked, course_=course, run_=at_run)
        for rank, rows in groupby(found, key=itemgetter(0)):
            yield rank, partial(self._records_of, persons[rank], rows)

    def _records_of(self, person: str, rows: Iterable[Any]) -> list[Record]:
        person_of = partial(person_behind, self._transaction)
        return [record_of(row, person=person, person_of=person_of) for row in rows]

    def _events(self, source: str, asked: Asked, accounts: Mapping[int, str]) -> Iterator[Turn[WatchEvent]]:
        activities = self._transaction.activities_met.texts
        for rank, rows in self._told(source, asked, tables.watch_event):
            yield rank, partial(_watch_events, rows, accounts, activities)

    def _statements(
        self, source: str, asked: Asked, accounts: Mapping[int, str]
    ) -> Iterator[Turn[LmsStatement]]:
        for rank, rows in self._told(source, asked, tables.lms_statement):
            yield rank, partial(self._statements_of, source, rows, accounts)

    def _statements_of(
        self, source: str, rows: Iterable[Row], accounts: Mapping[int, str]
    ) -> list[LmsStatement]:
        return self._with_deletions(source, self._lms_statements(rows, accounts))

    def _with_deletions(self, source: str, told: list[LmsStatement]) -> list[LmsStatement]:
        """One person's statements, and those by which others deleted what is theirs."""
        if source not in self._deletions:
            self._deletions[source] = self._read_deletions(source)
        theirs = {statement.object for statement in told} & self._deletions[source].keys()
        deletions = [deletion for object_ in theirs for deletion in self._deletions[source][object_]]
        return sorted({*told, *deletions}, key=_in_order) if deletions else told

    def _read_deletions(self, source: str) -> dict[str, list[LmsStatement]]:
        query = deletions(all_hold=all_hold(self._transaction, [source]))
        found = ask(self._transaction.connection, query, tenant_=self._transaction.tenant, source_=source)
        told: dict[str, list[LmsStatement]] = {}
        for deletion in self._lms_statements(found, self._transaction.accounts.texts):
            told.setdefault(deletion.object, []).append(deletion)
        return told

    def _lms_statements(self, rows: Iterable[Row], accounts: Mapping[int, str]) -> list[LmsStatement]:
        """The statements of which rows have numbers for names and texts for rationals."""
        activities, markers = self._transaction.activities_met.texts, self._transaction.accounts.texts
        return [
            _new(
                LmsStatement,
                (
                    *(stored, id_, accounts[account], _VERBS[verb], object_, activities[activity], at),
                    None if raw is None else Fraction(raw),
                    None if maximum is None else Fraction(maximum),
                    None if by is None else person_behind(self._transaction, markers[by]),
                    characters,
                ),
            )
            for _, stored, id_, account, verb, object_, activity, at, raw, maximum, by, characters in rows
        ]

    def _told(self, source: str, asked: Asked, table: Table) -> Iterator[tuple[int, Iterator[Row]]]:
        """The driver's own rows (rank, fields …), by person."""
        query = told_of(
            kind_of(self._transaction.connection).wanted,
            table,
            all_hold=all_hold(self._transaction, [source]),
        )
        return groupby(
            stream(self._transaction.connection, query, **asked, source_=source), key=itemgetter(0)
        )


def _in_order(statement: LmsStatement) -> tuple[int, str]:
    return (statement.stored, statement.id)


def _watch_events(
    rows: Iterable[Row], accounts: Mapping[int, str], activities: Mapping[int, str]
) -> list[WatchEvent]:
    return [
        _new(
            WatchEvent,
            (stored, id_, accounts[by], activities[on], session, at, verb, where, to, rate, length),
        )
        for _, stored, id_, by, on, session, at, verb, where, to, rate, length in rows
    ]


class _Shelf(Generic[Item]):
    """What is read in the order of ranks, with gaps: each rank's items are read when its turn comes, or are
    passed over.

    Of who comes next no more than the first row is read, so that no two people are in memory at once.
    """

    def __init__(self, turns: Iterator[Turn[Item]]) -> None:
        self._turns = turns
        self._next = next(turns, None)

    def take(self, rank: int) -> list[Item]:
        while self._next is not None and self._next[0] < rank:
            self._next = next(self._turns, None)
        if self._next is None or self._next[0] != rank:
            return []
        read = self._next[1]
        try:
            return read()
        finally:
            self._next = next(self._turns, None)


def _taken(shelves: Mapping[str, _Shelf[Item]], rank: int) -> dict[str, list[Item]]:
    """What each source told of one person, where it told anything."""
    taken = {source: shelf.take(rank) for source, shelf in shelves.items()}
    return {source: items for source, items in taken.items() if items}
