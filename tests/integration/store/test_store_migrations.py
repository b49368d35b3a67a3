"""Migrations make exactly the tables that the program knows, and keep what is in them."""

from __future__ import annotations

import shutil
import sqlite3
from fractions import Fraction
from pathlib import Path
from textwrap import dedent

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, insert, inspect, select, update

from lms_scoring.domain.errors import StoreError, StoreNotReady
from lms_scoring.domain.instants import HOUR
from lms_scoring.domain.packed_card import packed
from lms_scoring.domain.quarantine import set_aside
from lms_scoring.ports import Contesting, Grant, Kept, Session, Visitor
from lms_scoring.store import SqlStore, tables
from lms_scoring.store.engine import open_engine
from lms_scoring.store.migrations import SCRIPTS, check, upgrade
from lms_scoring.store.tables import metadata
from tests.contract.story import COURSE, LI, LRS, MOODLE, card, class_a, event, homework, post, statement
from tests.fixtures.databases import ENGINES, blank_database, engine_of, forget

LATER = """
    \"\"\"A later version: accounts and people get a column, and tables are rebuilt for it.\"\"\"
    import sqlalchemy as sa
    from alembic import op

    revision = "later"
    down_revision = {head!r}

    def upgrade():
        with op.batch_alter_table("person", recreate="always") as person:
            person.add_column(sa.Column("nickname", sa.Text(), server_default="", nullable=False))
        with op.batch_alter_table("watch_event", recreate="always") as events:
            events.add_column(sa.Column("note", sa.Text()))
        {also}
"""

COLUMNS = """
    SELECT table_name, concat_ws(' ', column_name, data_type, is_nullable, column_default, collation_name)
    FROM information_schema.columns WHERE table_schema = 'public'
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""
INDEXES = "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'"


def test_an_upgraded_database_has_the_tables_that_the_program_knows(url: str) -> None:
    engine = open_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_migrations_say_the_same_to_the_database_as_the_tables_do(tmp_path: Path, url: str) -> None:
    created = blank_database(tmp_path / "created.db", on=engine_of(url))
    engine = open_engine(created)
    metadata.create_all(engine)
    engine.dispose()
    assert _described(created) == _described(url)
    forget(created)


def test_upgrading_again_changes_nothing(url: str) -> None:
    _populate(url)
    before = _rows(url)
    upgrade(url)
    assert _rows(url) == before
    assert any("课程作业" in row for row in before["evidence"])


def test_an_upgrade_keeps_what_is_stored(url: str, tmp_path: Path) -> None:
    _populate(url)
    before = _rows(url)
    upgrade(url, scripts=_with_a_later_version(tmp_path))
    after = _rows(url)
    assert before["person"] == {row[:-1] for row in after["person"]}
    assert before["watch_event"] == {row[:-1] for row in after["watch_event"]}
    unchanged = before.keys() - {"person", "watch_event", "alembic_version"}
    assert {name: before[name] for name in unchanged} == {name: after[name] for name in unchanged}
    assert before["evidence"]


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(url: str, tmp_path: Path) -> None:
    _populate(url)
    before = _rows(url)
    scripts = _with_a_later_version(tmp_path, also='op.execute("SELECT no_such_thing()")')
    with pytest.raises(StoreError, match="nothing of this step was stored"):
        upgrade(url, scripts=scripts)
    assert _rows(url) == before


def test_an_upgrade_that_would_orphan_rows_is_refused(url: str, tmp_path: Path) -> None:
    _populate(url)
    before = _rows(url)
    with pytest.raises(StoreError, match=r"nothing (was changed|of this step was stored)"):
        upgrade(url, scripts=_with_a_later_version(tmp_path, also='op.execute("DELETE FROM person")'))
    assert _rows(url) == before


def test_a_database_of_the_first_version_is_upgraded_with_all_it_holds(tmp_path: Path) -> None:
    """What asked for everything can be told: whatever ran before a cursor was left."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    upgrade(url, scripts=_up_to(tmp_path, "0001"))
    connection = sqlite3.connect(_file(url))
    with connection:
        connection.execute("INSERT INTO platform VALUES (1, 'moodle'), (1, 'lrs')")
        connection.executemany(
            "INSERT INTO run VALUES (1, ?, 'course-1', ?, 1, 2, ?, NULL, 1, 2, 3, 4, 5)",
            [
                *((1, "moodle", "interrupted"), (2, "moodle", "done"), (3, "moodle", "done")),
                *((4, "lrs", "failed"), (5, "lrs", "done"), (6, "lrs", "done")),
            ],
        )
        connection.executemany(
            "INSERT INTO problem VALUES (1, ?, ?, ?, 'refused', ?, ?, ?, ?)",
            [
                (1, 1, 6, "row_unreadable", "a row", "17", b"\xff"),
                (2, 1, 7, "row_unreadable", "the row again", "17", b"\xff"),
                (2, 2, 7, "row_unreadable", "a row", "18", b"\xff"),
                (2, 3, 7, "odd", "without a text", "17-58", None),
                (2, 4, 7, "odd", "without a text", "assign-1-59-0", None),
                (2, 5, 7, "odd", "without a text", "post-60", None),
                (6, 1, 9, "no_time", "a statement", "s1", b"{}"),
            ],
        )
        connection.execute("INSERT INTO cursor VALUES (1, 'course-1', 'moodle', 'c')")
    connection.close()
    upgrade(url)
    store = SqlStore(url)
    with store.reading() as transaction:
        runs = {run.id: run for run in transaction.runs(COURSE)}
        problems = transaction.problems(COURSE, run=2)
        kept = transaction.quarantined()
        assert transaction.cursor(COURSE, MOODLE) == "c"
    store.close()
    assert {id_ for id_, run in runs.items() if run.full} == {1, 2, 4, 5, 6}
    assert (runs[3].state, runs[3].kept) == ("done", Kept(new=1, changed=2, same=3, gone=4, refused=5))
    about = [(one.problem.subject, one.problem.person, one.problem.activity) for one in problems]
    assert about == [
        ("17", "", ""),
        ("18", "", ""),
        ("17-58", "moodle-58", "17"),
        ("assign-1-59-0", "moodle-59", ""),
        ("post-60", "", ""),
    ]
    assert [(one.number, one.source, one.aside.subject, one.aside.text) for one in kept] == [
        (3, "lrs", "s1", b"{}"),
        (2, "moodle", "18", b"\xff"),
        (1, "moodle", "17", b"\xff"),
    ]
    again = set_aside(b"\xff", code="row_unreadable", reason="the row again", subject="17", place="17")
    assert (kept[2].aside, kept[2].first_run, kept[2].last_run, kept[2].last_at) == (again, 1, 2, 7)
    assert kept[0].aside == set_aside(b"{}", code="no_time", reason="a statement", subject="s1", record="s1")


def test_who_signed_in_before_there_were_launches_stays_signed_in(tmp_path: Path) -> None:
    """A session then lasted twelve hours from its beginning, however little it was used."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    upgrade(url, scripts=_up_to(tmp_path, "0002"))
    visitor = '{"person": "李", "roles": [["李", "coordinator", null]]}'
    end = 13 * HOUR
    connection = sqlite3.connect(_file(url))
    with connection:
        connection.execute("INSERT INTO session VALUES (1, 's', ?, ?)", (visitor, end))
        connection.execute("INSERT INTO sign_in_link VALUES (1, 'fresh', ?, ?, NULL)", (visitor, end))
        connection.execute("INSERT INTO sign_in_link VALUES (1, 'used', ?, ?, 5)", (visitor, end))
    connection.close()
    upgrade(url)
    li = Visitor(person="李", roles=(Grant(person="李", role="coordinator", course=None),))
    store = SqlStore(url)
    with store.writing() as transaction:
        assert transaction.session("s", at=end - 1) == Session(visitor=li, used_at=HOUR, idle=None)
        assert transaction.session("s", at=end) is None
        assert transaction.end_sessions(registration=1) == 0
        assert transaction.take_link("fresh", at=1) == li
        assert transaction.take_link("used", at=1) is None
    store.close()


def test_grades_sent_before_stand_in_the_one_column_of_their_course(tmp_path: Path) -> None:
    """Where there are two, nobody kept which."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    upgrade(url, scripts=_up_to(tmp_path, "0005"))
    connection = sqlite3.connect(_file(url))
    with connection:
        for number in (1, 2):
            address = f"https://moodle{number}.example"
            row = (number, address, "c", "active", *[f"{address}/x"] * 3, None, None, "", "", 1)
            connection.execute(f"INSERT INTO registration VALUES (1, {', '.join('?' * 12)})", row)  # noqa: S608
        for course, number, column in (
            ("one", 1, "items/1"),
            ("two", 1, "a"),
            ("two", 2, "b"),
            ("two", 1, None),
        ):
            place = (number, f"{course}-{column}", None, course, "1", None, column, None, "[]", "[]", 1, None)
            connection.execute(f"INSERT INTO platform_course VALUES (1, {', '.join('?' * 12)})", place)  # noqa: S608
        for course, person, state, sent, reason in (
            ("one", "p1", "sent", "7/2", None),
            ("one", "p2", "overridden", None, "the gradebook has 95.50"),
            ("two", "p1", "overridden", "1", "the gradebook has none any more"),
        ):
            grade = (course, person, "7/2", "", 5, state, 0, 0, sent, sent, None, reason, False)
            connection.execute(f"INSERT INTO outgoing_grade VALUES (1, {', '.join('?' * 13)})", grade)  # noqa: S608
    connection.close()
    upgrade(url)
    store = SqlStore(url)
    with store.reading() as transaction:
        found = {
            (one.course, one.person): one for course in ("one", "two") for one in transaction.outgoing(course)
        }
    store.close()
    assert {key: one.line_item for key, one in found.items()} == {
        ("one", "p1"): "items/1",
        ("one", "p2"): None,
        ("two", "p1"): None,
    }
    assert {key: one.found for key, one in found.items()} == {
        ("one", "p1"): None,
        ("one", "p2"): Fraction("95.5"),
        ("two", "p1"): None,
    }
    assert found["one", "p1"].sent == Fraction(7, 2)
    assert {one.held for one in found.values()} == {None}


def test_who_was_launched_before_launches_had_names_opens_the_tool_again(tmp_path: Path) -> None:
    """Nobody kept which sessions came of one launch, nor until when they might go on; others stay."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    upgrade(url, scripts=_up_to(tmp_path, "0006"))
    visitor = '{"person": "李", "roles": []}'
    connection = sqlite3.connect(_file(url))
    with connection:
        for digest, registration in (("launched", 1), ("signed in", None)):
            connection.execute(
                "INSERT INTO session VALUES (1, ?, ?, 100, 1, NULL, ?)", (digest, visitor, registration)
            )
            connection.execute(
                "INSERT INTO sign_in_link VALUES (1, ?, ?, 100, NULL, ?)", (digest, visitor, registration)
            )
    connection.close()
    upgrade(url)
    store = SqlStore(url)
    with store.writing() as transaction:
        assert transaction.session("launched", at=1) is None
        assert transaction.take_link("launched", at=1) is None
        assert transaction.session("signed in", at=1) is not None
        assert transaction.take_link("signed in", at=1) is not None
    store.close()


def test_an_upgrade_fills_the_scoreboards_of_cards_that_were_there_before(url: str, tmp_path: Path) -> None:
    _populate(url)
    _settle(url)
    old = blank_database(tmp_path / "old.db", on=engine_of(url))
    upgrade(old, scripts=_up_to(tmp_path, "0014"))
    _copy(url, old)
    upgrade(old)
    assert _boards(old) == _boards(url)
    assert _boards(old)["board_line"]
    forget(old)


def test_an_upgrade_makes_boards_anew_that_were_made_in_another_way(url: str) -> None:
    _populate(url)
    _settle(url)
    before = _boards(url)
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(update(tables.board_scope).values(making=0))
        connection.execute(update(tables.board_line).values(ordered=b"\0", body="{}"))
        connection.execute(update(tables.board_place).values(place=b"\0"))
        connection.execute(update(tables.board_count).values(n=99))
    engine.dispose()
    upgrade(url)
    assert _boards(url) == before


def test_an_upgrade_puts_disputes_in_the_order_of_what_is_due(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    upgrade(url, scripts=_up_to(tmp_path, "0022"))
    connection = sqlite3.connect(_file(url))
    steps = [(number, 1, "raised", 9 + number, until) for number, until in ((1, 90), (2, 70), (3, 80))]
    steps.append((3, 2, "answered", 20, 95))
    with connection:
        for number, waits in ((1, True), (2, True), (3, False)):
            connection.execute(
                "INSERT INTO proceeding (tenant, course, sort, number, person, waits, role, criterion)"
                " VALUES (1, 'c', 'dispute', ?, 'p', ?, 'learner', 'posts')",
                (number, waits),
            )
        for number, step, kind, at, until in steps:
            connection.execute(
                "INSERT INTO proceeding_step VALUES (1, 'c', 'dispute', ?, ?, ?, ?, 'p', ?)",
                (number, step, kind, at, f'{{"until":{until},"words":"?"}}'),
            )
    connection.close()
    upgrade(url)
    store = SqlStore(url)
    with store.reading() as transaction:
        part = transaction.dispute_part("c", Contesting(), waiting=False, first=0, rows=9)
        assert [(one.number, one.due_at, one.steps[-1].at) for one in part.disputes] == [
            (2, 70, 11),
            (1, 90, 10),
            (3, None, 20),
        ]
    with store.engine.connect() as connection_:
        kept = connection_.execute(select(tables.proceeding.c.due_at, tables.proceeding.c.told_at)).all()
        assert sorted(map(tuple, kept), key=str) == [(70, 11), (90, 10), (None, 20)]
    store.close()


def _copy(url: str, older: str) -> None:
    """All rows, as far as both databases have tables and columns for them."""
    source, target, there = open_engine(url), open_engine(older), MetaData()
    there.reflect(target)
    with source.connect() as reading, target.begin() as writing:
        for table in there.sorted_tables:
            now = tables.metadata.tables.get(table.name, table)
            both = [column for column in table.columns if column.name in now.columns]
            rows = reading.execute(select(*both)).mappings().all()
            if rows and table.name not in ("tenant", "alembic_version"):
                writing.execute(insert(table), [dict(row) for row in rows])
    source.dispose()
    target.dispose()


def _settle(url: str) -> None:
    store = SqlStore(url)
    with store.writing() as transaction:
        transaction.settle_boards(COURSE)
    store.close()


def _boards(url: str) -> dict[str, set[tuple[object, ...]]]:
    """All of the boards, but the versions, which are drawn."""
    rows = {name: rows for name, rows in _rows(url).items() if name.startswith("board_")}
    scopes = {(*row[:6], *row[7:]) for row in rows["board_scope"]}
    return {**rows, "board_scope": scopes}


def test_a_database_that_is_up_to_date_is_ready(url: str) -> None:
    engine = open_engine(url)
    check(engine)
    engine.dispose()


@pytest.mark.parametrize("on", ENGINES)
def test_an_empty_database_is_not_ready_and_says_what_to_run(tmp_path: Path, on: str) -> None:
    blank = blank_database(tmp_path / "empty.db", on=on)
    engine = open_engine(blank)
    with pytest.raises(StoreNotReady, match="lms-scoring db upgrade"):
        check(engine)
    engine.dispose()
    forget(blank)


def test_a_database_of_a_newer_program_is_left_alone(url: str, tmp_path: Path) -> None:
    upgrade(url, scripts=_with_a_later_version(tmp_path))
    engine = open_engine(url)
    with pytest.raises(StoreNotReady, match="newer version"):
        check(engine)
    engine.dispose()
    with pytest.raises(StoreNotReady, match="newer version"):
        upgrade(url)


def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    upgrade(f"sqlite:///{tmp_path / 'not' / 'yet' / '100 % new.db'}")
    assert (tmp_path / "not" / "yet" / "100 % new.db").is_file()


def _populate(url: str) -> None:
    store = SqlStore(url)
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [post("p1"), homework("课程作业", 2)], run=run)
        transaction.keep_events(LRS, [event("e1"), event("e2", 2)])
        transaction.keep_statements(LRS, [statement("s1")])
        transaction.keep_voided(LRS, ["e2"])
        transaction.keep_scorecard(COURSE, packed(card(LI)), at=3)
    store.close()


def _with_a_later_version(folder: Path, *, also: str = "") -> Path:
    scripts = folder / "migrations"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    heads = sorted(path.name[:4] for path in (scripts / "versions").glob("0*.py"))
    text = dedent(LATER).format(head=heads[-1], also=also)
    (scripts / "versions" / "later.py").write_text(text, encoding="utf-8")
    return scripts


def _up_to(folder: Path, version: str) -> Path:
    """The migrations as an earlier program had them."""
    scripts = folder / f"migrations-{version}"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (scripts / "versions").glob("0*.py"):
        if path.name[:4] > version:
            path.unlink()
    return scripts


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _rows(url: str) -> dict[str, set[tuple[object, ...]]]:
    engine = open_engine(url)
    with engine.connect() as connection:
        found = {
            name: {tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')}  # noqa: S608
            for name in inspect(connection).get_table_names()
        }
    engine.dispose()
    return found


def _described(url: str) -> dict[str, list[str]]:
    """What makes each table and index, line by line, whatever their order."""
    return _statements(_file(url)) if engine_of(url) == "sqlite" else _catalogue(url)


def _catalogue(url: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with psycopg.connect(url) as connection:
        for question in (COLUMNS, CONSTRAINTS, INDEXES):
            for table, line in connection.execute(question):
                found.setdefault(table, []).append(line)
    return {table: sorted(lines) for table, lines in found.items() if table != "alembic_version"}


def _statements(path: Path) -> dict[str, list[str]]:
    """The lines that make each table and index; a rebuilt table has quotes and may have another order."""
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {
            name: sorted(line.strip(" \t,").replace('"', "") for line in sql.splitlines())
            for name, sql in rows
            if name != "alembic_version"
        }
    finally:
        connection.close()
