"""Sessions know the launch and the deployment that they began with.

Those that an earlier version began with a launch end: it kept neither, nor until when they may go on. Their
visitors open the tool again from their course.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("session", "sign_in_link"):
        table = sa.table(name, sa.column("registration"))
        op.execute(table.delete().where(table.c.registration.is_not(None)))
        with op.batch_alter_table(name, recreate="always") as changed:
            changed.add_column(sa.Column("deployment", sa.Text(), nullable=True))
            changed.add_column(sa.Column("launch", sa.Text(), nullable=True))


def downgrade() -> None:
    for name in ("session", "sign_in_link"):
        with op.batch_alter_table(name) as changed:
            changed.drop_column("launch")
            changed.drop_column("deployment")
