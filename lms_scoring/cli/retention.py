"""The command `retention`: what is kept for a while only, how much of it is too old, and its removal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import click

from lms_scoring.cli.here import here
from lms_scoring.cli.options import format_option, yes_option
from lms_scoring.cli.output import table_text
from lms_scoring.domain.instants import iso
from lms_scoring.domain.retention import Past
from lms_scoring.services.unattended.retention import Due, due, retain


@click.group()
def retention() -> None:
    """What is kept for a while only: no score rests on it, and no explanation."""


@retention.command()
@format_option()
def show(format_: str) -> None:
    """Says what has an age, and how many rows of each table are older; removes nothing."""
    installation = here(must_exist=True)
    found = due(installation.store, installation.settings.retention, now=installation.clock.now())
    if format_ == "json":
        click.echo(json.dumps([row for one in found for row in _rows(one)], ensure_ascii=False, indent=2))
    else:
        _show(found)


@retention.command("apply")
@yes_option
def apply_(yes: bool) -> None:
    """Removes what is older, once you have seen how much that is; the jobs do the same once a day."""
    installation = here(must_exist=True)
    now = installation.clock.now()
    found = due(installation.store, installation.settings.retention, now=now)
    _show(found)
    if not any(one.rows for one in found):
        return
    if not yes:
        click.confirm("Remove these? They do not come back.", abort=True)
    for one in retain(installation.store, installation.settings.retention, now=now):
        click.echo(f"{one.table}: {one.rows} rows {'emptied' if '.' in one.table else 'removed'}")


def _show(found: Sequence[Due]) -> None:
    for past in Past:
        if past not in {one.past for one in found}:
            click.echo(f"{past}: kept for ever; LMS_SCORING_RETENTION_{past.upper()} sets an age in days")
    for one in found:
        if not one.rows:
            click.echo(f"{one.past}: nothing is older than {iso(one.before)}")
    rows = [row for one in found for row in _rows(one)]
    if rows:
        cells = (["" if value is None else str(value) for value in row.values()] for row in rows)
        click.echo(table_text(list(rows[0]), cells, title="too old"), nl=False)


def _rows(one: Due) -> list[Mapping[str, str | int | None]]:
    return [
        {
            "what": one.past.value,
            "table": rows.table,
            "rows": rows.rows,
            "oldest": None if rows.oldest is None else iso(rows.oldest),
            "older_than": iso(one.before),
        }
        for rows in one.rows
    ]
