"""Fresh databases for tests of what is SQLite's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.store import SqlStore
from tests.fixtures.databases import empty_database


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a database at this program's version."""
    return empty_database(tmp_path / "store.db")


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    """A store on it."""
    opened = SqlStore(url)
    yield opened
    opened.close()
