"""Parquet files for whoever analyses years of evidence, written row by row (extra `parquet`).

DuckDB writes them: it reads the rows from a pipe as they come, so that memory never holds them all.
"""

from __future__ import annotations

import json
import os
import stat
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from lms_scoring.domain.errors import ExportError
from lms_scoring.private_file import begun

_ROWS = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_SETTINGS = {
    "threads": 1,
    "memory_limit": "256MB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


class ParquetFile:
    """A file that is being written, for its owner alone; it is there once the block is left normally, and not
    at all otherwise.

    `columns` are DuckDB's types by name. Raises ExportError.
    """

    def __init__(self, path: Path, columns: Mapping[str, str]) -> None:
        self.path = path
        self.rows = 0
        self._names = tuple(columns)
        self._columns = columns
        self._part = path.with_name(f"{path.name}.part")
        self._failure: Exception | None = None

    def __enter__(self) -> ParquetFile:
        duckdb = _duckdb()
        reading, writing = os.pipe()
        self._rows = os.fdopen(writing, "w", encoding="utf-8", buffering=1 << 16)
        self._writer = threading.Thread(target=self._write, args=(duckdb, reading), daemon=True)
        self._writer.start()
        return self

    def add(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Rows in the order of the columns."""
        try:
            for row in rows:
                self._rows.write(_ROWS(dict(zip(self._names, row, strict=True))) + "\n")
                self.rows += 1
        except BrokenPipeError as error:
            self._writer.join()
            raise self._error() from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._rows.close()
        except BrokenPipeError:
            self._failure = self._failure or BrokenPipeError()
        self._writer.join()
        if kind is not None:
            self._part.unlink(missing_ok=True)
        elif self._failure is not None:
            self._part.unlink(missing_ok=True)
            raise self._error() from self._failure
        else:
            if self.path.exists():  # who may read it stays
                self._part.chmod(stat.S_IMODE(self.path.stat().st_mode))
            self._part.replace(self.path)

    def _write(self, duckdb: Any, reading: int) -> None:
        columns = ", ".join(f"'{name}': '{kind}'" for name, kind in self._columns.items())
        target = str(self._part).replace("'", "''")
        told = f"read_json('/dev/fd/{reading}', format='newline_delimited', auto_detect=false, "
        try:
            self._part.unlink(missing_ok=True)
            os.close(begun(self._part))
            with duckdb.connect(config=_SETTINGS) as connection:
                connection.execute(
                    f"COPY (SELECT * FROM {told} columns={{{columns}}})) "  # noqa: S608 # our own words
                    # into the file that is there, and none beside it that others could read
                    f"TO '{target}' (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)"
                )
        except (duckdb.Error, OSError) as error:
            self._failure = error
        finally:
            os.close(reading)

    def _error(self) -> ExportError:
        return ExportError(
            f"{self.path} could not be written; check that its folder exists and has room "
            f"({type(self._failure).__name__})"
        )


def _duckdb() -> Any:
    try:
        import duckdb  # noqa: PLC0415 # an extra, and ten times as large as all else that a sync loads
    except ModuleNotFoundError as error:
        raise ExportError(
            "Parquet files need more than is installed here: install `lms-scoring[parquet]`"
        ) from error
    return duckdb
