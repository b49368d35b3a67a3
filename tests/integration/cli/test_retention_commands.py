"""`retention`: what is too old is shown first, goes once, and is missed by nobody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from lms_scoring.domain.instants import DAY
from lms_scoring.ports import Kept, RunState
from tests.fixtures.courses.installed import Site
from tests.fixtures.courses.typed import surroundings, typed

COURSE = "lc2024"
AGES = {"LMS_SCORING_RETENTION_RUNS": "400", "LMS_SCORING_RETENTION_SIGN_INS": "30"}


@pytest.fixture
def lived(here: Site) -> Iterator[Site]:
    """The Moodle was read many times, long ago, and whole today."""
    long_ago = here.installation.clock.now() - 500 * DAY
    with here.installation.store.writing() as transaction:
        for at in range(long_ago, long_ago + 25):
            run = transaction.begin_run(COURSE, "moodle", at=at)
            transaction.end_run(run, at=at, state=RunState.DONE, kept=Kept())
    assert typed("sync", COURSE, "--full").exit_code == 0
    with surroundings({**here.settings, **AGES}, here.folder):
        yield here


def too_old() -> list[dict[str, Any]]:
    done = typed("retention", "show", "--format", "json")
    assert done.exit_code == 0
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def told(site: Site) -> list[object]:
    """Cards with their ledgers, the board and the export, as commands give them."""
    commands = (("board", COURSE, "--format", "json"), ("export-evidence", COURSE))
    return [site.cards(COURSE), *(typed(*command).stdout for command in commands)]


@pytest.mark.usefixtures("here")
def test_without_ages_everything_is_kept() -> None:
    done = typed("retention", "apply")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        f"{what}: kept for ever; LMS_SCORING_RETENTION_{what.upper()} sets an age in days"
        for what in ("runs", "quarantine", "sign_ins")
    ]


def test_what_is_too_old_goes_once_somebody_agrees_and_nobody_misses_it(lived: Site) -> None:
    before = told(lived)
    (shown,) = too_old()
    assert (shown["what"], shown["table"], shown["rows"]) == ("runs", "run", 7)
    assert "sign_ins: nothing is older than " in typed("retention", "show").stdout
    assert typed("retention", "apply", given="n\n").exit_code == 1
    assert too_old()[0]["rows"] == 7
    done = typed("retention", "apply", given="y\n")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "run: 7 rows removed")
    assert too_old() == []
    assert told(lived) == before
    assert "removed" not in typed("retention", "apply", "--yes").stdout
    done = typed("sync", COURSE, "--full")
    assert done.exit_code == 0
    assert "moodle: done; 0 new, 0 changed, " in done.stdout
    assert f"{COURSE}: scored 0, 0 cards changed" in done.stdout
    assert told(lived) == before
