"""Migrations make exactly the tables that the program knows, and keep what is in them."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from lms_scoring.domain.errors import StoreError, StoreNotReady
from lms_scoring.store.databases.engine import open_engine
from lms_scoring.store.migrations import check, upgrade
from lms_scoring.store.tables import metadata
from lms_scoring.store.tables.statements import ONLY_ON
from tests.fixtures.databases import ENGINES, blank_database, engine_of, forget
from tests.integration.store.migrating import file_of, populate, rows_of, with_a_later_version

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

        def is_here(item: Any, _name: str | None, _kind: str, _reflected: bool, _other: object) -> bool:
            return item.info.get(ONLY_ON) in (None, connection.dialect.name)

        opts = {"compare_server_default": True, "include_object": is_here}
        context = MigrationContext.configure(connection, opts=opts)
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
    populate(url)
    before = rows_of(url)
    upgrade(url)
    assert rows_of(url) == before
    assert any("课程作业" in row for row in before["evidence"])


def test_an_upgrade_keeps_what_is_stored(url: str, tmp_path: Path) -> None:
    populate(url)
    before = rows_of(url)
    upgrade(url, scripts=with_a_later_version(tmp_path))
    after = rows_of(url)
    assert before["person"] == {row[:-1] for row in after["person"]}
    assert before["watch_event"] == {row[:-1] for row in after["watch_event"]}
    unchanged = before.keys() - {"person", "watch_event", "alembic_version"}
    assert {name: before[name] for name in unchanged} == {name: after[name] for name in unchanged}
    assert before["evidence"]


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(url: str, tmp_path: Path) -> None:
    populate(url)
    before = rows_of(url)
    scripts = with_a_later_version(tmp_path, also='op.execute("SELECT no_such_thing()")')
    with pytest.raises(StoreError, match="nothing of this step was stored"):
        upgrade(url, scripts=scripts)
    assert rows_of(url) == before


def test_an_upgrade_that_would_orphan_rows_is_refused(url: str, tmp_path: Path) -> None:
    populate(url)
    before = rows_of(url)
    with pytest.raises(StoreError, match=r"nothing (was changed|of this step was stored)"):
        upgrade(url, scripts=with_a_later_version(tmp_path, also='op.execute("DELETE FROM person")'))
    assert rows_of(url) == before


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
    upgrade(url, scripts=with_a_later_version(tmp_path))
    engine = open_engine(url)
    with pytest.raises(StoreNotReady, match="newer version"):
        check(engine)
    engine.dispose()
    with pytest.raises(StoreNotReady, match="newer version"):
        upgrade(url)


def test_the_folder_of_a_new_database_is_made(tmp_path: Path) -> None:
    upgrade(f"sqlite:///{tmp_path / 'not' / 'yet' / '100 % new.db'}")
    assert (tmp_path / "not" / "yet" / "100 % new.db").is_file()


def _described(url: str) -> dict[str, list[str]]:
    """What makes each table and index, line by line, whatever their order."""
    return _statements(file_of(url)) if engine_of(url) == "sqlite" else _catalogue(url)


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
