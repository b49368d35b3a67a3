"""The stores that every test of the contract runs against."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from lms_scoring.ports import Store
from lms_scoring.store import SqlStore
from lms_scoring.store.migrations import upgrade
from tests.fakes.memory_store import MemoryStore

NewStore = Callable[[], Store]


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file as `db upgrade` makes it; to be copied, never written to."""
    path = tmp_path_factory.mktemp("empty") / "store.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session", params=["memory", "sqlite"])
def new_store(
    request: pytest.FixtureRequest, empty_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[NewStore]:
    """Makes empty stores; for tests that want many."""
    if request.param == "memory":
        yield MemoryStore
        return
    folder = tmp_path_factory.mktemp("stores")
    numbers = count()
    opened: list[SqlStore] = []

    def make() -> Store:
        path = folder / f"{next(numbers)}.db"
        shutil.copyfile(empty_database, path)
        opened.append(SqlStore(f"sqlite:///{path}"))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def store(new_store: NewStore) -> Store:
    """An empty store."""
    return new_store()
