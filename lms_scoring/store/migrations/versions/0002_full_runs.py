"""Full runs: whether a run asked for everything, so that open problems can be told from settled ones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("run", recreate="always") as run:
        run.add_column(
            sa.Column("full", sa.Boolean(create_constraint=False), nullable=False, server_default=sa.false())
        )
    _note_those_without_a_cursor()
    with op.batch_alter_table("run", recreate="always") as run:
        run.alter_column("full", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("run") as run:
        run.drop_column("full")


def _note_those_without_a_cursor() -> None:
    """The first run that is done leaves a cursor; until then, or where none is left, all was asked for."""
    run, cursor = (
        sa.table("run", *_columns("tenant", "id", "course", "source", "state", "full")),
        sa.table("cursor", *_columns("tenant", "course", "source")),
    )
    earlier = run.alias("earlier")
    done_before = sa.exists().where(
        earlier.c.tenant == run.c.tenant,
        earlier.c.course == run.c.course,
        earlier.c.source == run.c.source,
        earlier.c.state == "done",
        earlier.c.id < run.c.id,
    )
    has_cursor = sa.exists().where(
        cursor.c.tenant == run.c.tenant,
        cursor.c.course == run.c.course,
        cursor.c.source == run.c.source,
    )
    op.execute(run.update().where(~(done_before & has_cursor)).values(full=sa.true()))


def _columns(*names: str) -> list[sa.ColumnClause[object]]:
    return [sa.column(name) for name in names]
