"""Parquet files: exact, whole or not there at all."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from lms_scoring.domain.errors import ExportError
from lms_scoring.exports.parquet_file import ParquetFile

COLUMNS = {"id": "VARCHAR", "at": "BIGINT", "told": "BOOLEAN"}
ROWS = [
    ("a", 2**63 - 1, True),
    ("", -(2**63), False),
    (None, None, None),
    ('张三 "q"\n\\ \x01 🎓', 2**53 + 1, True),
]


def read(path: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall()


def test_every_value_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "it's.parquet"
    with ParquetFile(path, COLUMNS) as file:
        file.add(ROWS[:2])
        file.add(iter(ROWS[2:]))
    assert read(path) == ROWS
    assert file.rows == 4
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_a_file_is_its_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    before = os.umask(0)
    try:
        with ParquetFile(path, COLUMNS) as file:
            file.add(ROWS)
            seen = {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert seen <= {0o600}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_replaced_keeps_who_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.touch()
    path.chmod(0o640)
    with ParquetFile(path, COLUMNS) as file:
        file.add(ROWS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_file_of_no_rows_has_its_columns(tmp_path: Path) -> None:
    with ParquetFile(tmp_path / "none.parquet", COLUMNS):
        pass
    with duckdb.connect() as connection:
        path = str(tmp_path / "none.parquet")
        told = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [path]).fetchall()
    assert {name: kind for name, kind, *_ in told} == COLUMNS


def test_what_breaks_off_leaves_what_was_there_before(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    with ParquetFile(path, COLUMNS) as file:
        file.add(ROWS)
    with pytest.raises(ZeroDivisionError), ParquetFile(path, COLUMNS) as file:
        file.add(ROWS[:1])
        _ = 1 // 0
    assert read(path) == ROWS
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("rows", [1, 200_000])
def test_a_folder_that_is_not_there_is_said_so_however_much_there_is(tmp_path: Path, rows: int) -> None:
    with (
        pytest.raises(ExportError, match="folder exists"),
        ParquetFile(tmp_path / "nowhere" / "a.parquet", COLUMNS) as file,
    ):
        file.add(ROWS[0] for _ in range(rows))


def test_without_the_library_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with (
        pytest.raises(ExportError, match=r"lms-scoring\[parquet\]"),
        ParquetFile(tmp_path / "a.parquet", COLUMNS),
    ):
        pass
