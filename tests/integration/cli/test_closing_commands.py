"""Closing and reopening by command: what is pending first, and scores that stay whatever a sync brings."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from lms_scoring.ports import Kept, RunState
from tests.fixtures.courses.installed import Site
from tests.fixtures.courses.typed import typed
from tests.integration.cli.recorded_course import COURSE

SCHEME = ("--scheme", str(files("config") / "schemes" / "longcheng-2024.toml"))
SIGNED = ("--by", "operator:office", "--reason", "the programme is over")


def board() -> str:
    return typed("board", COURSE, "--format", "json").stdout


def test_a_course_is_closed_after_what_is_pending_was_shown(here: Site) -> None:
    asked = typed("course", "close", COURSE, *SIGNED, given="n\n")
    assert asked.exit_code == 1
    assert "learners with unmarked work: " in asked.stdout
    assert "Close? [y/N]: n" in asked.stdout
    assert "closed_at" not in board()
    done = typed("course", "close", COURSE, *SIGNED, "--yes")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1].startswith("closed; ")
    assert board().count("closed_at") == len(board().splitlines())


def test_the_terminal_says_that_a_course_is_closed(here: Site) -> None:
    said = "the programme is closed, and only signed corrections change its scores; closed on 20"
    for command in (("board", COURSE), ("explain", COURSE, "moodle-4")):
        assert said not in typed(*command).stdout
    typed("course", "close", COURSE, *SIGNED, "--yes")
    assert typed("board", COURSE).stdout.startswith(said)
    (line,) = [line for line in typed("explain", COURSE, "moodle-4").stdout.splitlines() if said in line]
    assert line.startswith("  ")


def test_what_was_exported_of_a_closed_course_scores_to_the_very_cards(here: Site, tmp_path: Path) -> None:
    typed("course", "close", COURSE, *SIGNED, "--yes")
    evidence = tmp_path / "evidence.ndjson"
    typed("export-evidence", COURSE, "--output", str(evidence))
    (at,) = {json.loads(line)["closed_at"] for line in board().splitlines()}
    scored = typed("score", str(evidence), *SCHEME, "--as-of", at, "--closed").stdout
    assert [results(line) for line in scored.splitlines()] == [results(line) for line in board().splitlines()]
    waiting = typed("score", str(evidence), *SCHEME, "--as-of", at).stdout
    assert "closed_at" not in waiting


def test_a_file_is_scored_as_of_a_closed_programme(tmp_path: Path) -> None:
    """Nobody marks the homework any more."""
    at = "2024-11-01T00:00:00+08:00"
    lines = (
        {"kind": "person", "id": "li", "name": "李"},
        {
            "kind": "membership",
            "id": "m",
            "person": "li",
            "role": "learner",
            "class": "a",
            "status": "active",
        },
        {
            "kind": "submission",
            "id": "h",
            "person": "li",
            "task": "homework",
            "activity": "17",
            "attempt": 1,
            "state": "submitted",
            "submitted_at": at,
            "opens_at": None,
            "due_at": None,
            "grade": None,
        },
    )
    evidence = tmp_path / "evidence.ndjson"
    evidence.write_text("".join(json.dumps(line) + "\n" for line in lines))
    command = ("score", str(evidence), *SCHEME, "--as-of", "2025-01-01T00:00:00+08:00")
    for options, state in (((), "pending"), (("--closed",), "final")):
        done = typed(*command, *options)
        assert done.exit_code == 0, done.stderr
        card = json.loads(done.stdout)
        assert card["criteria"]["homework"]["state"] == state
        assert card.get("closed_at") == ("2024-12-31T16:00:00+00:00" if options else None)


def results(line: str) -> list[object]:
    """What a line says of somebody's result."""
    card = json.loads(line)
    return [card[name] for name in ("person", "role", "score", "state", "criteria", "closed_at")]


def test_a_sync_changes_no_score_of_a_closed_course_until_it_is_reopened(here: Site) -> None:
    typed("course", "close", COURSE, *SIGNED, "--yes")
    before = board()
    assert typed("sync", COURSE).stdout.endswith("scored 0, 0 cards changed\n")
    assert board() == before
    again = typed("course", "close", COURSE, *SIGNED, "--yes")
    assert again.exit_code == 1
    assert "is closed" in again.stderr
    assert typed("course", "reopen", COURSE, *SIGNED).stdout.startswith("reopened; ")
    assert "closed_at" not in board()


def test_other_rules_wait_for_the_reopening(here: Site) -> None:
    typed("course", "close", COURSE, *SIGNED, "--yes")
    refused = typed("course", "apply", COURSE, "--yes")
    assert refused.exit_code == 1
    assert f"lms-scoring course reopen {COURSE}" in refused.stderr


def test_what_was_not_read_to_the_end_is_named_before_a_closing(here: Site) -> None:
    def told() -> str:
        asked = typed("course", "close", COURSE, *SIGNED, given="n\n").stdout
        return "".join(line for line in asked.splitlines() if line.startswith("notice: "))

    ended = "not every source was read well since the window ended"
    assert ended not in told()
    end = here.installation.rules(COURSE).scheme.window.end
    for cut_short, words in (
        (False, "moodle: not synced since"),
        (True, "moodle: the last sync was cut short"),
    ):
        with here.installation.store.writing() as transaction:
            run = transaction.begin_run(COURSE, "moodle", at=end - 1)
            transaction.end_run(run, at=end, state=RunState.DONE, kept=Kept(), cut_short=cut_short)
        assert f"{ended} ({words})" in told()
