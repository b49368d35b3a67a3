"""Evidence out: all of one person at a time, whatever accounts it came by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, bindparam, select

from lms_scoring.domain.errors import UnknownPerson
from lms_scoring.domain.evidence import Record
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.statements import LmsStatement, LmsVerb, WatchEvent
from lms_scoring.ports import PersonEvidence
from lms_scoring.store import tables
from lms_scoring.store.dialect import ask, kind_of, list_parameter, listed_later, stream, stream_rows
from lms_scoring.store.evidence_queries import deletions, not_voided, records_of, told_of
from lms_scoring.store.kind import Row
from lms_scoring.store.members import Members
from lms_scoring.store.rows import record_of

Items = TypeVar("Items")
BySource = Iterator[tuple[str, Iterator[Row]]]
"""One person's rows, source by source, while they are being read."""
Asked = dict[str, Any]
"""Parameters of a question, by their names."""

_VERBS = {verb.value: verb for verb in LmsVerb}
_ANY_VOIDED = (
    select(tables.voided_statement.c.id)
    .where(
        tables.voided_statement.c.tenant == bindparam("tenant_"),
        tables.voided_statement.c.source.in_(listed_later("sources_")),
    )
    .limit(1)
)


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
        return self._stream(course, self.known(persons), at_run)

    def known(self, persons: Sequence[str]) -> list[KnownPerson]:
        """Each of them once, in order. Raises UnknownPerson."""
        people = self.known_people(dict.fromkeys(persons))
        for person in persons:
            if person not in people:
                raise UnknownPerson(f"no person {person!r} is known here; sync the roster first")
        return list(people.values())

    def _stream(self, course: str, people: list[KnownPerson], at_run: int | None) -> Iterator[PersonEvidence]:
        """Three readings in the same order, merged person by person."""
        self._deletions.clear()
        accounts = self.accounts_of(person.id for person in people)
        asked = self._ask(accounts[person.id] for person in people)
        texts = {number: text for theirs in accounts.values() for number, text in theirs.items()}
        records: _Shelf[list[Record]] = _Shelf(
            self._records(course, asked, [person.id for person in people], at_run), []
        )
        events: _Shelf[dict[str, list[WatchEvent]]] = _Shelf(self._events(course, asked, texts), {})
        statements: _Shelf[dict[str, list[LmsStatement]]] = _Shelf(self._statements(course, asked, texts), {})
        for rank, person in enumerate(people):
            yield PersonEvidence(
                person=person,
                records=records.take(rank),
                events=events.take(rank),
                statements=statements.take(rank),
            )

    def _ask(self, accounts: Iterable[Mapping[int, str]]) -> Asked:
        """Says whose evidence is wanted, and in which order; the parameters of what asks for it."""
        self._questions += 1
        ranked = [(account, rank) for rank, theirs in enumerate(accounts) for account in theirs]
        wanted = kind_of(self.connection).want(self.connection, self._questions, ranked)
        return {"tenant_": self.tenant, **wanted}

    def _records(
        self, course: str, asked: Asked, persons: Sequence[str], at_run: int | None
    ) -> Iterator[tuple[int, Callable[[], list[Record]]]]:
        query = records_of(kind_of(self.connection).wanted, at_run=at_run is not None)
        found = stream_rows(self.connection, query, **asked, course_=course, run_=at_run)
        for rank, rows in groupby(found, key=itemgetter(0)):
            yield rank, partial(self._records_of, persons[rank], rows)

    def _records_of(self, person: str, rows: Iterable[Any]) -> list[Record]:
        return [record_of(row, person=person, person_of=self._person_of) for row in rows]

    def _events(
        self, course: str, asked: Asked, accounts: Mapping[int, str]
    ) -> Iterator[tuple[int, Callable[[], dict[str, list[WatchEvent]]]]]:
        for rank, by_source in self._told(course, asked, tables.watch_event):
            yield rank, partial(self._events_of, by_source, accounts)

    def _events_of(self, by_source: BySource, accounts: Mapping[int, str]) -> dict[str, list[WatchEvent]]:
        activities = self.activities_met.texts
        return {source: _watch_events(rows, accounts, activities) for source, rows in by_source}

    def _statements(
        self, course: str, asked: Asked, accounts: Mapping[int, str]
    ) -> Iterator[tuple[int, Callable[[], dict[str, list[LmsStatement]]]]]:
        for rank, by_source in self._told(course, asked, tables.lms_statement):
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
        query = deletions(all_hold=self._all_hold([source]))
        found = ask(self.connection, query, tenant_=self.tenant, sources_=list_parameter([source]))
        told: dict[str, list[LmsStatement]] = {}
        for deletion in self._lms_statements(found, self.accounts.texts):
            told.setdefault(deletion.object, []).append(deletion)
        return told

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

    def _told(self, course: str, asked: Asked, table: Table) -> Iterator[tuple[int, BySource]]:
        """The driver's own rows (rank, source, fields …), by person and source."""
        sources = self.sources_of(course)
        query = told_of(kind_of(self.connection).wanted, table, all_hold=self._all_hold(sources))
        found = stream(self.connection, query, **asked, sources_=list_parameter(sources))
        for rank, rows in groupby(found, key=itemgetter(0)):
            yield rank, groupby(rows, key=itemgetter(1))

    def holding(self, table: Table, sources: Sequence[str]) -> list[ColumnElement[bool]]:
        """What leaves out voided statements; nothing where none was ever voided."""
        return [] if self._all_hold(sources) else [not_voided(table)]

    def _all_hold(self, sources: Sequence[str]) -> bool:
        listing = list_parameter(sources)
        return not ask(self.connection, _ANY_VOIDED, tenant_=self.tenant, sources_=listing)

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
