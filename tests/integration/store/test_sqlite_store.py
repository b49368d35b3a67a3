"""What is SQLite's own: settings of a connection, locks, a full disk, the way it reads."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import event as sql_event

from lms_scoring.domain.errors import StoreError
from lms_scoring.store import SqlStore, tables
from lms_scoring.store.databases.dialect import kind_of
from lms_scoring.store.databases.engine import open_engine
from lms_scoring.store.evidence.queries import told_of
from lms_scoring.store.migrations import upgrade
from tests.contract.story import (
    COURSE,
    LI,
    LRS,
    MOODLE,
    WANG,
    class_a,
    event,
    post,
    records_of,
)
from tests.fixtures.databases import empty_database


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Of a file."""
    return empty_database(tmp_path / "store.db")


def test_connections_write_ahead_sync_fully_wait_and_check_keys(store: SqlStore) -> None:
    with store.engine.connect() as connection:
        said = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    assert said == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 10_000, "foreign_keys": 1}


def test_what_is_removed_is_overwritten_though_the_library_was_built_otherwise(url: str) -> None:
    engine = open_engine(url)
    sql_event.listen(
        engine, "connect", lambda made, _: made.execute("PRAGMA secure_delete = OFF"), insert=True
    )
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
    engine.dispose()


def test_locks_lie_beside_the_file_of_the_database(tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    store = SqlStore(f"sqlite:///{tmp_path / 'scores.db'}")
    with store.locks(folder).held("a"):
        assert [path.name for path in tmp_path.iterdir()] == ["scores.db.a.lock"]


def test_locks_of_a_database_in_memory_lie_in_the_folder_for_them(tmp_path: Path) -> None:
    with SqlStore("sqlite://").locks(tmp_path).held("a"):
        assert [path.name for path in tmp_path.iterdir()] == ["lms-scoring.a.lock"]


def test_the_files_of_a_database_are_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    file = tmp_path / "new" / "scores.sqlite"
    before = os.umask(0)
    try:
        upgrade(f"sqlite:///{file}")
        store = SqlStore(f"sqlite:///{file}")
        with store.writing() as transaction:
            transaction.keep_cursor(COURSE, LRS, "1")
        modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in file.parent.iterdir()}
        store.close()
    finally:
        os.umask(before)
    assert modes == dict.fromkeys([file.name, f"{file.name}-wal", f"{file.name}-shm"], 0o600)
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_database_that_stays_locked_is_said_to_be_so(url: str) -> None:
    impatient = _store_with(url, "PRAGMA busy_timeout = 0")
    other = sqlite3.connect(_file(url), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked by another program"), impatient.writing():
        pass
    with impatient.reading() as transaction:
        assert list(transaction.courses()) == []
    other.close()
    with impatient.writing() as transaction:
        transaction.keep_cursor(COURSE, LRS, "1")
    impatient.close()


def test_a_full_disk_stores_nothing_of_the_step_and_loses_nothing(url: str) -> None:
    full = _store_with(url, "PRAGMA max_page_count = 80")
    with full.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [post("p1")], run=run)
    with pytest.raises(StoreError, match="make room"), full.writing() as transaction:
        transaction.keep_records(COURSE, MOODLE, [post("p2")], run=run)
        transaction.keep_events(LRS, [event(f"e{n}") for n in range(50_000)])
    assert [record.id for record in records_of(full)] == ["p1"]
    full.close()


def test_a_database_that_may_only_be_read_is_told_with_what_to_do(url: str) -> None:
    closed = _store_with(url, "PRAGMA query_only = ON")
    whose = "belong to the user that this program runs as"
    with pytest.raises(StoreError, match=whose), closed.writing() as transaction:
        transaction.keep_cursor(COURSE, LRS, "1")
    closed.close()


def test_a_folder_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    nowhere = SqlStore(f"sqlite:///{tmp_path / 'nowhere' / 'store.db'}")
    with pytest.raises(StoreError, match="folder"), nowhere.reading():
        pass


def test_however_many_people_are_asked_for_the_events_are_read_through_once(store: SqlStore) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_events(LRS, [event(f"e{n}", 1 + n % 3) for n in range(300)])
    with store.reading() as transaction:
        assert len(list(transaction.evidence_of(COURSE, [LI.id, WANG.id]))) == 2
        kind, connection = kind_of(store.engine), transaction.connection  # type: ignore[attr-defined]
        told, names, _ = kind.words.said(told_of(kind.wanted, tables.watch_event, all_hold=True))
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {told}", tuple("1" for _ in names))
        steps = [row[3] for row in plan if row[3].startswith(("SEARCH", "SCAN"))]
    assert steps == [
        "SEARCH watch_event USING PRIMARY KEY (tenant=? AND source=?)",
        "SEARCH wanted USING PRIMARY KEY (question=? AND account=?)",
    ]


def _store_with(url: str, pragma: str) -> SqlStore:
    """A store on connections with one more setting."""
    engine = open_engine(url)

    @sql_event.listens_for(engine, "connect")
    def prepare(connection, _entry):  # type: ignore[no-untyped-def]
        connection.execute(pragma)

    return SqlStore(engine)


def _file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))
