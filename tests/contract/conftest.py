"""The stores that every test of the contract runs against."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert

from lms_scoring.ports import Locks, RingingStore
from lms_scoring.store import SqlStore
from lms_scoring.store.databases.engine import open_engine
from lms_scoring.store.databases.file_locks import FileLocks
from lms_scoring.store.databases.locks import AdvisoryLocks
from lms_scoring.store.tables import tenant
from tests.contract.six_learners import school
from tests.fakes.locks import MemoryLocks
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.databases import ENGINES, blank_database, empty_database, forget

NewStore = Callable[[], RingingStore]
TwoSides = tuple[Locks, Locks]
"""The same names, as two processes of an installation have them."""


@pytest.fixture(scope="session", params=["memory", *ENGINES])
def new_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewStore]:
    """Makes empty stores; for tests that want many.

    Those of one kind of database are institutions of one database, so that every test is also one of their
    not seeing each other.
    """
    if request.param == "memory":
        yield MemoryStore
        return
    engine = open_engine(empty_database(tmp_path_factory.mktemp("contract") / "store.db", on=request.param))
    if request.param == "sqlite":
        event.listen(engine, "connect", _without_syncing)
    numbers = count(start=2)

    def make() -> RingingStore:
        number = next(numbers)
        with engine.begin() as connection:
            connection.execute(insert(tenant).values(id=number, name=f"institution {number}"))
        return SqlStore(engine, tenant=number, digest_keys=lambda _make: [b"of digests"])

    yield make
    engine.dispose()


@pytest.fixture(params=["memory", "files", "postgres"])
def sides(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TwoSides]:
    """Locks of each kind."""
    if request.param == "memory":
        locks = MemoryLocks()
        yield locks, locks
    elif request.param == "files":
        yield FileLocks(tmp_path / "scores.db"), FileLocks(tmp_path / "scores.db")
    else:
        url = blank_database(tmp_path, on="postgres")
        engine = open_engine(url)
        two = AdvisoryLocks(engine), AdvisoryLocks(engine)
        yield two
        for locks_of_one in two:
            locks_of_one.close()
        engine.dispose()
        forget(url)


@pytest.fixture
def store(new_store: NewStore) -> RingingStore:
    """An empty store."""
    return new_store()


@pytest.fixture
def filled(store: RingingStore) -> RingingStore:
    """A store with the boards of six learners."""
    with store.writing() as transaction:
        school(transaction)
    return store


def _without_syncing(connection: Any, _entry: object) -> None:
    """Waiting for the disk would be most of the time of thousands of small transactions."""
    connection.execute("PRAGMA synchronous = OFF")
