"""Platforms that fail: the sync says what, where and what to do, keeps what it had, and ends with 1."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from lms_scoring.demonstration.running import RunningPlatform
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.ports import RunState
from tests.fixtures.courses.installed import DATABASE, Site, lasting
from tests.fixtures.courses.typed import CANARY, surroundings, typed

COURSE = "lc2024"
MOODLE, LRS = "moodle", "lrs"


@dataclass(frozen=True)
class Bad:
    """What a platform does, and the words that must be said about it: what happened, and what to do."""

    source: str
    fault: str
    what: str
    do: str


BAD_ANSWERS = [
    Bad(MOODLE, "html", "HTTP 200: a web page came instead of an answer", "Open the base URL in a browser"),
    Bad(MOODLE, "login_page", "a web page came instead of an answer (a login page", "without /login or /my"),
    Bad(MOODLE, "redirect_to_login", "HTTP 303: it redirects, to its login page", "Check the base URL"),
    Bad(MOODLE, "maintenance_cli", "HTTP 503: under maintenance", "try again later"),
    Bad(MOODLE, "maintenance_db", "the site is in maintenance mode", "try later"),
    Bad(MOODLE, "token_expired", "the token is past its end", "Manage tokens"),
    Bad(
        MOODLE, "token_unknown", "the token is unknown: mistyped, deleted, or past its end", "Make a new one"
    ),
    Bad(MOODLE, "disabled", "web services or the REST protocol are switched off", "See Site administration"),
    Bad(MOODLE, "server_error", "HTTP 500", "try again later"),
    Bad(MOODLE, "bad_gateway", "HTTP 502", "try again later"),
    Bad(MOODLE, "too_many", "HTTP 429", "try again later"),
    Bad(
        MOODLE, "half_body", "the answer broke off before its end", "what was read before is kept, sync again"
    ),
    Bad(MOODLE, "half_body_without_length", "broke off before its end or is no JSON", "sync again"),
    Bad(MOODLE, "no_answer", "the connection broke", "sync again"),
    Bad(MOODLE, "trickle", "no whole answer within 1 s", "sync again"),
    Bad(LRS, "html", "a web page came instead of statements", "must be the LRS's endpoint"),
    Bad(LRS, "half_body", "the answer broke off before its end", "sync again"),
    Bad(LRS, "disabled", "HTTP 403: the LRS does not accept the key and secret", "Check them"),
    Bad(LRS, "server_error", "HTTP 500", "try again later"),
    Bad(LRS, "trickle", "no whole answer within 1 s", "sync again"),
]


@pytest.fixture
def faulty(platform: RunningPlatform) -> Iterator[RunningPlatform]:
    """The platform, on which all is well again afterwards."""
    yield platform
    platform.moodle.faults.clear()
    platform.lrs.faults.clear()


def stored(site: Site) -> tuple[int, Mapping[tuple[str, Role], Scorecard]]:
    """How many records there are, and all cards."""
    with site.installation.store.reading() as transaction:
        count = sum(count for *_, count in transaction.counts(COURSE))
    return count, lasting(site.cards(COURSE))


def states(site: Site) -> dict[str, RunState]:
    """How the latest sync of each source ended."""
    with site.installation.store.reading() as transaction:
        return {run.source: run.state for run in reversed(transaction.runs(COURSE))}


@pytest.mark.parametrize("bad", [pytest.param(bad, id=f"{bad.source} {bad.fault}") for bad in BAD_ANSWERS])
def test_a_platform_that_answers_badly_is_named_with_what_to_do(
    here: Site, faulty: RunningPlatform, bad: Bad
) -> None:
    before = stored(here)
    peer = faulty.moodle if bad.source == MOODLE else faulty.lrs
    peer.faults.add(bad.fault)
    with surroundings(
        {**here.settings, f"LMS_SCORING_PLATFORM_{bad.source.upper()}_DEADLINE": "1"}, here.folder
    ):
        done = typed("sync", COURSE, "--full")
    assert done.exit_code == 1
    assert f"{COURSE} {bad.source}: failed" in done.stdout
    (complaint,) = done.stderr.splitlines()
    assert complaint.startswith(f"  lost: sync_failed: {bad.source}: ")
    assert bad.what in complaint
    assert bad.do in complaint
    other = LRS if bad.source == MOODLE else MOODLE
    assert states(here) == {bad.source: RunState.FAILED, other: RunState.DONE}
    assert stored(here) == before


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
