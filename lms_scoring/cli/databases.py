"""The command `db`: the database is made ready, backed up, or copied into another."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import click

from lms_scoring.bootstrap import Installation, sealing_key_of
from lms_scoring.cli.bars import bars_on_terminal
from lms_scoring.cli.here import here
from lms_scoring.files.settings import database_elsewhere, read_settings
from lms_scoring.jobs.embedded import LOCK
from lms_scoring.services.unattended.due import turn_at
from lms_scoring.store.copies.backup import back_up
from lms_scoring.store.copies.copying import CopiedSoFar, Watching, copy_database
from lms_scoring.store.migrations import upgrade

_STOP = "stop all that uses the database (`serve`, gunicorn, workers, commands), and copy it then"


@click.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Brings the database up to this program's version; running it twice does no harm."""
    settings = read_settings(os.environ, working_folder=Path.cwd())
    upgrade(settings.database_url)
    click.echo("the database is up to date")


@db.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def db_backup(file: Path) -> None:
    """Copies the database to FILE while it is being used; an SQLite database, PostgreSQL has pg_dump."""
    settings = read_settings(os.environ, working_folder=Path.cwd())
    back_up(settings.database_url, file)
    click.echo(f"the database is in {file}; keep the sealing key too, in another place")


@db.command("copy")
@click.option(
    "--to",
    "url",
    metavar="URL",
    help="Address of the new database, without a password: all users of this machine can see it.",
)
@click.option(
    "--to-file",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File that has the address of the new database, as LMS_SCORING_DATABASE_URL_FILE names one.",
)
def db_copy(url: str | None, file: Path | None) -> None:
    """Copies all that is kept into a new, empty database: SQLite to PostgreSQL, back, or file to file.

    Stop everything that uses the database first. The new one gets its tables by this, and the old one stays
    as it is. All of it is copied or nothing, and the rows of each table are counted in both.
    """
    if (url is None) == (file is None):
        raise click.UsageError("say where to: --to URL, or --to-file FILE with the address in it")
    address = database_elsewhere(url=url, file=file)
    installation = here(must_exist=True)
    with standing_still(installation), _bar() as watching:
        counts = copy_database(installation.settings.database_url, address, watching=watching)
    filled = [name for name, rows in counts.items() if rows]
    click.echo(
        f"copied: {sum(counts.values())} rows in {len(filled)} tables, counted in both databases; the other "
        f"{len(counts) - len(filled)} tables are empty in both"
    )
    _say_where_the_key_belongs(installation, address)
    click.echo(
        "Name the new address in LMS_SCORING_DATABASE_URL, and start everything again. What is written to "
        "the old database from now on is not in the new one"
    )


@contextmanager
def standing_still(installation: Installation) -> Iterator[None]:
    """While nobody syncs and no jobs run. Raises ClickException where somebody does, or they do."""
    with installation.store.reading() as transaction:
        sources = {name for one in transaction.courses() for name in transaction.last_ends(one.id)}
    if installation.store.others() > 0:
        raise click.ClickException(f"other programs have the database open; {_STOP}")
    locks = installation.locks
    with ExitStack() as stack:
        if not stack.enter_context(locks.held(LOCK)):
            raise click.ClickException(f"another process runs the jobs of this database; {_STOP}")
        for source in sorted(sources):
            if not stack.enter_context(locks.held(turn_at(source))):
                raise click.ClickException(f"{source} is being synced at this moment; {_STOP}")
        yield


@contextmanager
def _bar() -> Iterator[Watching]:
    """A line for each table that is copied, and on a terminal a bar of all rows."""
    with bars_on_terminal() as bars:
        if bars is None:
            yield _say_table
            return
        task = bars.add_task("", total=None)

        def show(so_far: CopiedSoFar) -> None:
            bars.update(task, description=so_far.table, completed=so_far.all_rows, total=so_far.of_all)
            _say_table(so_far)

        yield show


def _say_table(so_far: CopiedSoFar) -> None:
    """Once all of it is there."""
    if so_far.rows == so_far.of:
        click.echo(f"{so_far.table}: {so_far.rows} rows")


def _say_where_the_key_belongs(installation: Installation, address: str) -> None:
    """Where it is looked for elsewhere from now on: without it no sync would know who was erased."""
    key = sealing_key_of(installation.settings)
    wanted = sealing_key_of(replace(installation.settings, database_url=address))
    if key.exists() and key.resolve() != wanted.resolve():
        click.echo(
            f"The sealing key is not in the database: copy {key} to {wanted}, or name it in "
            "LMS_SCORING_SEALING_KEY_FILE"
        )
