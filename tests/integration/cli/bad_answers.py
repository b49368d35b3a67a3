"""How platforms answer badly, and what a sync command has to say about each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms_scoring.demonstration.running import RunningPlatform
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.ports import RunState
from tests.fixtures.courses.installed import Site, lasting
from tests.fixtures.courses.typed import surroundings, typed

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
    Bad(MOODLE, "half_body_without_length", "the answer broke off before its end", "sync again"),
    Bad(MOODLE, "no_answer", "the connection broke", "sync again"),
    Bad(MOODLE, "trickle", "no whole answer within 1 s", "sync again"),
    Bad(LRS, "html", "a web page came instead of statements", "must be the LRS's endpoint"),
    Bad(LRS, "half_body", "the answer broke off before its end", "sync again"),
    Bad(LRS, "disabled", "HTTP 403: the LRS does not accept the key and secret", "Check them"),
    Bad(LRS, "server_error", "HTTP 500", "try again later"),
    Bad(LRS, "trickle", "no whole answer within 1 s", "sync again"),
]


def stored(site: Site) -> tuple[int, Mapping[tuple[str, Role], Scorecard]]:
    """How many records there are, and all cards."""
    with site.installation.store.reading() as transaction:
        count = sum(count for *_, count in transaction.counts(COURSE))
    return count, lasting(site.cards(COURSE))


def states(site: Site) -> dict[str, RunState]:
    """How the latest sync of each source ended."""
    with site.installation.store.reading() as transaction:
        return {run.source: run.state for run in reversed(transaction.runs(COURSE))}


def check(here: Site, faulty: RunningPlatform, bad: Bad) -> None:
    """The command fails with the words, and what was stored stays."""
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
