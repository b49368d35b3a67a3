"""Fresh databases for tests of what is a database's own, of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.store import SqlStore
from tests.fixtures.databases import ENGINES, empty_database, forget


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database at this program's version."""
    address = empty_database(tmp_path / "store.db", on=request.param)
    yield address
    forget(address)


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    """A store on it."""
    opened = SqlStore(url)
    yield opened
    opened.close()
