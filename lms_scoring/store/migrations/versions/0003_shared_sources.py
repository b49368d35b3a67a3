"""Shared sources: which platforms tell every course the same. Each sync says so; until then none does."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("platform", recreate="always") as platform:
        platform.add_column(
            sa.Column(
                "shared", sa.Boolean(create_constraint=False), nullable=False, server_default=sa.false()
            )
        )
    with op.batch_alter_table("platform", recreate="always") as platform:
        platform.alter_column("shared", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("platform") as platform:
        platform.drop_column("shared")
