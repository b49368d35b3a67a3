"""Statements in: video events and statements of an LMS, as a set to which every repeat adds nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

from sqlalchemy import Select, Table, bindparam, func, or_, select, update

from lms_scoring.domain.findable import all_findable, findable, writable
from lms_scoring.domain.statements import LmsStatement, LmsVerb, WatchEvent, is_place
from lms_scoring.ports import Kept, Problem, ProblemKind, Stored
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import add, ask
from lms_scoring.store.syncing.met import courses_of
from lms_scoring.store.tenant_connection import TenantConnection
from lms_scoring.store.touched.marking import touch, touch_authors

Row = tuple[Any, ...]
"""A row for the driver, in the order of its table's columns."""

Told = TypeVar("Told", WatchEvent, LmsStatement)

_account_of, _activity_of = attrgetter("account"), attrgetter("activity")
_TEXTS_OF_EVENT = attrgetter("id", "account", "activity", "session")
_TEXTS_OF_STATEMENT = attrgetter("id", "account", "activity", "object", "by")
"""All that others chose of the words in a row; None: there is none."""
_STORED, _ID, _ACCOUNT = 2, 3, 4
"""Where both tables of statements have these columns."""

_CALLED = (
    update(tables.activity_key)
    .where(
        tables.activity_key.c.tenant == bindparam("of_"),
        tables.activity_key.c.text == bindparam("text_"),
        or_(tables.activity_key.c.title.is_(None), tables.activity_key.c.title != bindparam("title_")),
    )
    .values(title=bindparam("title_"))
)

_OF_NO_MAXIMUM = (
    update(tables.lms_statement)
    .where(
        tables.lms_statement.c.tenant == bindparam("of_"),
        tables.lms_statement.c.source == bindparam("source_"),
        tables.lms_statement.c.stored == bindparam("stored_"),
        tables.lms_statement.c.id == bindparam("id_"),
        tables.lms_statement.c.maximum.is_not(None),
    )
    .values(maximum=None)
)

_IN_ORDER = itemgetter(_STORED, _ID)
"""The order of both keys. An LRS gives the latest first; put in like that, rows fill their pages by half."""


class StatementsIn(TenantConnection):
    """The part of a transaction that takes in statements. They belong to every course whose source they
    come from; `begin_run` is what ties a source to a course."""

    def keep_events(self, source: str, events: Sequence[WatchEvent]) -> Stored:
        """Adds the events that are not there yet."""
        usable, refused = _sifted(events, _TEXTS_OF_EVENT)
        accounts = self.accounts.of(map(_account_of, usable))
        activities = self.activities_met.of(map(_activity_of, usable))
        tenant = self.tenant
        rows: list[Row] = [
            (
                tenant,
                source,
                stored,
                id_,
                accounts[account],
                activities[activity],
                session,
                at,
                verb,
                position,
                target,
                rate,
                length,
            )
            for stored, id_, account, activity, session, at, verb, position, target, rate, length in usable
        ]
        return self._add(tables.watch_event, source, rows) + refused

    def keep_statements(self, source: str, statements: Sequence[LmsStatement]) -> Stored:
        """Adds the statements that are not there yet. What an older program took for points of a maximum, and
        is a place on a scale, has no maximum from then on."""
        usable, refused = _sifted(statements, _TEXTS_OF_STATEMENT)
        markers = (statement.by for statement in usable if statement.by is not None)
        accounts = self.accounts.of(chain(map(_account_of, usable), markers))
        activities = self.activities_met.of(map(_activity_of, usable))
        rows: list[Row] = [
            (
                *(self.tenant, source, statement.stored, statement.id, accounts[statement.account]),
                *(statement.verb.value, statement.object, activities[statement.activity], statement.at),
                *(_text(statement.raw), _text(statement.maximum)),
                None if statement.by is None else accounts[statement.by],
                statement.characters,
            )
            for statement in usable
        ]
        stored = self._add(tables.lms_statement, source, rows) + refused
        if stored.kept.same:
            self._have_no_maximum(source, [one for one in usable if is_place(one)], accounts)
        touch_authors(self, source, {one.object for one in usable if one.verb is LmsVerb.POST_DELETED})
        return stored

    def keep_voided(self, source: str, statements: Sequence[str]) -> None:
        """Notes ids of statements that no longer hold, whether they have arrived or not. One that could not
        be found again is that of no statement that is kept."""
        self.add(tables.voided_statement, [(source, id_, False) for id_ in statements if findable(id_)])

    def keep_titles(self, titles: Mapping[str, str]) -> None:
        """Beside the activities' numbers, where they have one."""
        told = [
            {"text_": id_, "title_": title}
            for id_, title in titles.items()
            if findable(id_) and writable(title)
        ]
        if told:
            self.connection.execute(_CALLED, [{"of_": self.tenant, **one} for one in told])

    def _add(self, table: Table, source: str, rows: list[Row]) -> Stored:
        if not rows:
            return Stored()
        rows.sort(key=_IN_ORDER)
        if self._lies_apart(table, source, rows):
            new, changed = add(self.connection, table, rows), {row[_ACCOUNT] for row in rows}
        else:
            new, changed = self._add_by_account(table, rows)
        for course in courses_of(self, source) if changed else ():
            touch(self, course, changed)
        return Stored(kept=Kept(new=new, same=len(rows) - new))

    def _have_no_maximum(
        self, source: str, places: Sequence[LmsStatement], accounts: Mapping[str, int]
    ) -> None:
        changed = {
            accounts[one.account]
            for one in places
            if self.connection.execute(
                _OF_NO_MAXIMUM,
                {"of_": self.tenant, "source_": source, "stored_": one.stored, "id_": one.id},
            ).rowcount
        }
        for course in courses_of(self, source) if changed else ():
            touch(self, course, changed)

    def _lies_apart(self, table: Table, source: str, rows: list[Row]) -> bool:
        """Whether all rows were stored after, or before, all there is: then each account's is new."""
        ((first, last),) = ask(self.connection, _ends(table), of_tenant=self.tenant, of_source=source)
        return first is None or rows[-1][_STORED] < first or rows[0][_STORED] > last

    def _add_by_account(self, table: Table, rows: list[Row]) -> tuple[int, set[int]]:
        """One account after the other, because only the number of new rows tells whose evidence changed."""
        by_account: dict[int, list[Row]] = {}
        for row in rows:
            by_account.setdefault(row[_ACCOUNT], []).append(row)
        new = {account: add(self.connection, table, theirs) for account, theirs in by_account.items()}
        return sum(new.values()), {account for account, count in new.items() if count}


def _sifted(
    told: Sequence[Told], texts_of: Callable[[Told], Iterable[str | None]]
) -> tuple[Sequence[Told], Stored]:
    """All but those with a text that no database could keep or find again, and these refused. Every statement
    comes in through here, so that none of them ever spoils its batch."""
    texts = [text for text in set(chain.from_iterable(map(texts_of, told))) if text is not None]
    if all_findable(texts):
        return told, Stored()
    unusable = {text for text in texts if not findable(text)}
    usable = [one for one in told if unusable.isdisjoint(texts_of(one))]
    refused = tuple(_refused(one) for one in told if not unusable.isdisjoint(texts_of(one)))
    return usable, Stored(kept=Kept(refused=len(refused)), problems=refused)


def _refused(statement: WatchEvent | LmsStatement) -> Problem:
    return Problem(
        kind=ProblemKind.REFUSED,
        code="malformed",
        text=(
            "a statement whose id, account, activity, object or session holds a NUL, is no Unicode or is "
            "too long; mend what sends it"
        ),
        subject=statement.id,
        raw=repr(statement).encode(errors="replace"),
        record=statement.id,
    )


@lru_cache
def _ends(table: Table) -> Select[Any]:
    """What asks for the first and the last instant at which the source stored anything.

    Each for itself: SQLite finds one end of a key at once, and reads all between to find both.
    """
    of_source = (table.c.tenant == bindparam("of_tenant"), table.c.source == bindparam("of_source"))
    ends = (func.min(table.c.stored), func.max(table.c.stored))
    return select(*(select(end).where(*of_source).scalar_subquery() for end in ends))


def _text(number: Fraction | None) -> str | None:
    return None if number is None else str(number)
