"""Who was erased: digests by which they are known again, and works that others' cards rest on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tombstone",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(), autoincrement=False, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("act", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_tombstone_tenant")),
        sa.PrimaryKeyConstraint("tenant", "digest", name=op.f("pk_tombstone")),
    )
    op.create_table(
        "stand_in",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("closing", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_stand_in_tenant")),
        sa.PrimaryKeyConstraint("tenant", "act", "course", "closing", name=op.f("pk_stand_in")),
    )


def downgrade() -> None:
    for table in ("stand_in", "tombstone"):
        op.drop_table(table)
