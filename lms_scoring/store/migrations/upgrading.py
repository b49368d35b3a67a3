"""Upgrades a database by Alembic's scripts."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from lms_scoring.domain.errors import StoreError
from lms_scoring.store.databases.dialect import kind_of


def upgrade(connection: Connection, *, scripts: Path) -> None:
    """To the newest version, within the transaction."""
    config = _config(scripts)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    _check_keys(connection)


def _check_keys(connection: Connection) -> None:
    """What the database did not check while its tables were rebuilt."""
    broken = kind_of(connection).broken_keys(connection)
    if broken is not None:
        raise StoreError(
            f"the upgrade would leave rows of {broken[0]} without the {broken[1]} they refer to; "
            "nothing was changed: report this with the versions you came from and went to"
        )


def _config(scripts: Path) -> Config:
    config = Config()
    # Alembic reads the path as a template in which % has a meaning.
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
