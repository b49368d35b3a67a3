"""The workers' queue is of the version of its package that works with it, whichever made it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from procrastinate import App, SyncPsycopgConnector
from procrastinate.schema import SchemaManager

from lms_scoring.jobs.queue_tables import prepare_queue
from lms_scoring.store import SqlStore
from tests.contract.engines import Notes, call, jobs_of, wake
from tests.contract.test_engines import distributed
from tests.fixtures.postgres import server
from tests.waiting import until

OBJECTS = """
SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'c', 'S', 'i') AND relname LIKE 'procrastinate%'
UNION ALL SELECT oid::regprocedure::text FROM pg_proc WHERE proname LIKE 'procrastinate%'
UNION ALL SELECT typname::text FROM pg_type WHERE typname LIKE 'procrastinate%'
UNION ALL SELECT tgname::text FROM pg_trigger WHERE tgname LIKE 'procrastinate%'
ORDER BY 1
"""
MIGRATIONS = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))


@pytest.fixture
def url() -> Iterator[str]:
    made = server().empty_database()
    yield made
    server().drop(made)


def prepared(url: str) -> None:
    app = App(connector=SyncPsycopgConnector(conninfo=url))
    with app.open():
        prepare_queue(app)


def asked(url: str, question: Any) -> list[Any]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute(question).fetchall()]


def of_an_older_version(url: str, last: str) -> None:
    """What the package made until that migration, with something that waits in it."""
    with psycopg.connect(url, autocommit=True) as connection:
        for migration in MIGRATIONS:
            if migration.name < last:
                connection.execute(migration.read_bytes())
        connection.execute("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('note', 'note')")


@pytest.mark.parametrize("last", ["03.03", "03.00", "02"])
def test_a_queue_of_an_older_version_is_made_anew_whole(url: str, last: str) -> None:
    fresh = server().empty_database()
    prepared(fresh)
    of_an_older_version(url, last)
    assert asked(url, OBJECTS) != asked(fresh, OBJECTS)
    prepared(url)
    assert asked(url, OBJECTS) == asked(fresh, OBJECTS)
    assert asked(url, "SELECT count(*) FROM procrastinate_jobs") == [0]
    server().drop(fresh)


def test_what_waits_in_a_queue_of_this_version_stays(url: str) -> None:
    prepared(url)
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('note', 'note')")
    prepared(url)
    assert asked(url, "SELECT count(*) FROM procrastinate_jobs") == [1]


def test_our_own_tables_stay_as_they_are(url: str) -> None:
    ours = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^procrastinate'"
    before = asked(url, ours)
    of_an_older_version(url, "03.00")
    prepared(url)
    assert asked(url, ours) == before
    assert before > [40]


def test_a_worker_begins_on_a_queue_of_an_older_version(url: str) -> None:
    of_an_older_version(url, "03.00")
    store, notes = SqlStore(url), Notes()
    with distributed(store, jobs_of(notes)):
        wake(store, call("note", "one"))
        until(lambda: notes.done == ["one"])
    store.close()
