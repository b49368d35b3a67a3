"""Platforms that fail: the sync says what, where and what to do, keeps what it had, and ends with 1.

Here it is a sample of the bad answers; `tests/faults` has them all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lms_scoring.demonstration.running import RunningPlatform
from lms_scoring.ports import RunState
from tests.fixtures.courses.installed import DATABASE, Site
from tests.fixtures.courses.typed import CANARY, surroundings, typed
from tests.integration.cli.bad_answers import BAD_ANSWERS, COURSE, LRS, MOODLE, Bad, check, states, stored

SAMPLE = {(MOODLE, "login_page"), (MOODLE, "token_unknown"), (MOODLE, "half_body"), (LRS, "disabled")}


@pytest.fixture
def faulty(platform: RunningPlatform) -> Iterator[RunningPlatform]:
    """The platform, on which all is well again afterwards."""
    yield platform
    platform.moodle.faults.clear()
    platform.lrs.faults.clear()


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(bad, id=f"{bad.source} {bad.fault}")
        for bad in BAD_ANSWERS
        if (bad.source, bad.fault) in SAMPLE
    ],
)
def test_a_platform_that_answers_badly_is_named_with_what_to_do(
    here: Site, faulty: RunningPlatform, bad: Bad
) -> None:
    check(here, faulty, bad)


def test_a_token_is_past_its_end_once_and_unknown_from_then_on(here: Site, faulty: RunningPlatform) -> None:
    """Moodle facts, section 3: the row is deleted at the first call after the end."""
    faulty.moodle.faults.add("token_expired", times=2)
    assert "[accessexception]" in typed("sync", COURSE).stderr
    assert "[invalidtoken]" in typed("sync", COURSE).stderr
    assert typed("sync", COURSE).exit_code == 0


def test_a_moodle_that_breaks_in_the_middle_keeps_what_it_gave(here: Site, faulty: RunningPlatform) -> None:
    before = stored(here)
    faulty.moodle.faults.add("half_body", after=4)
    done = typed("sync", COURSE, "--full")
    assert (done.exit_code, states(here)[MOODLE]) == (1, RunState.FAILED)
    assert stored(here) == before
    assert typed("sync", COURSE, "--full").exit_code == 0
    assert stored(here) == before


def test_a_first_sync_that_breaks_is_finished_by_the_next(
    recorded: Site, faulty: RunningPlatform, tmp_path: Path
) -> None:
    fresh = recorded.elsewhere(tmp_path)
    with fresh.here():
        faulty.moodle.faults.add("server_error", after=5)
        faulty.lrs.faults.add("server_error", after=2)
        assert typed("sync", COURSE).exit_code == 1
        assert typed("sync", COURSE).exit_code == 0
    assert stored(fresh) == stored(recorded)


@pytest.mark.parametrize("name", ["MOODLE_TOKEN", "LRS_SECRET", "LRS_KEY"])
def test_wrong_credentials_are_refused_and_not_shown(here: Site, name: str) -> None:
    with surroundings({**here.settings, f"LMS_SCORING_PLATFORM_{name}": f"{CANARY}-wrong"}, here.folder):
        done = typed("sync", COURSE)
    assert done.exit_code == 1
    assert ("the token is unknown" if "TOKEN" in name else "HTTP 401: the LRS does not accept") in done.stderr


def test_a_platform_that_is_not_there_is_named(here: Site) -> None:
    with surroundings(
        {**here.settings, "LMS_SCORING_PLATFORM_MOODLE_URL": "http://127.0.0.1:9"}, here.folder
    ):
        done = typed("sync", COURSE)
    assert done.exit_code == 1
    assert "no connection; is the platform running, the base URL right?" in done.stderr


def test_a_private_address_must_be_allowed(here: Site) -> None:
    with surroundings({**here.settings, "LMS_SCORING_ALLOWED_PRIVATE_HOSTS": ""}, here.folder):
        done = typed("sync", COURSE)
    assert done.exit_code == 1
    assert "list the host in LMS_SCORING_ALLOWED_PRIVATE_HOSTS" in done.output


def test_nothing_that_is_stored_holds_a_secret(here: Site, faulty: RunningPlatform) -> None:
    for peer in (faulty.moodle, faulty.lrs):
        peer.faults.add("html")
    typed("sync", COURSE)
    with closing(sqlite3.connect(here.folder / DATABASE)) as connection:
        dumped = "\n".join(connection.iterdump())
    assert "sync_failed" in dumped
    assert CANARY not in dumped
