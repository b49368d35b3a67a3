"""Keys of other programs, from the command line: shown once, listed without their secrets, revoked."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lms_scoring.bootstrap import Installation, installation
from lms_scoring.web.api.keys import digest_of_key
from tests.fixtures.courses.typed import surroundings, typed
from tests.fixtures.databases import empty_database


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Installation]:
    """An installation without a course; commands are typed in it."""
    settings = {"LMS_SCORING_DATABASE_URL": empty_database(tmp_path / "db.sqlite")}
    with surroundings(settings, tmp_path):
        yield installation(settings, working_folder=tmp_path)


def test_a_key_is_shown_once_and_kept_as_a_digest(office: Installation, tmp_path: Path) -> None:
    done = typed("api-key", "add", "county office")
    key = done.stdout.strip()
    assert done.exit_code == 0
    assert key.startswith("lsk_")
    assert len(key) > 40
    assert key not in done.stderr
    with office.store.reading() as transaction:
        kept = transaction.api_key(digest_of_key(key), at=office.clock.now())
    assert kept is not None
    assert (kept.name, kept.course) == ("county office", None)
    listed = typed("api-key", "list").stdout
    assert "county office: all courses" in listed
    assert "never used" in listed
    with closing(sqlite3.connect(tmp_path / "db.sqlite")) as connection:
        assert key not in "".join(connection.iterdump())


def test_a_revoked_key_is_listed_as_such_and_opens_nothing(office: Installation) -> None:
    key = typed("api-key", "add", "county", "--days", "30").stdout.strip()
    assert "until " in typed("api-key", "list").stdout
    assert typed("api-key", "revoke", "1").exit_code == 0
    assert "REVOKED" in typed("api-key", "list").stdout
    with office.store.reading() as transaction:
        assert transaction.api_key(digest_of_key(key), at=office.clock.now()) is None
    again = typed("api-key", "revoke", "1")
    assert again.exit_code == 1
    assert "no key 1 is in force" in again.stderr


def test_a_key_is_made_for_no_course_that_is_not_there(office: Installation) -> None:
    done = typed("api-key", "add", "county", "--course", "absent")
    assert done.exit_code == 1
    assert "lsk_" not in done.stdout
    assert typed("api-key", "list").stdout == ""


@pytest.mark.parametrize("name", ["", "  ", "n" * 101, "two\nlines"])
def test_a_key_says_who_has_it(office: Installation, name: str) -> None:
    assert typed("api-key", "add", name).exit_code == 2
