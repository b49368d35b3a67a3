"""Brings a database to this program's version, and tells when it is not there."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from lms_scoring.domain.errors import StoreError, StoreNotReady
from lms_scoring.store.board_filling import fill_boards
from lms_scoring.store.dialect import kind_of
from lms_scoring.store.engine import make_folder, open_engine, transaction
from lms_scoring.store.tables import board_scope

SCRIPTS = Path(__file__).parent
"""Where the migrations of this program stand."""


def upgrade(url: str, *, scripts: Path = SCRIPTS) -> None:
    """Creates or upgrades the database, whole or not at all. An up-to-date one is left as it is.

    Raises StoreNotReady when a newer program made it.
    """
    make_folder(url)
    engine = open_engine(url, check_keys=False)
    try:
        with transaction(engine, writes=True) as connection:
            config = _config(scripts)
            _refuse_newer(connection, config)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            if inspect(connection).has_table(board_scope.name):
                fill_boards(connection)
            _check_keys(connection)
    finally:
        engine.dispose()


def check(engine: Engine) -> None:
    """Raises StoreNotReady, with what to do, unless the database has exactly this program's version."""
    config = _config(SCRIPTS)
    with transaction(engine, writes=False) as connection:
        _refuse_newer(connection, config)
        if _version(connection) != ScriptDirectory.from_config(config).get_current_head():
            raise StoreNotReady(
                "the database is not set up yet or is of an older version; run `lms-scoring db upgrade`"
            )


def _refuse_newer(connection: Connection, config: Config) -> None:
    version = _version(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise StoreNotReady(
            f"the database was made by a newer version of this program (revision {version}); "
            "install that version, or restore the backup made before its `lms-scoring db upgrade`"
        )


def _check_keys(connection: Connection) -> None:
    """What the database did not check while its tables were rebuilt."""
    broken = kind_of(connection).broken_keys(connection)
    if broken is not None:
        raise StoreError(
            f"the upgrade would leave rows of {broken[0]} without the {broken[1]} they refer to; "
            "nothing was changed: report this with the versions you came from and went to"
        )


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(scripts: Path) -> Config:
    config = Config()
    # Alembic reads the path as a template in which % has a meaning.
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
