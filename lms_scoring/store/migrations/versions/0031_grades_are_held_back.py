"""A grade that must not go out now says why; those of before are held back by nothing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outgoing_grade", recreate="always") as grades:
        grades.add_column(sa.Column("held", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("outgoing_grade") as grades:
        grades.drop_column("held")
