"""The command `db`: the database is made ready, or backed up."""

from __future__ import annotations

import os
from pathlib import Path

import click

from lms_scoring.files.settings import read_settings
from lms_scoring.store.backup import back_up
from lms_scoring.store.migrations import upgrade


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
