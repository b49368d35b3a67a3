"""Brings a database to this program's version, and tells when it is not there."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from lms_scoring.domain.errors import StoreNotReady
from lms_scoring.store.engine import make_folder, open_engine, transaction


def upgrade(url: str) -> None:
    """Creates or upgrades the database, whole or not at all. An up-to-date one is left as it is.

    Raises StoreNotReady when a newer program made it.
    """
    make_folder(url)
    engine = open_engine(url)
    try:
        upgrade_engine(engine)
    finally:
        engine.dispose()


def upgrade_engine(engine: Engine) -> None:
    """As `upgrade`, on a database that is open already."""
    with transaction(engine, writes=True) as connection:
        _refuse_newer(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check(engine: Engine) -> None:
    """Raises StoreNotReady, with what to do, unless the database has exactly this program's version."""
    with transaction(engine, writes=False) as connection:
        _refuse_newer(connection)
        if _version(connection) != _newest():
            raise StoreNotReady(
                "the database is not set up yet or is of an older version; run `lms-scoring db upgrade`"
            )


def _refuse_newer(connection: Connection) -> None:
    version = _version(connection)
    if version is not None and version not in _known():
        raise StoreNotReady(
            f"the database was made by a newer version of this program (revision {version}); "
            "install that version, or restore the backup made before its `lms-scoring db upgrade`"
        )


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _newest() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _known() -> set[str]:
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> Config:
    config = Config()
    # Alembic reads the path as a template in which % has a meaning.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
