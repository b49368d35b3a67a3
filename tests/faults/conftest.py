"""A database of one's own, of each kind, a filled school in one, and a course that changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.store import SqlStore
from tests.contract.conftest import new_store
from tests.faults.scene import Scene, scene
from tests.fixtures.databases import ENGINES, empty_database, forget
from tests.integration.web.school import fill_school

__all__ = ["new_store"]


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    address = empty_database(tmp_path / "store.db", on=request.param)
    yield address
    forget(address)


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    """A store on it."""
    opened = SqlStore(url)
    yield opened
    opened.close()


@pytest.fixture(params=ENGINES)
def filled_school(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a school that is filled and scored."""
    address = fill_school(tmp_path / "school.sqlite", on=request.param)
    yield address
    forget(address)


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Scene]:
    """One whose platform may be changed; nothing is synced."""
    folder = tmp_path / "course"
    folder.mkdir()
    with scene(folder) as ours:
        yield ours
