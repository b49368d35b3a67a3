"""An installation on PostgreSQL: a worker syncs and scores what a command asks for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from lms_scoring.bootstrap import installation
from lms_scoring.cli.serving import pages_alone
from lms_scoring.demonstration.running import RunningPlatform
from lms_scoring.domain.errors import StoreError
from lms_scoring.engines import engine_in, worker_of
from tests.fixtures.courses.installed import Site, environment
from tests.fixtures.courses.typed import typed
from tests.fixtures.databases import empty_database, forget
from tests.waiting import until

COURSE = "lc2024"


@pytest.fixture
def on_server(platform: RunningPlatform, tmp_path: Path) -> Iterator[Site]:
    """The course is set up, and nothing is synced."""
    url = empty_database(tmp_path, on="postgres")
    settings = {**environment(platform, tmp_path), "LMS_SCORING_DATABASE_URL": url}
    site = Site(installation(settings, working_folder=tmp_path), settings, tmp_path)
    site.adopt(COURSE)
    with site.here():
        yield site
    forget(url)


def test_a_worker_does_what_another_process_asks_for_and_all_that_follows(on_server: Site) -> None:
    assert engine_in(on_server.installation) is None  # pages only call
    worker = worker_of(on_server.installation)
    assert worker.start()
    assert typed("jobs", "sync-now", COURSE).exit_code == 0
    until(lambda: len(on_server.cards(COURSE)) == 12)
    until(lambda: typed("jobs", "list").stdout.startswith("waiting: nothing"))
    assert "the jobs run" in typed("jobs", "list").stdout
    assert worker.stop()


def test_sync_now_on_a_page_of_a_web_server_is_called_to_workers_within_its_transaction(
    on_server: Site,
) -> None:
    visitor = pages_alone(on_server.installation).test_client()
    (sign_in,) = re.findall(r"/sign-in/\S+", typed("admin", "link").stdout)
    assert visitor.post(sign_in).status_code == 303
    page = visitor.get(f"/courses/{COURSE}/sync").text
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    assert calls(on_server) == set()
    assert visitor.post(f"/courses/{COURSE}/sync", data={"token": token[1]}).status_code == 303
    assert calls(on_server) == {"pull"}


def calls(site: Site) -> set[str]:
    """The jobs that wait for workers."""
    with site.installation.store.engine.connect() as connection:
        return set(connection.execute(text("SELECT task_name FROM procrastinate_jobs")).scalars())


def test_there_are_no_workers_on_sqlite(here: Site) -> None:
    with pytest.raises(StoreError, match="`lms-scoring serve` runs the jobs in one process"):
        worker_of(here.installation)
    assert typed("worker").exit_code == 1
