"""Lines of scoreboards in: renewed before a transaction ends that changed what they show."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import bindparam, select

from lms_scoring.domain.board import Line, line_of
from lms_scoring.domain.evidence import Membership, MembershipStatus
from lms_scoring.domain.outlook import Standing
from lms_scoring.domain.proceedings.dispute import contested_places
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.domain.scorecard_json import card_of
from lms_scoring.spelling import person_key
from lms_scoring.store import tables
from lms_scoring.store.boards.beginners import who_only_began
from lms_scoring.store.boards.due import Change, DueLine, KeptLine, LineKey, due_line
from lms_scoring.store.boards.writing import write_lines
from lms_scoring.store.databases.dialect import ask, list_parameter, listed_later, rows
from lms_scoring.store.proceedings.reading import disputes_of
from lms_scoring.store.roll import memberships_of, names_of
from lms_scoring.store.syncing.met import courses_with_runs
from lms_scoring.store.tables.metadata import NOTHING
from lms_scoring.store.tenant_connection import TenantConnection

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


def renew_lines(transaction: TenantConnection) -> None:
    """Brings the lines of all whose cards, names, memberships or disputes changed up to date.

    The store calls it before a transaction that writes ends; whatever reads a board does so before.
    """
    if not transaction.stale:
        return
    for course, persons in _stale_persons(transaction).items():
        ordered = sorted(persons)
        for begin in range(0, len(ordered), _PORTION):
            changes = [
                one for one in _changes(transaction, course, ordered[begin : begin + _PORTION]) if one.is_one
            ]
            if changes:
                write_lines(transaction, course, changes)
    transaction.stale.forget()


def renew_all_lines(transaction: TenantConnection, course: str) -> None:
    """Those of everybody who has a card or a line in the course."""
    lines_are_stale(transaction, course)
    renew_lines(transaction)


def lines_are_stale(transaction: TenantConnection, course: str) -> None:
    """All lines of the course may be others, and so may those of everybody who has a card in it."""
    for table in (_CARD, _LINE):
        query = select(table.c.person).where(table.c.tenant == transaction.tenant, table.c.course == course)
        for person in transaction.connection.execute(query.distinct()).scalars():
            transaction.stale.card(course, person)


def _stale_persons(transaction: TenantConnection) -> dict[str, set[str]]:
    found = {course: set(persons) for course, persons in transaction.stale.persons.items()}
    for course, accounts in transaction.stale.accounts.items():
        numbers = list_parameter(accounts)
        whose = ask(transaction.connection, _WHOSE, tenant_=transaction.tenant, accounts_=numbers)
        found.setdefault(course, set()).update(person for (person,) in whose if person is not None)
    if transaction.stale.everywhere:
        for course in courses_with_runs(transaction):
            found.setdefault(course, set()).update(transaction.stale.everywhere)
    return found


def _changes(transaction: TenantConnection, course: str, persons: Sequence[str]) -> Iterator[Change]:
    kept = _kept_lines(transaction, course, persons)
    due = _due_lines(transaction, course, persons, {key.person: line for key, line in kept.items()})
    for key in sorted({*kept, *due}):
        yield Change(key=key, former=kept.get(key), line=due.get(key))


def _kept_lines(
    transaction: TenantConnection, course: str, persons: Sequence[str]
) -> dict[LineKey, KeptLine]:
    wanted = list_parameter(persons)
    found = rows(transaction.connection, _KEPT, tenant_=transaction.tenant, course_=course, persons_=wanted)
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
    transaction: TenantConnection, course: str, persons: Sequence[str], spelt: Mapping[str, KeptLine]
) -> dict[LineKey, DueLine]:
    """`spelt`: names whose spelling is known already."""
    places = memberships_of(transaction, course, persons=persons)
    disputed = _disputed(transaction, course, persons, places)
    made = _made(transaction, course, persons, _statuses(places), disputed)
    unclear = {key for key, (_, line) in made.items() if not line.shows_begun}
    begun = who_only_began(transaction, course, unclear)
    return {
        key: due_line(
            card,
            line._replace(only_begun=key in begun),
            name_key=_name_key(line, spelt.get(key.person)),
            disputed=key in disputed,
        )
        for key, (card, line) in made.items()
    }


def _made(
    transaction: TenantConnection,
    course: str,
    persons: Sequence[str],
    statuses: Mapping[LineKey, MembershipStatus],
    disputed: Collection[LineKey],
) -> dict[LineKey, tuple[Scorecard, Line]]:
    """The cards of these places, and what each says by itself."""
    names, wanted = names_of(transaction, persons), list_parameter(persons)
    made = {}
    for row in rows(
        transaction.connection, _CARDS, tenant_=transaction.tenant, course_=course, persons_=wanted
    ):
        key = LineKey(row.person, row.role, row.class_)
        if key not in statuses:
            continue  # a former place: no board shows it
        card = card_of(json.loads(row.card))
        made[key] = (
            card,
            line_of(
                card,
                names.get(row.person, ""),
                statuses[key],
                standing=None if row.standing is None else Standing(row.standing),
                missing=row.missing,
                disputed=key in disputed,
            ),
        )
    return made


def _name_key(line: Line, known: KeptLine | None) -> bytes:
    spelt_before = known.name_key if known is not None and known.name == line.name else None
    return spelt_before or person_key(line.name, line.person)


def _statuses(places: Iterable[Membership]) -> dict[LineKey, MembershipStatus]:
    """Of every place that a membership tells of; of several, one that is in force is believed."""
    statuses: dict[LineKey, MembershipStatus] = {}
    for one in places:
        key = _key(one)
        if statuses.get(key) is not MembershipStatus.ACTIVE:
            statuses[key] = one.status
    return statuses


def _disputed(
    transaction: TenantConnection, course: str, persons: Sequence[str], places: Sequence[Membership]
) -> set[LineKey]:
    """Of which of their places somebody contests the card, and waits for an answer."""
    waiting = disputes_of(transaction, course, persons=persons, waiting=True)
    return {
        LineKey(person, role.value, class_ or NOTHING)
        for person, role, class_ in contested_places(waiting, places)
    }


def _key(place: Membership) -> LineKey:
    return LineKey(place.person, place.role.value, place.class_ or NOTHING)
