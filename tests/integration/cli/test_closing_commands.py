"""Closing and reopening by command: what is pending first, and scores that stay whatever a sync brings."""

from __future__ import annotations

from tests.fixtures.courses.installed import Site
from tests.fixtures.courses.typed import typed
from tests.integration.cli.recorded_course import COURSE

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
