"""The command `quarantine`: what no sync could use; looking at it, replaying it, dropping it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence

import click

from lms_scoring.bootstrap import Installation
from lms_scoring.cli.here import ADMINISTRATOR, here
from lms_scoring.cli.options import by_option, format_option, reason_option
from lms_scoring.cli.output import table_text
from lms_scoring.cli.signed import signed_here
from lms_scoring.domain.errors import NotInQuarantine
from lms_scoring.domain.instants import iso
from lms_scoring.domain.quarantine import QuarantineState
from lms_scoring.engines import engine_in, on_server
from lms_scoring.ports import Quarantined
from lms_scoring.services.syncing.quarantine_desk import QuarantineDesk

_COLUMNS = ("number", "course", "source", "state", "code", "subject", "last_met")


@click.group()
def quarantine() -> None:
    """Records that no sync could use: they wait here with their text and the reason."""


@quarantine.command("list")
@click.argument("course", required=False)
@click.option("--all", "all_", is_flag=True, help="Also what is resolved, gone at its source, or dropped.")
@format_option()
def list_(course: str | None, all_: bool, format_: str) -> None:
    """Lists what waits in quarantine, of COURSE or of all; never the texts, which may hold anything."""
    installation = here(must_exist=True)
    if course is not None:
        installation.rules(course)
    states = tuple(QuarantineState) if all_ else (QuarantineState.WAITING,)
    with installation.store.reading() as transaction:
        found = [_row(one) for one in transaction.quarantined(course=course, states=states, limit=100_000)]
    if format_ == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    elif found:
        cells = ([_cell(row[name]) for name in _COLUMNS] for row in found)
        click.echo(table_text(list(_COLUMNS), cells, title="quarantine"), nl=False)
    else:
        click.echo("nothing was set aside" if all_ else "nothing waits in quarantine")


@quarantine.command()
@click.argument("number", type=click.IntRange(1))
def show(number: int) -> None:
    """Shows record NUMBER: what is known of it, then its text as it came."""
    installation = here(must_exist=True)
    with installation.store.reading() as transaction:
        one = transaction.in_quarantine(number)
        acts = {act.number: act for act in transaction.acts()}
    for name, value in _row(one).items():
        click.echo(f"{name}: {_cell(value)}")
    click.echo(f"reason: {one.aside.reason}")
    if one.act is not None and (act := acts.get(one.act)) is not None:
        click.echo(f"dropped by {act.by} at {iso(act.at)}: {act.reason}")
    if not one.aside.is_whole:
        click.echo(f"of its {one.aside.size} bytes the first {len(one.aside.text)} are kept:")
    sys.stdout.flush()
    sys.stdout.buffer.write(one.aside.text + b"\n")


@quarantine.command()
@click.argument("numbers", nargs=-1, type=click.IntRange(1))
@click.option("--course", help="All that waits of this course.")
def replay(numbers: Sequence[int], course: str | None) -> None:
    """Reads the records NUMBERS again by the program and settings of today, and scores whom that touches.

    Exit status 1 if one cannot be used today either. What wants more than its own text is asked of its source
    again by the process that runs the jobs; `sync` does it in this one.
    """
    if bool(numbers) == (course is not None):
        raise click.UsageError("either the NUMBERS of records, or --course COURSE")
    installation = here(must_exist=True)
    if on_server(installation):
        engine_in(installation)  # so that a worker hears of it at once
    good = True
    for name, chosen in _by_course(installation, numbers, course).items():
        done = _desk(installation, name).replay(ADMINISTRATOR, chosen)
        for what, those in (
            ("resolved", done.resolved),
            ("refused again", done.refused),
            ("only its source has all of it: `sync --full`", done.cut),
            ("read again from", done.asked),
        ):
            if those:
                click.echo(f"{name}: {what}: {', '.join(map(str, those))}")
        if not any((done.resolved, done.refused, done.cut, done.asked)):
            click.echo(f"{name}: nothing waits in quarantine")
        good = good and not (done.refused or done.cut)
    if not good:
        sys.exit(1)


@quarantine.command("drop")
@click.argument("number", type=click.IntRange(1))
@by_option("Who decides")
@reason_option("Why; kept with the act.")
def drop_(number: int, by: str, reason: str) -> None:
    """Signs that record NUMBER is not wanted: it waits no more, and meeting it again changes nothing."""
    installation = here(must_exist=True)
    signed = signed_here(installation, by, reason)
    ((course, _),) = _by_course(installation, [number], None).items()
    act = _desk(installation, course).drop(ADMINISTRATOR, number, signed)
    click.echo(f"record {number} is dropped (act {act.number}); its text is kept")


def _by_course(
    installation: Installation, numbers: Sequence[int], course: str | None
) -> Mapping[str, Sequence[int]]:
    """Which numbers of which course; what a shared source told is any course's that reads it."""
    if course is not None:
        installation.rules(course)
        return {course: ()}
    found: dict[str, list[int]] = {}
    for number in numbers:
        with installation.store.reading() as transaction:
            one = transaction.in_quarantine(number)
            readers = [
                kept.id for kept in transaction.courses() if one.source in transaction.last_ends(kept.id)
            ]
        whose = one.course if one.course is not None else next(iter(readers), None)
        if whose is None:
            raise NotInQuarantine(f"record {number} is of {one.source}, and no course reads that any more")
        found.setdefault(whose, []).append(number)
    return found


def _desk(installation: Installation, course: str) -> QuarantineDesk:
    sources = installation.sources
    rules = installation.rules(course)
    return QuarantineDesk(installation.store, rules, sources.text_reader, clock=installation.clock)


def _row(one: Quarantined) -> dict[str, str | int | None]:
    return {
        "number": one.number,
        "course": one.course,
        "source": one.source,
        "state": one.state.value,
        "code": one.aside.code,
        "subject": one.aside.subject,
        "bytes": one.aside.size,
        "first_met": iso(one.first_at),
        "last_met": iso(one.last_at),
        "runs": f"{one.first_run}-{one.last_run}",
    }


def _cell(value: str | int | None) -> str:
    return "" if value is None else str(value)
