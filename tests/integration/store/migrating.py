"""Databases as earlier and later programs make them, and all that is in them."""

from __future__ import annotations

import shutil
from pathlib import Path
from textwrap import dedent

from sqlalchemy import inspect

from lms_scoring.domain.packed_card import packed
from lms_scoring.store import SqlStore
from lms_scoring.store.databases.engine import open_engine
from lms_scoring.store.migrations import SCRIPTS
from tests.contract.story import COURSE, LI, LRS, MOODLE, card, class_a, event, homework, post, statement

LATER = """
    \"\"\"A later version: accounts and people get a column, and tables are rebuilt for it.\"\"\"
    import sqlalchemy as sa
    from alembic import op

    revision = "later"
    down_revision = {head!r}

    def upgrade():
        with op.batch_alter_table("person", recreate="always") as person:
            person.add_column(sa.Column("nickname", sa.Text(), server_default="", nullable=False))
        with op.batch_alter_table("watch_event", recreate="always") as events:
            events.add_column(sa.Column("note", sa.Text()))
        {also}
"""


def populate(url: str) -> None:
    store = SqlStore(url)
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [post("p1"), homework("课程作业", 2)], run=run)
        transaction.keep_events(LRS, [event("e1"), event("e2", 2)])
        transaction.keep_statements(LRS, [statement("s1")])
        transaction.keep_voided(LRS, ["e2"])
        transaction.keep_scorecard(COURSE, packed(card(LI)), at=3)
    store.close()


def with_a_later_version(folder: Path, *, also: str = "") -> Path:
    scripts = folder / "migrations"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    heads = sorted(path.name[:4] for path in (scripts / "versions").glob("0*.py"))
    text = dedent(LATER).format(head=heads[-1], also=also)
    (scripts / "versions" / "later.py").write_text(text, encoding="utf-8")
    return scripts


def up_to(folder: Path, version: str) -> Path:
    """The migrations as an earlier program had them."""
    scripts = folder / f"migrations-{version}"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (scripts / "versions").glob("0*.py"):
        if path.name[:4] > version:
            path.unlink()
    return scripts


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def rows_of(url: str) -> dict[str, set[tuple[object, ...]]]:
    engine = open_engine(url)
    with engine.connect() as connection:
        found = {
            name: {tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')}  # noqa: S608
            for name in inspect(connection).get_table_names()
        }
    engine.dispose()
    return found
