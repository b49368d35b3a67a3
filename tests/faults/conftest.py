"""A database of one's own, and a filled school."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.store import SqlStore
from tests.fixtures.databases import empty_database
from tests.integration.web.school import fill_school


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of an empty database."""
    return empty_database(tmp_path / "store.db")


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    """A store on it."""
    opened = SqlStore(url)
    yield opened
    opened.close()


@pytest.fixture
def filled_school(tmp_path: Path) -> Path:
    """The file of a school that is filled and scored."""
    file = tmp_path / "school.sqlite"
    fill_school(file)
    return file
