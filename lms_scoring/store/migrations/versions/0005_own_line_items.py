"""Own line items: the column that an activity has by itself, for platforms where we may make none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("platform_course", recreate="always") as courses:
        courses.add_column(sa.Column("own_line_item", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("platform_course") as courses:
        courses.drop_column("own_line_item")
