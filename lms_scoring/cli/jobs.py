"""The command `jobs`: what waits and what fails, how syncs went, and what somebody wants done at once."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress

import click

from lms_scoring.bootstrap import Installation
from lms_scoring.cli.here import here
from lms_scoring.cli.job_lines import NextSync, run_lines, seconds, state_lines, unmade_of
from lms_scoring.cli.options import format_option
from lms_scoring.cli.output import terminal_width
from lms_scoring.domain.errors import LmsScoringError
from lms_scoring.domain.instants import iso
from lms_scoring.domain.nearest import did_you_mean
from lms_scoring.engines import engine_in, on_server, worker_of
from lms_scoring.logs import write_logs
from lms_scoring.memory import keep_for_good, share_one_heap
from lms_scoring.ports import Run, WaitingGrades
from lms_scoring.services.following_up.troubles import (
    MISSING,
    OWN_WORK,
    bindings_of,
    losses_of,
    said_of,
    try_again,
)
from lms_scoring.services.unattended.due import ask_now, next_sync_of
from lms_scoring.services.unattended.waiting_cards import WaitingCards
from lms_scoring.services.unattended.work_state import WorkState, work_state

Row = Mapping[str, str | int | bool | None]
_GIVES_WAY = 5
"""Steps of niceness: where workers share processors with pages, a sync that takes a second longer is noticed
by nobody, a page by everybody."""


@click.group()
def jobs() -> None:
    """Work that goes on by itself: what waits, what fails, how it went, and what is wanted at once."""


@click.command()
def worker() -> None:
    """Runs the jobs of an installation on PostgreSQL; as many of them as are wanted, on any machine.

    Ends when the database goes away: whoever supervises it must start it again (`Restart=always`).
    """
    share_one_heap()
    installation = here()
    write_logs(as_json=installation.settings.log == "json")
    engine = worker_of(installation)
    os.nice(_GIVES_WAY)
    click.echo("Working; courses are synced by their schedules (Ctrl-C ends it)")
    keep_for_good()
    engine.run()
    click.echo("The worker ended; what waits is done by others, or once it is started again")


@jobs.command("list")
@format_option("text")
def list_(format_: str) -> None:
    """Lists what waits, what fails and until when it is left alone, and when each course is synced next."""
    installation = here(must_exist=True)
    state = work_state(installation.store, clock=installation.clock)
    coming = list(_next_syncs(installation, now=state.now))
    if format_ == "json":
        told = {
            "scheduler_seen": _time(state.scheduler_seen),
            "scheduler_runs": state.goes_on,
            "waiting": [*_requests(state), *_cards(state), *_grades(state)],
            "held_back": _held_back(state),
            "refused": _refused(state),
            "failing": _failing(state),
            "next": [_next(one) for one in coming],
        }
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for line in state_lines(state, coming, width=terminal_width()):
        click.echo(line)
    click.echo(_who(state))


@jobs.command()
@click.argument("course", required=False)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="At most so many.")
@format_option("text")
def runs(course: str | None, limit: int, format_: str) -> None:
    """Lists the latest syncs, of COURSE or of all: what each read, how long it took, in how many requests."""
    installation = here(must_exist=True)
    with installation.store.reading() as transaction:
        found = transaction.runs(course, limit=limit)
        if course is not None and not found:
            transaction.course(course)  # raises UnknownCourse
    if format_ == "json":
        click.echo(json.dumps([_run(one) for one in found], ensure_ascii=False, indent=2))
        return
    for one in found:
        for line in run_lines(one, width=terminal_width()):
            click.echo(line)
    if not found:
        click.echo("no sync was ever begun" if course is None else f"no sync of {course} was ever begun")


@jobs.command("sync-now")
@click.argument("course")
@click.option("--full", is_flag=True, help="Read everything, not only what changed.")
def sync_now(course: str, full: bool) -> None:
    """Has COURSE synced before all others, by the process that runs the jobs; `sync` does it in this one."""
    installation = here(must_exist=True)
    installation.rules(course)
    order = installation.sources.order(course)
    now = installation.clock.now()
    if on_server(installation):
        engine_in(installation)  # so that a worker hears of it at once
    with installation.store.writing() as transaction:
        ask_now(transaction, course, order.names, now=now, full=full)
    click.echo(f"{course}: is to be read from {', '.join(order.names)}")
    click.echo(_who(work_state(installation.store, clock=installation.clock)))


@jobs.command()
@click.argument("platform", required=False)
def retry(platform: str | None) -> None:
    """Lets all that fails be tried at once, or what fails of PLATFORM; as `jobs list` names it."""
    installation = here(must_exist=True)
    if platform is not None:
        _check_name(installation, platform)
    with installation.store.writing() as transaction:
        found = try_again(transaction, platform, now=installation.clock.now())
    for trouble in found:
        click.echo(f"is tried again: {said_of(trouble.concern)} {trouble.course or ''}".rstrip())
    if not found:
        click.echo("nothing fails" if platform is None else f"nothing fails of {platform}")


def _check_name(installation: Installation, name: str) -> None:
    """Raises ClickException where nothing that can fail is called so."""
    state = work_state(installation.store, clock=installation.clock)
    known = {one.name for one in OWN_WORK}
    known |= {*installation.settings.platforms, *state.last_good}
    for course in installation.adopted():
        with suppress(LmsScoringError):  # it fails itself, as `jobs list` says
            known.update(installation.sources.order(course).names)
    failing = {said_of(one.concern) for one in state.failing}
    missing = {said_of(of(one)) for one in known for of in (bindings_of, losses_of)}
    if name not in known | failing | missing:
        there_are = f"{', '.join(sorted(known))}{did_you_mean(name, known)}"
        raise click.ClickException(f"nothing here is called {name!r}; there are: {there_are}")


def _requests(state: WorkState) -> list[Row]:
    return [
        {
            "what": "sync",
            "course": one.course,
            "source": one.source,
            "count": 1,
            "since": iso(one.asked_at),
            "urgent": one.urgent,
            "why": None if (trouble := state.trouble_with(one)) is None else trouble.reason,
        }
        for one in state.requests
    ]


def _cards(state: WorkState) -> list[Row]:
    return [{**_row("cards", one), "why": unmade_of(one)} for one in state.cards]


def _grades(state: WorkState) -> list[Row]:
    return [_row("grades", one) for one in state.grades]


def _row(what: str, waiting: WaitingCards | WaitingGrades) -> Row:
    return {
        "what": what,
        "course": waiting.course,
        "source": None,
        "count": waiting.count,
        "since": iso(waiting.since),
        "urgent": False,
        "why": None,
    }


def _held_back(state: WorkState) -> list[Row]:
    return [
        {
            "what": "grades",
            "course": one.course,
            "count": one.count,
            "since": iso(one.since),
            "why": one.why.value,
        }
        for one in state.held_grades
    ]


def _refused(state: WorkState) -> list[Row]:
    return [
        {"what": "grades", "course": one.course, "count": one.count, "since": iso(one.since)}
        for one in state.refused_grades
    ]


def _failing(state: WorkState) -> list[Row]:
    return [
        {
            "what": said_of(one.concern),
            "course": one.course,
            "since": iso(one.since),
            "failures": one.failures,
            "tried_again": iso(one.try_at) if one.concern.kind not in MISSING else None,
            "reason": one.reason,
        }
        for one in state.failing
    ]


def _next_syncs(installation: Installation, *, now: int) -> Iterable[NextSync]:
    for course in installation.adopted():
        try:
            rules = installation.rules(course)
            order = installation.sources.order(course)
        except LmsScoringError as error:
            yield NextSync(course=course, at=None, why=str(error))
            continue
        with installation.store.reading() as transaction:
            at = next_sync_of(transaction, rules, order.names, now=now)
        why = None if at is not None else "not by itself any more: its schedule says so"
        yield NextSync(course=course, at=at, why=why)


def _next(coming: NextSync) -> Row:
    return {"course": coming.course, "next_sync": _time(coming.at), "why": coming.why}


def _run(run: Run) -> Row:
    return {
        "run": run.id,
        "course": run.course,
        "source": run.source,
        "started": iso(run.started_at),
        "state": run.state.value,
        "full": run.full,
        "seconds": seconds(run),
        "requests": run.calls,
        "new": run.kept.new,
        "changed": run.kept.changed,
        "same": run.kept.same,
        "gone": run.kept.gone,
        "refused": run.kept.refused,
        "reason": run.reason,
    }


def _who(state: WorkState) -> str:
    if state.goes_on:
        return f"the jobs run; last looked around at {_time(state.scheduler_seen)}"
    return "nobody runs the jobs at this moment: start `lms-scoring serve` (on PostgreSQL: `worker`)"


def _time(at: int | None) -> str | None:
    return None if at is None else iso(at)
