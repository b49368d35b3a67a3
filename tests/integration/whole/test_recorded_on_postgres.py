"""The recorded course on PostgreSQL: the same cards and the same lines of commands as on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.demonstration.running import RunningPlatform
from tests.fixtures.courses.installed import Site, lasting, site
from tests.fixtures.courses.typed import surroundings, typed
from tests.fixtures.postgres import server
from tests.integration.whole.conftest import Cards

pytestmark = pytest.mark.variation

COURSE = "lc2024"


@pytest.fixture(scope="module")
def on_postgres(whole_platform: RunningPlatform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The course, synced and scored there."""
    url = server().empty_database()
    folder = tmp_path_factory.mktemp("recorded-on-postgres")
    recorded = site(whole_platform, folder, changes={"LMS_SCORING_DATABASE_URL": url})
    recorded.adopt(COURSE)
    assert recorded.sync(COURSE).good
    yield recorded
    recorded.installation.close()
    server().drop(url)


def test_cards_and_problems_are_the_same(scored: Site, stored: dict[str, Cards], on_postgres: Site) -> None:
    assert lasting(on_postgres.cards(COURSE)) == lasting(stored[COURSE])
    assert on_postgres.problems(COURSE) == scored.problems(COURSE)


def test_commands_print_the_same(scored: Site, on_postgres: Site) -> None:
    printed = []
    for recorded in (scored, on_postgres):
        with recorded.here():
            commands = [("board", COURSE, "--format", "csv"), ("export-evidence", COURSE)]
            printed.append([typed(*command).stdout for command in commands])
    assert printed[0] == printed[1]


def test_a_database_without_tables_asks_for_db_upgrade_and_is_ready_after_it(tmp_path: Path) -> None:
    url = server().blank_database()
    with surroundings({"LMS_SCORING_DATABASE_URL": url}, tmp_path):
        early = typed("role", "list")
        assert early.exit_code == 1
        assert "lms-scoring db upgrade" in early.stderr
        assert [typed("db", "upgrade").stdout for _ in range(2)] == ["the database is up to date\n"] * 2
        assert typed("role", "list").exit_code == 0
    server().drop(url)
