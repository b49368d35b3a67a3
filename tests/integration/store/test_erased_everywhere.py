"""Whoever is erased stands in no table any more, and no sync brings them back."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import select

from lms_scoring.domain.identity import KnownPerson
from lms_scoring.ports import Scope
from lms_scoring.services.access.erase import erase
from lms_scoring.services.deciding.close import close
from lms_scoring.services.signing import Signature
from lms_scoring.store import SqlStore, tables
from lms_scoring.store.tables import metadata
from tests.fixtures.a_life import (
    CLOCK,
    LEARNER,
    RULES,
    TUTOR,
    await_cards,
    live,
    number_of,
    read,
    traces,
)
from tests.fixtures.courses.scripted import COURSE, MOODLE
from tests.fixtures.databases import engine_of

SIGNED = Signature(by="operator:office", reason="asked for")
NAMES_NOBODY = {
    *("tenant", "course", "scheme", "platform", "registration", "deployment", "passback", "doubt_rules"),
    *("activity", "activity_key", "activity_text", "measure_layout", "platform_course", "gradebook_reading"),
    *(
        "run",
        "cursor",
        "sync_request",
        "trouble",
        "heartbeat",
        "tally",
        "sending",
        "api_key",
        "own_key",
        "launch_state",
    ),
    *("board_scope", "board_list", "board_count", "text_mark", "voided_statement", "tombstone", "stand_in"),
    *("held_loss", "held_record"),
}
"""Tables in which nobody is named: of courses and platforms, and those that know others' rows by number."""


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    """A store that can tell who was erased."""
    opened = SqlStore(url, digest_keys=lambda _make: [b"a key that is not in the database"])
    yield opened
    opened.close()


def words_of(value: Any) -> str:
    """All that a column says, whatever it is wrapped in."""
    if not isinstance(value, bytes | memoryview):
        return str(value)
    body = bytes(value)
    try:
        return zlib.decompress(body).decode()
    except zlib.error:
        return f"{body.decode(errors='ignore')} {body.hex()}"


def found(store: SqlStore, person: KnownPerson, accounts: Collection[int]) -> set[str]:
    """The tables in which a trace of them is: a word, or the number of one of their accounts."""
    places: set[str] = set()
    with store.engine.connect() as connection:
        for table in metadata.sorted_tables:
            numbers = [name for name in ("account", "by") if name in table.c]
            for row in connection.execute(select(table)):
                said = " ".join(map(words_of, row))
                numbered = any(row._mapping[name] in accounts for name in numbers)
                if numbered or any(trace in said for trace in traces(person)):
                    places.add(table.name)
    return places


def accounts_of(store: SqlStore, person: KnownPerson) -> set[int]:
    """The numbers of their accounts."""
    query = select(tables.account.c.id).where(tables.account.c.person == person.id)
    with store.engine.connect() as connection:
        return set(connection.execute(query).scalars())


@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
@pytest.mark.parametrize("person", [LEARNER, TUTOR], ids=["learner", "tutor"])
def test_nothing_of_a_person_is_left_in_any_table(store: SqlStore, person: KnownPerson, closed: bool) -> None:
    live(store)
    if closed:
        close(RULES, SIGNED, store, clock=CLOCK)
    with store.writing() as transaction:
        await_cards(transaction)
    accounts = accounts_of(store, person)
    before = found(store, person, accounts)
    assert len(before) > 20
    assert erase(person.id, SIGNED, store, clock=CLOCK) is not None
    assert found(store, person, accounts) == set()
    read(store)
    assert found(store, person, accounts) == set()
    assert not accounts_of(store, person)
    with store.engine.connect() as connection:
        texts = set(connection.execute(select(tables.evidence_text.c.number)).scalars())
        marked = set(connection.execute(select(tables.text_mark.c.number)).scalars())
    assert marked <= texts


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_nothing_of_a_person_is_left_in_any_file_of_a_database_that_is_one(store: SqlStore, url: str) -> None:
    live(store)
    assert said_in_files(url, LEARNER)
    erase(LEARNER.id, SIGNED, store, clock=CLOCK)
    assert store.wiped()
    assert said_in_files(url, LEARNER) == set()


def said_in_files(url: str, person: KnownPerson) -> set[str]:
    """What the files of the database say of them; numbers may be in them by chance."""
    file = Path(url.removeprefix("sqlite:///"))
    told = b"".join(one.read_bytes() for one in file.parent.glob(f"{file.name}*"))
    words = {*traces(person), person.id, *person.accounts} - {number_of(person)}
    return {word for word in words if word.encode() in told}


def test_while_somebody_reads_it_is_told_that_something_may_be_left(store: SqlStore, url: str) -> None:
    live(store)
    if engine_of(url) == "sqlite":
        sql_event.listen(store.engine, "connect", lambda made, _: made.execute("PRAGMA busy_timeout = 0"))
        store.close()
        with store.reading() as transaction:
            assert transaction.names([LEARNER.id])
            erase(LEARNER.id, SIGNED, store, clock=CLOCK)
            assert not store.wiped()
    assert store.wiped() is (engine_of(url) == "sqlite")


def test_every_table_that_can_name_somebody_does_so_before(store: SqlStore) -> None:
    live(store)
    close(RULES, SIGNED, store, clock=CLOCK)
    with store.writing() as transaction:
        transaction.touch_persons(COURSE, [LEARNER.id])
        await_cards(transaction)
    theirs = [found(store, one, accounts_of(store, one)) for one in (LEARNER, TUTOR)]
    assert {table.name for table in metadata.sorted_tables} - set().union(*theirs) == NAMES_NOBODY


def test_what_of_theirs_a_held_loss_has_goes_with_them(store: SqlStore) -> None:
    live(store)
    with store.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=CLOCK.now())
        for kind in ("post", "submission", "membership"):
            scope = Scope(kind=kind, activity=None)
            transaction.hold_loss(COURSE, MOODLE, scope, run=run, at=CLOCK.now())
    assert erase(LEARNER.id, SIGNED, store, clock=CLOCK) is not None
    with store.engine.connect() as connection:
        left = set(connection.execute(select(tables.held_record.c.record)).scalars())
        there = set(connection.execute(select(tables.evidence.c.record)).scalars())
    assert left
    assert left <= there
