"""A database that is copied into another has everything there, and its life goes on."""

from __future__ import annotations

import sqlite3
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import NoneType
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from lms_scoring.domain.evidence import Role
from lms_scoring.key_ring import KeyRing
from lms_scoring.ports import BoardAsk, BoardPart, RunState, Store
from lms_scoring.services.scoring.assess import assess
from lms_scoring.store.copies.copying import CopiedSoFar, copy_database
from lms_scoring.store.copies.shapes import kinds_of
from lms_scoring.store.databases.engine import open_engine
from lms_scoring.store.migrations import SCRIPTS, upgrade
from lms_scoring.store.tables import metadata
from tests.fixtures.a_full_life import read_again
from tests.fixtures.a_life import CLOCK, EVERYBODY, LEARNER, MATE, RULES
from tests.fixtures.courses.scripted import COURSE
from tests.fixtures.databases import KINDS, empty_database, engine_of, forget
from tests.fixtures.postgres import server
from tests.integration.store.copies import change, copied, opened, rows_of, sealing
from tests.integration.store.migrating import file_of, up_to

WAYS = [(one, other) for one in KINDS for other in KINDS]
EVENTS = """
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {rows})
    INSERT INTO watch_event
    SELECT 1, 'lrs', n, 'event ' || n, 1, 1, NULL, n, 1, n, NULL, 100, NULL FROM number
"""


@pytest.mark.parametrize(("kind", "to"), WAYS)
def test_every_row_of_every_table_is_copied_as_it_is(
    lived: str, on_server: str, blank: Callable[[str], str], kind: str, to: str
) -> None:
    """That from PostgreSQL was copied there from SQLite: it comes back as it went."""
    old, new = lived if kind == "sqlite" else on_server, blank(to)
    there_are = copied(old, new)
    wanted, found = rows_of(lived), rows_of(new)
    assert {name: len(rows) for name, rows in wanted.items()} == there_are
    assert [name for name in wanted if found[name] != wanted[name]] == []


def test_no_table_of_the_life_that_is_copied_is_empty(lived: str) -> None:
    assert [name for name, rows in rows_of(lived).items() if not rows] == []


@pytest.mark.parametrize("to", KINDS)
def test_all_that_is_shown_is_the_same_in_the_copy(
    lived: str, home: Path, blank: Callable[[str], str], to: str
) -> None:
    new = blank(to)
    copied(lived, new)
    with opened(lived, home) as ours, opened(new, home) as theirs:
        shown, again = all_shown(ours), all_shown(theirs)
    assert [name for name in shown if shown[name] != again[name]] == []
    assert [name for name, what in shown.items() if not what] == []


@pytest.mark.parametrize("to", KINDS)
def test_a_further_sync_of_the_copy_finds_nothing_new(
    lived: str, home: Path, blank: Callable[[str], str], to: str
) -> None:
    """Whoever was erased stays so, and the run that a killed sync left goes on no more."""
    new = blank(to)
    copied(lived, new)
    with opened(new, home) as store:
        before = cards_of(store)
        for collected in read_again(store):
            assert (collected.error, collected.state) == (None, RunState.DONE)
            assert (collected.kept.new, collected.kept.changed, collected.kept.gone) == (0, 0, 0)
            assert collected.kept.same > 0
        assert assess(RULES, store, clock=CLOCK, everyone=True).changed == 0
        assert cards_of(store) == before
        with store.reading() as transaction:
            assert {run.state for run in transaction.runs(None)} == {RunState.DONE, RunState.INTERRUPTED}
            there = {one.id for one in transaction.people(COURSE)}
    assert there == {one.id for one in EVERYBODY} - {LEARNER.id}


@pytest.mark.parametrize("to", KINDS)
def test_what_was_sealed_opens_by_the_same_key(
    lived: str, home: Path, blank: Callable[[str], str], to: str
) -> None:
    new = blank(to)
    copied(lived, new)
    with opened(lived, home) as ours, opened(new, home) as theirs:
        rings = [KeyRing(store=one, clock=CLOCK, sealing=sealing(home)).own_keys() for one in (ours, theirs)]
    assert rings[0] == rings[1]
    assert rings[0]


@pytest.mark.parametrize("to", KINDS)
def test_what_comes_later_takes_the_numbers_after_those_that_are_there(
    lived: str, home: Path, blank: Callable[[str], str], to: str
) -> None:
    new = blank(to)
    copied(lived, new)
    numbers = []
    for url in (lived, new):
        with opened(url, home) as store, store.reading() as transaction:
            numbers.append(max(act.number for act in transaction.acts()))
    with opened(new, home) as store, store.writing() as transaction:
        key = transaction.keep_api_key("another digest", name="another", course=None, at=2)
        run = transaction.begin_run(COURSE, "another source", at=2)
        assert key == max(one.id for one in transaction.api_keys()) == 2
        assert run == max(one.id for one in transaction.runs(None))
    assert numbers[0] == numbers[1]


def test_no_column_is_counted_by_a_database_so_that_no_counter_must_be_set() -> None:
    url = server().empty_database()
    engine = open_engine(url)
    with engine.connect() as connection:
        sequences = connection.execute(text("SELECT count(*) FROM pg_class WHERE relkind = 'S'")).scalar_one()
    engine.dispose()
    forget(url)
    assert sequences == 0


def test_every_column_has_a_kind_of_values() -> None:
    for table in metadata.sorted_tables:
        for column in table.columns:
            assert kinds_of(column) - {NoneType}, column


@pytest.mark.parametrize("to", KINDS)
def test_a_database_that_was_upgraded_before_or_long_ago_is_filled_too(
    lived: str, blank: Callable[[str], str], tmp_path: Path, to: str
) -> None:
    for scripts in (SCRIPTS, up_to(tmp_path, "0012")):
        new = blank(to)
        upgrade(new, scripts=scripts)
        assert copied(lived, new) == {name: len(rows) for name, rows in rows_of(lived).items()}


def test_a_new_file_is_for_its_owner_alone(lived: str, tmp_path: Path) -> None:
    new = tmp_path / "folder" / "new.db"
    copied(lived, f"sqlite:///{new}")
    assert [path.name for path in new.parent.iterdir()] == ["new.db"]
    assert [path.stat().st_mode & 0o077 for path in (new, new.parent)] == [0, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_writes_to_the_old_database_meanwhile_and_everybody_reads(
    lived: str, on_server: str, home: Path, tmp_path: Path, kind: str
) -> None:
    old = lived if kind == "sqlite" else on_server
    seen = set()

    def look(_: CopiedSoFar) -> None:
        with opened(old, home) as store, store.reading() as transaction:
            seen.add((may_write(old), bool(transaction.courses())))

    copy_database(old, f"sqlite:///{tmp_path / 'new.db'}", watching=look)
    assert seen == {(False, True)}
    assert may_write(old)


def test_what_another_program_writes_meanwhile_is_in_no_table_of_the_copy(
    on_server: str, tmp_path: Path
) -> None:
    """One that does not know our locks."""
    new = f"sqlite:///{tmp_path / 'new.db'}"
    old = server().copied(on_server)
    before = rows_of(old)

    def write(so_far: CopiedSoFar) -> None:
        if so_far.table == metadata.sorted_tables[0].name:
            for name in ("tally", "heartbeat"):
                change(old, f"INSERT INTO {name} VALUES (1, 'meanwhile', 1)")  # noqa: S608

    assert sum(copy_database(old, new, watching=write).values()) == sum(map(len, before.values()))
    assert rows_of(new) == before
    assert rows_of(old) != before
    forget(old)


def test_how_far_it_is_is_told_up_to_the_last_row(lived: str, tmp_path: Path) -> None:
    told: list[CopiedSoFar] = []
    there_are = copy_database(lived, f"sqlite:///{tmp_path / 'new.db'}", watching=told.append)
    whole = {one.table: one.rows for one in told if one.rows == one.of}
    assert whole == there_are
    assert (told[-1].all_rows, told[-1].of_all) == (sum(there_are.values()),) * 2
    assert [one.all_rows for one in told] == sorted(one.all_rows for one in told)


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    peaks = []
    for rows in (2_000, 40_000):
        old = empty_database(tmp_path / f"{rows}.db")
        change(old, EVENTS.format(rows=rows))
        tracemalloc.start()
        copied(old, f"sqlite:///{tmp_path / f'new{rows}.db'}")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2


def may_write(url: str) -> bool:
    """Whether one of our writers would not have to wait."""
    if engine_of(url) == "postgres":
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT pg_try_advisory_xact_lock_shared(7105907, 0)").fetchone()
            return row == (True,)
    with closing(sqlite3.connect(file_of(url), timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True


def cards_of(store: Store) -> list[Any]:
    """All cards, whole, with what each still needs."""
    with store.reading() as transaction:
        places = [row.card for row in transaction.board(COURSE)]
        return [
            (
                transaction.scorecard(COURSE, one.person, role=one.role, class_=one.class_),
                transaction.outlook(COURSE, one.person, role=one.role, class_=one.class_),
            )
            for one in places
        ]


def all_shown(store: Store) -> dict[str, Any]:
    """What pages, files and commands are made of, by what it is."""
    shown: dict[str, Any] = {"cards": cards_of(store)}
    with store.reading() as transaction:
        persons = sorted(one.id for one in transaction.people(COURSE))
        for role in Role:
            part = BoardPart(course=COURSE, role=role)
            for order in ("total", "name"):
                shown[f"board of {role} by {order}"] = transaction.board_lines(
                    part, BoardAsk(order=order)
                ).lines
            shown[f"chips of {role}"] = transaction.board_counts(part)
            shown[f"medians of {role}"] = transaction.board_medians(part)
            shown[f"version of {role}"] = transaction.board_version(part)
        found = transaction.board_lines(BoardPart(course=COURSE, role=Role.LEARNER), BoardAsk(search="zhao"))
        shown["who is searched for"] = found.lines
        shown["history"] = [
            transaction.history(COURSE, row.card.person, role=row.card.role, class_=row.card.class_)
            for row in transaction.board(COURSE)
        ]
        shown["ledgers"] = list(transaction.evidence_of(COURSE, persons))
        shown["decisions"] = transaction.records_of(COURSE, persons, kinds=["decision", "recommendation"])
        shown["cases"] = transaction.cases(COURSE)
        shown["texts of cases"] = [transaction.case_texts(COURSE, one.number) for one in shown["cases"]]
        shown["disputes"] = transaction.disputes(COURSE)
        shown["acts"] = transaction.acts()
        shown["outbox"] = transaction.outgoing(COURSE)
        shown["steps of grades"] = [transaction.grade_steps(COURSE, MATE.id)]
        shown["roles"] = transaction.all_grants()
        shown["registrations"] = transaction.registrations()
        shown["places of platforms"] = transaction.platform_courses(COURSE)
        shown["runs"] = transaction.runs(None)
        shown["problems"] = transaction.met_problems(COURSE)
        shown["quarantine"] = transaction.quarantined()
        shown["losses"] = transaction.held_losses()
        shown["requests"] = transaction.sync_requests()
        shown["troubles"] = transaction.troubles()
        shown["texts"] = transaction.texts_by(COURSE, persons)
        shown["stand-ins"] = transaction.stand_ins(COURSE)
        shown["erased"] = transaction.erased(LEARNER.accounts)
        shown["keys of programs"] = transaction.api_keys()
        shown["session"] = transaction.session("session True", at=2)
    return shown
