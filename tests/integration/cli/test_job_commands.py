"""`jobs`: what waits and fails, how syncs went, and what is wanted at once; with the engine of a process."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from lms_scoring.demonstration.running import RunningPlatform
from lms_scoring.domain.instants import HOUR
from lms_scoring.engines import engine_in
from lms_scoring.ports import RunState, SyncRequest
from lms_scoring.services.following_up.troubles import SCORING, failed, platform_itself
from tests.fixtures.courses.installed import Site
from tests.fixtures.courses.typed import typed
from tests.waiting import until

COURSE = "lc2024"


@contextmanager
def engine_of(site: Site) -> Iterator[None]:
    """The jobs of the installation run."""
    engine = engine_in(site.installation)
    assert engine is not None
    assert engine.start()
    yield
    assert engine.stop()
    site.installation.store.bell = None


@contextmanager
def failing(platform: RunningPlatform) -> Iterator[None]:
    """The Moodle is under maintenance."""
    platform.moodle.faults.add("server_error", times=1_000)
    try:
        yield
    finally:
        platform.moodle.faults.clear()


def listed() -> dict[str, Any]:
    """`jobs list`, as a program reads it."""
    done = typed("jobs", "list", "--format", "json")
    assert done.exit_code == 0
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def waiting(site: Site) -> list[SyncRequest]:
    with site.installation.store.reading() as transaction:
        return list(transaction.sync_requests())


def test_where_nothing_waits_the_list_says_so_and_who_looks(here: Site) -> None:
    done = typed("jobs", "list")
    assert done.exit_code == 0
    assert "waiting: nothing" in done.stdout
    assert "failing: nothing" in done.stdout
    assert "not by itself any more: its schedule says so" in " ".join(done.stdout.split())
    assert "nobody runs the jobs at this moment" in done.stdout


def test_what_is_wanted_at_once_is_synced_and_scored_by_the_process_that_runs_the_jobs(
    here: Site, platform: RunningPlatform
) -> None:
    done = typed("jobs", "sync-now", COURSE)
    assert done.stdout.splitlines()[0] == f"{COURSE}: is to be read from moodle, lrs"
    assert [(one["source"], one["urgent"]) for one in listed()["waiting"]] == [
        ("lrs", True),
        ("moodle", True),
    ]
    with engine_of(here):
        until(lambda: waiting(here) == [])
        until(lambda: listed()["scheduler_runs"])
    assert "the jobs run; last looked around at" in typed("jobs", "list").stdout
    latest = json.loads(typed("jobs", "runs", COURSE, "--limit", "2", "--format", "json").stdout)
    assert {one["source"]: one["state"] for one in latest} == {"lrs": "done", "moodle": "done"}
    assert all(0 < one["requests"] < 14 for one in latest)
    assert all(float(one["seconds"]) >= 0 for one in latest)


def test_wanting_everything_reads_everything(here: Site) -> None:
    typed("jobs", "sync-now", COURSE, "--full")
    with engine_of(here):
        until(lambda: waiting(here) == [])
    first, second = typed("jobs", "runs", "--limit", "2").stdout.splitlines()
    for line in (first, second):
        assert re.fullmatch(
            rf"\d+  2\S+  {COURSE} (moodle|lrs): done, everything, \d+\.\d s, \d+ requests; \d+ new, "
            r"0 changed, \d+ as before, 0 gone, 0 refused",
            line,
        )


def test_a_course_that_is_not_set_up_cannot_be_wanted(here: Site) -> None:
    done = typed("jobs", "sync-now", "lc2099")
    assert (done.exit_code, "no course 'lc2099'" in done.stderr) == (1, True)


def test_what_fails_is_listed_with_why_until_it_is_tried_again(here: Site, platform: RunningPlatform) -> None:
    with failing(platform), engine_of(here):
        typed("jobs", "sync-now", COURSE)
        until(lambda: bool(listed()["failing"]))
        until(lambda: [one.source for one in waiting(here)] in ([], ["moodle"]))
        ((trouble),) = listed()["failing"]
    assert (trouble["what"], trouble["course"], trouble["failures"]) == ("moodle", None, 1)
    assert "HTTP 500" in trouble["reason"]
    lines = typed("jobs", "runs", COURSE).stdout.splitlines()
    (failed_run,) = (place for place, line in enumerate(lines) if " moodle: failed, " in line)
    assert lines[failed_run + 1] == f"  {trouble['reason']}"
    assert typed("jobs", "retry", "lrs").stdout == "nothing fails of lrs\n"
    assert typed("jobs", "retry", "moodle").stdout == "is tried again: moodle\n"


def test_a_sync_by_hand_settles_what_was_asked_for_and_ends_what_failed(here: Site) -> None:
    now = here.installation.clock.now()
    with here.installation.store.writing() as transaction:
        failed(transaction, platform_itself("moodle"), None, "HTTP 503", now=now, jitter=0.0)
        failed(transaction, platform_itself("lrs"), COURSE, "HTTP 401", now=now, jitter=0.0)
    typed("jobs", "sync-now", COURSE)
    assert typed("sync", COURSE).exit_code == 0
    assert (waiting(here), listed()["failing"]) == ([], [])


def test_a_sync_by_hand_of_what_changed_does_not_settle_that_everything_is_wanted(here: Site) -> None:
    typed("jobs", "sync-now", COURSE, "--full")
    typed("sync", COURSE)
    assert {one.source for one in waiting(here)} >= {"moodle"}
    typed("sync", COURSE, "--full")
    assert waiting(here) == []


def test_what_a_person_mended_is_asked_for_again_by_a_retry(here: Site) -> None:
    with here.installation.store.writing() as transaction:
        now = here.installation.clock.now()
        failed(transaction, platform_itself("moodle"), COURSE, "the token is not known", now=now, jitter=0.0)
        failed(transaction, SCORING, COURSE, "a fault", now=now - HOUR, jitter=0.0)
    assert typed("jobs", "retry").stdout.splitlines() == [
        f"is tried again: moodle {COURSE}",
        f"is tried again: scoring {COURSE}",
    ]
    assert [one.source for one in waiting(here)] == ["moodle"]
    with engine_of(here):
        until(lambda: listed()["failing"] == [])


def test_where_nothing_fails_there_is_nothing_to_try_again(here: Site) -> None:
    assert typed("jobs", "retry").stdout == "nothing fails\n"


@pytest.mark.parametrize("name", ["lrs", "moodle", "scoring", "sending", "losses of lrs"])
def test_of_what_there_is_nothing_fails(here: Site, name: str) -> None:
    done = typed("jobs", "retry", name)
    assert (done.exit_code, done.stdout) == (0, f"nothing fails of {name}\n")


@pytest.mark.parametrize("name", ["moodel", "*scoring", "losses of moodel", COURSE, ""])
def test_what_nothing_is_called_cannot_be_tried_again(here: Site, name: str) -> None:
    done = typed("jobs", "retry", name)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(
        f"Error: nothing here is called {name!r}; there are: cards, doubts, lrs, moodle, notices, "
        "retention, scoring, sending, settings"
    )
    assert ("did you mean 'moodle'?" in done.stderr) == (name == "moodel")


def test_what_fails_under_a_name_that_is_no_more_can_be_tried_again(here: Site) -> None:
    with here.installation.store.writing() as transaction:
        failed(
            transaction,
            platform_itself("former"),
            COURSE,
            "HTTP 503",
            now=here.installation.clock.now(),
            jitter=0.0,
        )
    assert typed("jobs", "retry", "former").stdout == f"is tried again: former {COURSE}\n"


@pytest.mark.parametrize("command", [("jobs", "list"), ("jobs", "runs")])
def test_runs_of_all_courses_are_listed(here: Site, command: tuple[str, ...]) -> None:
    done = typed(*command)
    assert done.exit_code == 0
    with here.installation.store.reading() as transaction:
        assert transaction.runs(None)[0].state is RunState.DONE


def test_where_nothing_was_ever_read_there_is_a_sentence(here: Site) -> None:
    done = typed("jobs", "runs", "lc2099")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "no course 'lc2099' is set up here; there are: lc2024" in done.stderr
    assert typed("jobs", "runs").stdout != ""
