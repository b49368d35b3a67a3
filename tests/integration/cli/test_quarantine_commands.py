"""`quarantine`: what no sync could use is listed without its text, shown, replayed and dropped."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lms_scoring.domain.quarantine import set_aside
from tests.fixtures.courses.installed import Site
from tests.fixtures.courses.typed import typed
from tests.fixtures.xapi.golden_pairs import GOLDEN

COURSE, CANARY = "lc2024", "李小明"
GOOD = (GOLDEN / "video_played.raw.json").read_bytes()
ROW = f'{{"id": null, "subject": "{CANARY}"}}'.encode()


@pytest.fixture
def kept(here: Site) -> Site:
    """A row of the Moodle, a statement that an older program could not read, and one that none can."""
    with here.installation.store.writing() as transaction:
        (run, *_) = transaction.runs(COURSE)
        row = set_aside(ROW, code="row_unreadable", reason="a row of the posts", subject="7", place="7")
        good = set_aside(GOOD, code="time_unreadable", reason="its timestamp is odd", subject="s1")
        bad = set_aside(b'{"verb": \xff', code="not_json", reason="it is no JSON", subject="page 1")
        transaction.quarantine(COURSE, "moodle", [row], run=run.id, at=run.started_at)
        transaction.quarantine(None, "lrs", [good, bad], run=run.id, at=run.started_at)
    return here


def listed(*arguments: str) -> list[dict[str, Any]]:
    done = typed("quarantine", "list", *arguments, "--format", "json")
    assert done.exit_code == 0
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def states() -> dict[int, str]:
    return {one["number"]: one["state"] for one in listed("--all")}


@pytest.mark.usefixtures("here")
def test_where_nothing_was_set_aside_the_list_says_so() -> None:
    assert typed("quarantine", "list").stdout == "nothing waits in quarantine\n"
    assert typed("quarantine", "list", COURSE, "--all").stdout == "nothing was set aside\n"
    assert (
        typed("quarantine", "replay", "--course", COURSE).stdout == f"{COURSE}: nothing waits in quarantine\n"
    )


@pytest.mark.usefixtures("kept")
def test_the_list_tells_what_waits_and_never_its_text() -> None:
    done = typed("quarantine", "list", COURSE)
    assert done.exit_code == 0
    assert "row_unreadable" in done.stdout
    assert CANARY not in done.stdout
    assert {(one["source"], one["course"], one["bytes"]) for one in listed()} == {
        ("moodle", COURSE, len(ROW)),
        ("lrs", None, len(GOOD)),
        ("lrs", None, 10),
    }


@pytest.mark.usefixtures("kept")
def test_a_record_is_shown_with_its_text() -> None:
    done = typed("quarantine", "show", "1")
    assert done.exit_code == 0
    assert ROW.decode() in done.stdout
    assert "reason: a row of the posts" in done.stdout
    assert typed("quarantine", "show", "9").exit_code == 1


@pytest.mark.usefixtures("kept")
def test_a_statement_that_can_be_read_today_is_resolved_and_another_is_refused_again() -> None:
    done = typed("quarantine", "replay", "2", "3")
    assert done.exit_code == 1
    assert f"{COURSE}: resolved: 2\n{COURSE}: refused again: 3\n" == done.stdout
    assert states() == {1: "waiting", 2: "resolved", 3: "waiting"}


def test_a_row_is_asked_of_its_source_again(kept: Site) -> None:
    done = typed("quarantine", "replay", "1")
    assert (done.exit_code, done.stdout) == (0, f"{COURSE}: read again from: moodle\n")
    with kept.installation.store.reading() as transaction:
        assert [(one.source, one.urgent) for one in transaction.sync_requests()] == [("moodle", True)]


@pytest.mark.usefixtures("kept")
def test_a_full_sync_says_what_is_no_longer_told() -> None:
    assert typed("sync", COURSE, "--full").exit_code == 0
    assert set(states().values()) == {"gone"}


@pytest.mark.usefixtures("kept")
def test_dropping_is_signed_and_the_text_is_kept() -> None:
    assert typed("quarantine", "drop", "3", "--by", "operator:", "--reason", "x").exit_code == 1
    done = typed("quarantine", "drop", "3", "--by", "operator:office", "--reason", "a test statement")
    assert done.stdout == "record 3 is dropped (act 1); its text is kept\n"
    shown = typed("quarantine", "show", "3")
    assert "dropped by operator:office" in shown.stdout
    assert "a test statement" in shown.stdout
    assert typed("quarantine", "drop", "3", "--by", "operator:office", "--reason", "again").exit_code == 1
    assert [one["number"] for one in listed()] == [2, 1]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("arguments", [(), ("1", "--course", COURSE)])
def test_what_is_to_be_replayed_is_said_in_one_way(arguments: tuple[str, ...]) -> None:
    assert typed("quarantine", "replay", *arguments).exit_code == 2
