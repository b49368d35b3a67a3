"""Fresh databases for tests of what is a database's own, of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lms_scoring.store import SqlStore
from tests.fixtures.a_full_life import live_fully
from tests.fixtures.databases import ENGINES, blank_database, empty_database, forget
from tests.fixtures.postgres import server
from tests.integration.store.copies import copied, opened, sealing


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


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the life's database, and of the key that seals its keys."""
    return tmp_path_factory.mktemp("life")


@pytest.fixture(scope="session")
def lived(home: Path) -> str:
    """The address of a database with something in every table; to be copied, and never to be written to."""
    url = empty_database(home / "lived.db")
    with opened(url, home) as store:
        live_fully(store, sealing(home))
    return url


@pytest.fixture(scope="session")
def on_server(lived: str) -> Iterator[str]:
    """A copy of it on a server."""
    url = server().blank_database()
    copied(lived, url)
    yield url
    forget(url)


@pytest.fixture
def blank(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Makes a database of a kind with nothing in it, not even tables; its address."""
    made: list[str] = []

    def make(kind: str) -> str:
        made.append(blank_database(tmp_path / f"new{len(made)}.db", on=kind))
        return made[-1]

    yield make
    for url in made:
        forget(url)
