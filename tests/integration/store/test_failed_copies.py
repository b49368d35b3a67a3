"""A copy that cannot be made leaves nothing, and says what failed and where."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect

from lms_scoring.domain.errors import StoreError
from lms_scoring.store.copies.copying import CopiedSoFar, copy_database
from lms_scoring.store.databases.engine import open_engine
from lms_scoring.store.migrations import upgrade
from lms_scoring.store.tables import metadata
from tests.fixtures.databases import KINDS
from tests.fixtures.postgres import server
from tests.integration.store.copies import EMPTY, change, copied, rows_of
from tests.integration.store.migrating import file_of, with_a_later_version

LAST = metadata.sorted_tables[-1].name


@pytest.mark.parametrize("to", KINDS)
def test_a_database_with_rows_is_refused_and_left_alone(
    lived: str, blank: Callable[[str], str], to: str
) -> None:
    new = blank(to)
    upgrade(new)
    change(new, "INSERT INTO heartbeat VALUES (1, 'scheduler', 7)")
    before = rows_of(new)
    with pytest.raises(StoreError, match="it is not empty: there are rows in heartbeat"):
        copied(lived, new)
    assert rows_of(new) == before


@pytest.mark.parametrize("to", KINDS)
def test_a_database_of_another_institution_is_refused(
    lived: str, blank: Callable[[str], str], to: str
) -> None:
    new = blank(to)
    upgrade(new)
    change(new, "INSERT INTO tenant VALUES (2, 'another')")
    with pytest.raises(StoreError, match="there are rows in tenant"):
        copied(lived, new)


def test_a_database_of_a_newer_program_is_refused(
    lived: str, blank: Callable[[str], str], tmp_path: Path
) -> None:
    new = blank("sqlite")
    upgrade(new, scripts=with_a_later_version(tmp_path))
    with pytest.raises(StoreError, match="made by a newer version"):
        copied(lived, new)


def test_a_database_is_not_copied_onto_itself(lived: str, on_server: str) -> None:
    file = file_of(lived)
    for old, new in (
        (lived, f"sqlite:///{file.parent}/../{file.parent.name}/{file.name}"),
        (on_server, on_server.replace("postgres@", "postgres:password@")),
    ):
        with pytest.raises(StoreError, match="the new address is that of the old database"):
            copied(old, new)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("sqlite:///file:a?uri=true", "must name a file"),
        ("mysql://u:p4ssword@h/d", "write the new address as sqlite:///"),
        ("no address", "write the new address as sqlite:///"),
    ],
)
def test_an_address_of_no_lasting_database_is_refused(lived: str, address: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as refused:
        copied(lived, address)
    assert "p4ssword" not in str(refused.value)


def test_a_database_that_is_not_there_is_named_as_the_new_one(lived: str) -> None:
    with pytest.raises(
        StoreError, match="the new database, when it was opened: the database that the new address names does"
    ):
        copied(lived, server().url("nowhere"))


@pytest.mark.parametrize("to", KINDS)
def test_when_a_row_cannot_be_written_nothing_is_there_and_the_table_is_named(
    lived: str, blank: Callable[[str], str], to: str
) -> None:
    new = blank(to)
    upgrade(new)
    change(new, *refusing(to, "RAISE(ABORT, 'no')", "RAISE SQLSTATE '53100'"))
    with pytest.raises(StoreError, match=f"the new database, table {LAST}: .*; nothing was copied"):
        copied(lived, new)
    assert rows_of(new) == EMPTY


@pytest.mark.parametrize("to", KINDS)
def test_when_rows_did_not_arrive_nothing_is_there(lived: str, blank: Callable[[str], str], to: str) -> None:
    new = blank(to)
    upgrade(new)
    change(new, *refusing(to, "RAISE(IGNORE)", "RETURN NULL"))
    with pytest.raises(
        StoreError, match=rf"of the (\d+) rows of the table {LAST}, \1 were read and 0 are there"
    ):
        copied(lived, new)
    assert rows_of(new) == EMPTY


@pytest.mark.parametrize("to", KINDS)
def test_a_value_that_its_column_is_not_for_is_told_by_its_place_and_nothing_is_there(
    lived: str, home: Path, blank: Callable[[str], str], to: str, tmp_path: Path
) -> None:
    """SQLite keeps a text in a column of numbers."""
    old = _changed(lived, tmp_path, "UPDATE trouble SET failures = '张三'")
    new = blank(to)
    told = "the old database, table trouble: the column failures has a value that is str, not int"
    with pytest.raises(StoreError, match=told) as refused:
        copied(old, new)
    assert "张三" not in str(refused.value)
    assert is_blank(new)


@pytest.mark.parametrize(("to", "where"), [("sqlite", "when its rows were counted"), ("postgres", "table ")])
def test_a_row_without_what_it_refers_to_is_told_and_nothing_is_there(
    lived: str, blank: Callable[[str], str], tmp_path: Path, to: str, where: str
) -> None:
    """SQLite looks at that only where it is asked to."""
    old = _changed(lived, tmp_path, "DELETE FROM scheme")
    new = blank(to)
    with pytest.raises(StoreError, match=f"the new database, {where}.*course.*; nothing was copied"):
        copied(old, new)
    assert is_blank(new)


def test_a_file_that_was_made_for_a_copy_goes_with_it_when_it_is_broken_off(
    lived: str, tmp_path: Path
) -> None:
    def stop(_: CopiedSoFar) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_database(lived, f"sqlite:///{tmp_path / 'new.db'}", watching=stop)
    assert list(tmp_path.iterdir()) == []


def _changed(url: str, folder: Path, statement: str) -> str:
    """The address of a copy of the file, in which somebody changed something."""
    file = folder / "changed.db"
    with closing(sqlite3.connect(file_of(url))) as ours, closing(sqlite3.connect(file)) as theirs:
        ours.backup(theirs)
        theirs.execute(statement)
        theirs.commit()
    return f"sqlite:///{file}"


def is_blank(url: str) -> bool:
    """Whether it has no tables."""
    engine = open_engine(url)
    names = inspect(engine).get_table_names()
    engine.dispose()
    return not names


def refusing(kind: str, on_sqlite: str, on_server: str) -> list[str]:
    """What makes the last table do something else with rows than to take them."""
    if kind == "sqlite":
        return [f"CREATE TRIGGER odd BEFORE INSERT ON {LAST} BEGIN SELECT {on_sqlite}; END"]
    return [
        f"CREATE FUNCTION odd() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {on_server}; END $$",
        f"CREATE TRIGGER odd BEFORE INSERT ON {LAST} FOR EACH ROW EXECUTE FUNCTION odd()",
    ]
