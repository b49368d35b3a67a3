"""`db copy`: an institution outgrows its file, and takes everything along."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lms_scoring.bootstrap import installation
from lms_scoring.cli.databases import standing_still
from lms_scoring.jobs.embedded import LOCK
from lms_scoring.ports import Locks
from lms_scoring.services.unattended.due import turn_at
from tests.fixtures.courses.installed import DATABASE, Site
from tests.fixtures.courses.typed import surroundings, typed
from tests.fixtures.postgres import server
from tests.waiting import until

COURSE = "lc2024"
_PASSWORD = "canary-password"


@pytest.fixture
def new() -> Iterator[str]:
    """The address of a database on a server, with a password and nothing in it."""
    url = server().blank_database()
    yield url.replace("postgres@", f"postgres:{_PASSWORD}@")
    server().drop(url)


def in_file(folder: Path, address: str) -> str:
    """A file that has the address."""
    file = folder / "database-url"
    file.write_text(f"{address}\n", encoding="utf-8")
    return str(file)


def told_at(site: Site, address: str) -> list[str]:
    """What commands print where that is the database."""
    settings = {**site.settings, "LMS_SCORING_DATABASE_URL": address}
    with surroundings(settings, site.folder):
        commands = (
            *(("board", COURSE, "--format", "json"), ("export-evidence", COURSE)),
            *(("jobs", "runs", COURSE), ("role", "list")),
        )
        return [typed(*command).stdout for command in commands]


def test_all_is_copied_to_the_server_that_a_file_names(here: Site, new: str, tmp_path: Path) -> None:
    assert typed("role", "grant", "63", "coordinator").exit_code == 0
    before = told_at(here, here.settings["LMS_SCORING_DATABASE_URL"])
    done = typed("db", "copy", "--to-file", in_file(tmp_path, new))
    assert (done.exit_code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    counts = {
        name: int(rows.removesuffix(" rows")) for name, _, rows in (one.partition(": ") for one in lines[:-3])
    }
    with closing(sqlite3.connect(here.folder / DATABASE)) as old:
        for name, rows in counts.items():
            assert old.execute(f'SELECT count(*) FROM "{name}"').fetchone() == (rows,)  # noqa: S608
    assert lines[-3].startswith(
        f"copied: {sum(counts.values())} rows in {len(counts)} tables, counted in both"
    )
    assert lines[-2].startswith("The sealing key is not in the database: copy ")
    assert f"{here.folder / 'sealing.key'} to data/sealing.key, or name it in" in lines[-2]
    assert lines[-1].startswith(
        "Name the new address in LMS_SCORING_DATABASE_URL, and start everything again"
    )
    assert told_at(here, new) == before
    assert all(before)


def test_all_is_copied_to_another_file_and_the_key_beside_it_stays_where_it_is(here: Site) -> None:
    address = f"sqlite:///{here.folder}/new.sqlite"
    done = typed("db", "copy", "--to", address)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "sealing key" not in done.stdout
    assert told_at(here, address) == told_at(here, here.settings["LMS_SCORING_DATABASE_URL"])


@pytest.mark.parametrize(
    ("name", "said"), [(LOCK, "another process runs the jobs"), (turn_at("moodle"), "moodle")]
)
def test_nothing_is_copied_while_jobs_run_or_somebody_syncs(here: Site, name: str, said: str) -> None:
    with here.installation.locks.held(name):
        done = typed("db", "copy", "--to", f"sqlite:///{here.folder}/new.sqlite")
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr
    assert "stop all that uses the database" in " ".join(done.stderr.split())
    assert not (here.folder / "new.sqlite").exists()


def test_nobody_begins_to_sync_or_to_run_jobs_meanwhile(here: Site) -> None:
    locks = here.installation.locks
    names = [LOCK, turn_at("moodle"), turn_at("lrs")]
    with standing_still(here.installation):
        assert [_is_free(locks, name) for name in names] == [False, False, False]
    assert [_is_free(locks, name) for name in names] == [True, True, True]


def _is_free(locks: Locks, name: str) -> bool:
    with locks.held(name) as ours:
        return ours


def test_a_server_that_another_program_of_ours_uses_is_not_copied(
    here: Site, new: str, tmp_path: Path
) -> None:
    assert typed("db", "copy", "--to-file", in_file(tmp_path, new)).exit_code == 0
    back = f"sqlite:///{tmp_path}/back.sqlite"
    settings = {**here.settings, "LMS_SCORING_DATABASE_URL": new}
    other = installation(settings, working_folder=here.folder)
    with surroundings(settings, here.folder):
        refused = typed("db", "copy", "--to", back)
        other.close()
        until(lambda: typed("db", "copy", "--to", back).exit_code == 0)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "other programs have the database open" in refused.stderr
    assert told_at(here, back) == told_at(here, new)


def test_a_sync_that_was_killed_keeps_nothing_from_being_copied(here: Site) -> None:
    with here.installation.store.writing() as transaction:
        transaction.begin_run(COURSE, "moodle", at=1)
    assert typed("db", "copy", "--to", f"sqlite:///{here.folder}/new.sqlite").exit_code == 0


def test_a_database_with_rows_is_told_and_left(here: Site) -> None:
    address = f"sqlite:///{here.folder}/new.sqlite"
    assert typed("db", "copy", "--to", address).exit_code == 0
    before = (here.folder / "new.sqlite").read_bytes()
    again = typed("db", "copy", "--to", address)
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr.startswith("lms-scoring: the new database, when it was made ready: it is not empty: ")
    assert (here.folder / "new.sqlite").read_bytes() == before


@pytest.mark.parametrize("given", [(), ("--to", "sqlite:///a", "--to-file", "b")])
def test_it_is_said_in_one_way_where_to(here: Site, given: tuple[str, ...]) -> None:
    done = typed("db", "copy", *given)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "say where to: --to URL, or --to-file FILE" in done.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "database_url_file: cannot be read: No such file or directory"),
        (b"\xff", "database_url_file: cannot be read: it is no UTF-8 text"),
        (b"mysql://u:canary@h/d", "database_url: must be an address such as sqlite:///"),
    ],
)
def test_an_address_that_is_none_is_a_sentence_without_what_stands_there(
    here: Site, tmp_path: Path, content: bytes | None, said: str
) -> None:
    file = tmp_path / "database-url"
    if content is not None:
        file.write_bytes(content)
    done = typed("db", "copy", "--to-file", str(file))
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr


def test_where_nothing_was_ever_stored_nothing_is_copied(tmp_path: Path) -> None:
    with surroundings({}, tmp_path):
        done = typed("db", "copy", "--to", "sqlite:///new.sqlite")
    assert done.exit_code == 1
    assert "there is no database data/lms-scoring.sqlite here yet" in done.stderr
    assert list(tmp_path.iterdir()) == []
