"""Whoever is touched may be taken up by an assessment, which notices when they are touched again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("touched", recreate="always") as touched:
        touched.add_column(sa.Column("assessment", sa.Text()))


def downgrade() -> None:
    with op.batch_alter_table("touched") as touched:
        touched.drop_column("assessment")
