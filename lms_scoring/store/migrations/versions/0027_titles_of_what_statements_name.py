"""What statements call the activities that they are about, so that a ledger has a video's title."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("activity_key", recreate="always") as activity:
        activity.add_column(sa.Column("title", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("activity_key") as activity:
        activity.drop_column("title")
