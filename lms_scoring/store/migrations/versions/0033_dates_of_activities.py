"""Activities have the dates by which everybody may hand in; they are told by the next sync."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("activity", recreate="always") as activities:
        activities.add_column(sa.Column("opens_at", sa.BigInteger(), nullable=True))
        activities.add_column(sa.Column("due_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("activity") as activities:
        activities.drop_column("due_at")
        activities.drop_column("opens_at")
