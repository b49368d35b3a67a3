"""Copies an SQLite database while it is being used, whole and of one moment."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from lms_scoring.domain.errors import StoreError, StoreNotReady


def back_up(url: str, file: Path) -> None:
    """Writes the database to a new file that only its owner may read. What exists is never overwritten.

    Raises StoreNotReady where there is no database, StoreError where it cannot be copied.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        raise StoreError("a PostgreSQL database is backed up by its own tool: pg_dump --format=custom")
    if address.database is None or not Path(address.database).exists():
        raise StoreNotReady(f"there is no database {address.database} to back up")
    try:
        file.touch(mode=0o600, exist_ok=False)
    except FileExistsError as error:
        raise StoreError(f"{file} is there already and is left as it is; name another file") from error
    try:
        with closing(sqlite3.connect(address.database)) as source, closing(sqlite3.connect(file)) as copy:
            source.backup(copy)
    except sqlite3.Error as error:
        file.unlink()
        raise StoreError(f"the backup could not be written, and nothing is left of it: {error}") from error
