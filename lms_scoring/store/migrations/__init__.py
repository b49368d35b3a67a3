"""Brings a database to this program's version, and tells when it is not there.

Whether it is there is read from one table, without Alembic, which is imported only to upgrade: a sync
need not hold 12 MB for what happens once a year.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from sqlalchemy import Column, Connection, Engine, MetaData, Table, Text, inspect, select

from lms_scoring.domain.errors import StoreNotReady
from lms_scoring.store.boards.filling import fill_boards
from lms_scoring.store.databases.engine import make_file, open_engine, transaction
from lms_scoring.store.tables import board_scope

SCRIPTS = Path(__file__).parent
"""Where the migrations of this program stand."""

_VERSION = Table("alembic_version", MetaData(), Column("version_num", Text, primary_key=True))


def upgrade(url: str, *, scripts: Path = SCRIPTS) -> None:
    """Creates or upgrades the database, whole or not at all. An up-to-date one is left as it is.

    Raises StoreNotReady when a newer program made it.
    """
    make_file(url)
    engine = open_engine(url, check_keys=False)
    try:
        with transaction(engine, writes=True) as connection:
            upgrade_within(connection, scripts=scripts)
    finally:
        engine.dispose()


def upgrade_within(connection: Connection, *, scripts: Path = SCRIPTS) -> None:
    """The same as a part of a transaction, on an engine that checks no keys."""
    if not is_current(connection, scripts=scripts):
        import_module(f"{__name__}.upgrading").upgrade(connection, scripts=scripts)
    if inspect(connection).has_table(board_scope.name):
        fill_boards(connection)


def check(engine: Engine) -> None:
    """Raises StoreNotReady, with what to do, unless the database has exactly this program's version."""
    with transaction(engine, writes=False) as connection:
        if not is_current(connection):
            raise StoreNotReady(
                "the database is not set up yet or is of an older version; run `lms-scoring db upgrade`"
            )


def is_current(connection: Connection, *, scripts: Path = SCRIPTS) -> bool:
    """Whether the database has exactly this program's version. Raises StoreNotReady where its is newer."""
    known = _revisions(scripts)
    version = _version(connection)
    if version is not None and version not in known:
        raise StoreNotReady(
            f"the database was made by a newer version of this program (revision {version}); "
            "install that version, or restore the backup made before its `lms-scoring db upgrade`"
        )
    return version == known[-1]


def _revisions(scripts: Path) -> list[str]:
    """All revisions, the oldest first: a file's name begins with its number."""
    files = (path.stem for path in (scripts / "versions").glob("*.py") if path.stem != "__init__")
    return sorted(stem.partition("_")[0] for stem in files)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSION.name):
        return None
    return connection.execute(select(_VERSION.c.version_num)).scalar_one_or_none()
