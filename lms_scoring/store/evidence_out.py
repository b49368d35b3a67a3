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

Item = TypeVar("Item")
Turn = tuple[int, Callable[[], list[Item]]]
"""A person's rank, and what reads the person's items."""
Asked = dict[str, Any]
"""Parameters of a question, by their names."""

_new = tuple.__new__
"""The classes' own constructors take three times as long, for every event and statement there is."""
_VERBS = {verb.value: verb for verb in LmsVerb}
_ANY_VOIDED = (
    select(tables.voided_statement.c.id)
    .where(
        tables.voided_statement.c.tenant == bindparam("tenant_"),
        tables.voided_statement.c.source.in_(listed_later("sources_")),
    )
    .limit(1)
)
_OWNER = select(tables.account.c.person).where(
    tables.account.c.tenant == bindparam("tenant_"), tables.account.c.text == bindparam("text_")
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
        """Several readings in the same order, merged person by person."""
        self._deletions.clear()
        accounts = self.accounts_of(person.id for person in people)
        asked = self._ask(accounts[person.id] for person in people)
        texts = {number: text for theirs in accounts.values() for number, text in theirs.items()}
        persons, sources = [person.id for person in people], self.sources_of(course)
        records = _Shelf(self._records(course, asked, persons, at_run))
        events = {source: _Shelf(self._events(source, asked, texts)) for source in sources}
        statements = {source: _Shelf(self._statements(source, asked, texts)) for source in sources}
        for rank, person in enumerate(people):
            yield PersonEvidence(
                person=person,
                records=records.take(rank),
                events=_taken(events, rank),
                statements=_taken(statements, rank),
            )

    def _ask(self, accounts: Iterable[Mapping[int, str]]) -> Asked:
        """Says whose evidence is wanted, and in which order; the parameters of what asks for it."""
        self._questions += 1
        ranked = [(account, rank) for rank, theirs in enumerate(accounts) for account in theirs]
        wanted = kind_of(self.connection).want(self.connection, self._questions, ranked)
        return {"tenant_": self.tenant, **wanted}

    def _records(
        self, course: str, asked: Asked, persons: Sequence[str], at_run: int | None
    ) -> Iterator[Turn[Record]]:
        query = records_of(kind_of(self.connection).wanted, at_run=at_run is not None)
        found = stream_rows(self.connection, query, **asked, course_=course, run_=at_run)
        for rank, rows in groupby(found, key=itemgetter(0)):
            yield rank, partial(self._records_of, persons[rank], rows)

    def _records_of(self, person: str, rows: Iterable[Any]) -> list[Record]:
        return [record_of(row, person=person, person_of=self._person_of) for row in rows]

    def _events(self, source: str, asked: Asked, accounts: Mapping[int, str]) -> Iterator[Turn[WatchEvent]]:
        activities = self.activities_met.texts
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
        query = deletions(all_hold=self._all_hold([source]))
        found = ask(self.connection, query, tenant_=self.tenant, source_=source)
        told: dict[str, list[LmsStatement]] = {}
        for deletion in self._lms_statements(found, self.accounts.texts):
            told.setdefault(deletion.object, []).append(deletion)
        return told

    def _lms_statements(self, rows: Iterable[Row], accounts: Mapping[int, str]) -> list[LmsStatement]:
        """The statements of which rows have numbers for names and texts for rationals."""
        activities, markers = self.activities_met.texts, self.accounts.texts
        return [
            _new(
                LmsStatement,
                (
                    *(stored, id_, accounts[account], _VERBS[verb], object_, activities[activity], at),
                    None if raw is None else Fraction(raw),
                    None if maximum is None else Fraction(maximum),
                    None if by is None else self._person_of(markers[by]),
                    characters,
                ),
            )
            for _, stored, id_, account, verb, object_, activity, at, raw, maximum, by, characters in rows
        ]

    def _told(self, source: str, asked: Asked, table: Table) -> Iterator[tuple[int, Iterator[Row]]]:
        """The driver's own rows (rank, fields …), by person."""
        query = told_of(kind_of(self.connection).wanted, table, all_hold=self._all_hold([source]))
        return groupby(stream(self.connection, query, **asked, source_=source), key=itemgetter(0))

    def holding(self, table: Table, sources: Sequence[str]) -> list[ColumnElement[bool]]:
        """What leaves out voided statements; nothing where none was ever voided."""
        return [] if self._all_hold(sources) else [not_voided(table)]

    def _all_hold(self, sources: Sequence[str]) -> bool:
        listing = list_parameter(sources)
        return not ask(self.connection, _ANY_VOIDED, tenant_=self.tenant, sources_=listing)

    def forget_members(self) -> None:
        """As `Members` has it."""
        super().forget_members()
        self._persons_by_account.clear()

    def _person_of(self, text: str) -> str:
        """Whose account it is; the account itself while it is nobody's."""
        if text not in self._persons_by_account:
            found = ask(self.connection, _OWNER, tenant_=self.tenant, text_=text)
            self._persons_by_account[text] = next((owner for (owner,) in found if owner), text)
        return self._persons_by_account[text]


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
    """What is read in the order of ranks, with gaps: each rank's items are read when its turn comes.

    Of who comes next no more than the first row is read, so that no two people are in memory at once.
    """

    def __init__(self, turns: Iterator[Turn[Item]]) -> None:
        self._turns = turns
        self._next = next(turns, None)

    def take(self, rank: int) -> list[Item]:
        if self._next is None or self._next[0] != rank:
            return []
        items = self._next[1]()
        self._next = next(self._turns, None)
        return items


def _taken(shelves: Mapping[str, _Shelf[Item]], rank: int) -> dict[str, list[Item]]:
    """What each source told of one person, where it told anything."""
    taken = {source: shelf.take(rank) for source, shelf in shelves.items()}
    return {source: items for source, items in taken.items() if items}
