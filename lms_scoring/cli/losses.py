"""The command `loss`: what vanished at a source all at once and is held until somebody signs what is true."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import click

from lms_scoring.bootstrap import Installation
from lms_scoring.cli.here import ADMINISTRATOR, here
from lms_scoring.cli.options import by_option, format_option, reason_option, yes_option
from lms_scoring.cli.output import table_text
from lms_scoring.cli.signed import signed_here
from lms_scoring.domain.instants import iso
from lms_scoring.domain.losses import LossState
from lms_scoring.ports import HeldLoss
from lms_scoring.services.syncing.losses_desk import HELD, LossesDesk

_by = by_option("Who signs")
_reason = reason_option("Why; kept with the act.")


@click.group()
def loss() -> None:
    """What vanished at a source all at once: it counts on until somebody signs what is true."""


@loss.command("list")
@click.argument("course", required=False)
@click.option("--all", "all_", is_flag=True, help="Also what is confirmed or over.")
@format_option()
def list_(course: str | None, all_: bool, format_: str) -> None:
    """Lists what is held, of COURSE or of all: how much of what is missing, of how many people."""
    installation = here(must_exist=True)
    if course is not None:
        installation.rules(course)
    states = tuple(LossState) if all_ else HELD
    with installation.store.reading() as transaction:
        found = [_row(one) for one in transaction.held_losses(course=course, states=states)]
    if format_ == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _show(found)


@loss.command()
@click.argument("number", type=click.IntRange(1))
@_by
@_reason
@yes_option
def confirm(number: int, by: str, reason: str, yes: bool) -> None:
    """Signs that what loss NUMBER has was really deleted: it is gone, and whom that touches is scored."""
    installation = here(must_exist=True)
    signed = signed_here(installation, by, reason)
    held = _shown(installation, number)
    if not yes:
        click.confirm("Really deleted?", abort=True)
    done = _desk(installation, held).confirm(ADMINISTRATOR, number, signed, seen=held.mark)
    click.echo(
        f"{done.gone} records are gone; {done.assessed.changed} of {done.assessed.scored} cards changed"
    )


@loss.command()
@click.argument("number", type=click.IntRange(1))
@_by
@_reason
def refuse(number: int, by: str, reason: str) -> None:
    """Signs that it was not deleted: it goes on counting, and the same is not asked again."""
    installation = here(must_exist=True)
    signed = signed_here(installation, by, reason)
    held = _shown(installation, number)
    _desk(installation, held).refuse(ADMINISTRATOR, number, signed, seen=held.mark)
    click.echo(f"loss {number}: they were not deleted and go on counting")


def _desk(installation: Installation, held: HeldLoss) -> LossesDesk:
    return LossesDesk(installation.store, installation.rules(held.course), clock=installation.clock)


def _shown(installation: Installation, number: int) -> HeldLoss:
    with installation.store.reading() as transaction:
        held = transaction.held_loss(number)
    _show([_row(held)])
    return held


def _show(rows: Sequence[Mapping[str, str | int | None]]) -> None:
    if not rows:
        click.echo("nothing is held")
        return
    columns = [name for name in rows[0] if name not in ("first_at", "run")]
    cells = (["" if row[name] is None else str(row[name]) for name in columns] for row in rows)
    click.echo(table_text(columns, cells, title="held"), nl=False)


def _row(held: HeldLoss) -> dict[str, str | int | None]:
    return {
        "number": held.number,
        "course": held.course,
        "source": held.source,
        "kind": held.scope.kind,
        "activity": held.scope.activity,
        "missing": held.missing,
        "of": held.live,
        "people": held.people,
        "state": held.state.value,
        "run": held.run,
        "first_at": iso(held.first_at),
        "last_at": iso(held.last_at),
    }
